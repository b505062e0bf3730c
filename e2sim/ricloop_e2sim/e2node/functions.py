"""What a node offers in its E2 Setup: RAN functions and component configurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ricloop.e2ap.messages import ComponentConfig, RanFunction
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.matching import BinRanges
from ricloop.e2sm.rc import codec as rc
from ricloop_e2sim.e2node.ccc import config as cellconfig
from ricloop_e2sim.e2node.identity import CU_UP_ID, DU_ID, Role
from ricloop_e2sim.e2node.nodeworld import NodeWorld
from ricloop_e2sim.e2node.rc import function as rcfunction
from ricloop_e2sim.e2node.site import Site, Split

KPM_ID, RC_ID, CCC_ID = 2, 3, 4
"""RAN function ids, as srsRAN numbers them."""
AMF_NAME = "amf-1"


def ran_functions(
    world: NodeWorld, role: Role, cell_names: Sequence[str], ue_names: Sequence[str]
) -> tuple[RanFunction, ...]:
    """KPM at every node, and nothing else at a CU-UP; RC where the CU-CP is, and where a DU keeps quotas; CCC where the
    DU is."""
    definition = _with_bins(kpm.definition_of(cell_names, ue_names), world.measures().bins)
    functions = [RanFunction(id=KPM_ID, oid=kpm.OID, definition=kpm.encode_function_definition(definition))]
    quotas = role.du and world.quotas
    if role.cp or quotas:
        offer = rcfunction.definition(role.cp, role.cp and world.returns is not None, quotas, role.cp and world.bearers)
        functions.append(RanFunction(id=RC_ID, oid=rc.OID, definition=offer))
    if role.du:
        offered = cellconfig.OFFERED if world.operation is None else cellconfig.OPERATED
        cells = ccc.encode_function_definition(
            [int(cell) for cell in world.layout.cells], offered, cellconfig.OFFERED_OF_NODE
        )
        functions.append(RanFunction(id=CCC_ID, oid=ccc.OID, definition=cells))
    return tuple(functions)


def _with_bins(definition: kpm.Definition, bins: Mapping[str, BinRanges]) -> kpm.Definition:
    """What the bins of its distributions are."""
    styles = tuple(
        replace(style, bins=tuple(map(bins.get, style.measurements)))
        if any(name in bins for name in style.measurements)
        else style
        for style in definition.report_styles
    )
    return replace(definition, report_styles=styles)


def components(layout: Site, role: Role) -> tuple[ComponentConfig, ...]:
    """NG at a gNB or CU-CP, E1 and F1 at both of their ends; the interfaces' own messages are left empty."""
    ng = ComponentConfig(interface="ng", component=("nG", AMF_NAME))
    e1 = ComponentConfig(interface="e1", component=("e1", CU_UP_ID))
    f1 = ComponentConfig(interface="f1", component=("f1", DU_ID))
    if not role.cp:
        return (f1,) if role.du else (e1,)
    return {Split.NONE: (ng,), Split.CU_DU: (ng, f1), Split.CP_UP_DU: (ng, e1, f1)}[layout.split]
