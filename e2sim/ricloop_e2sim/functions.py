"""What a node offers in its E2 Setup: RAN functions and component configurations."""

from __future__ import annotations

from collections.abc import Sequence

from ricloop.e2ap.messages import ComponentConfig, RanFunction
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.rc import codec as rc
from ricloop_e2sim import cellconfig, rcfunction
from ricloop_e2sim.identity import DU_ID, Role
from ricloop_e2sim.layout import Layout

KPM_ID, RC_ID, CCC_ID = 2, 3, 4
"""RAN function ids, as srsRAN numbers them."""
AMF_NAME = "amf-1"


def ran_functions(
    layout: Layout, role: Role, cell_names: Sequence[str], ue_names: Sequence[str]
) -> tuple[RanFunction, ...]:
    """KPM at every node, RC where the CU-CP is, CCC where the DU is."""
    definition = kpm.encode_function_definition(kpm.definition_of(cell_names, ue_names))
    functions = [RanFunction(id=KPM_ID, oid=kpm.OID, definition=definition)]
    if role.cu:
        functions.append(RanFunction(id=RC_ID, oid=rc.OID, definition=rcfunction.DEFINITION))
    if role.du:
        cells = ccc.encode_function_definition(
            [int(cell) for cell in layout.cells], cellconfig.OFFERED, cellconfig.OFFERED_OF_NODE
        )
        functions.append(RanFunction(id=CCC_ID, oid=ccc.OID, definition=cells))
    return tuple(functions)


def components(layout: Layout, role: Role) -> tuple[ComponentConfig, ...]:
    """NG at a gNB or CU-CP, F1 at both ends of a split; the interfaces' own messages are left empty."""
    f1 = ComponentConfig(interface="f1", component=("f1", DU_ID))
    ng = ComponentConfig(interface="ng", component=("nG", AMF_NAME))
    if not role.cu:
        return (f1,)
    return (ng, f1) if layout.split else (ng,)
