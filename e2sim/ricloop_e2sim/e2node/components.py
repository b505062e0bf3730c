"""The interfaces of a node, as its E2 Setup names them."""

from __future__ import annotations

from ricloop.e2ap.messages import ComponentConfig
from ricloop_e2sim.e2node.identity import CU_UP_ID, DU_ID, Role
from ricloop_e2sim.e2node.site import Site, Split

AMF_NAME = "amf-1"


def components(layout: Site, role: Role) -> tuple[ComponentConfig, ...]:
    """NG at a gNB or CU-CP, E1 and F1 at both of their ends; the interfaces' own messages are left empty."""
    ng = ComponentConfig(interface="ng", component=("nG", AMF_NAME))
    e1 = ComponentConfig(interface="e1", component=("e1", CU_UP_ID))
    f1 = ComponentConfig(interface="f1", component=("f1", DU_ID))
    if not role.cp:
        return (f1,) if role.du else (e1,)
    return {Split.NONE: (ng,), Split.CU_DU: (ng, f1), Split.CP_UP_DU: (ng, e1, f1)}[layout.split]
