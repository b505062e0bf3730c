"""What the nodes of a gNB call themselves and their users."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.ids import Guami, NodeId, NodeKind, Plmn, UeId
from ricloop_e2sim.e2node.site import Site, Split

GUAMI_REGION, GUAMI_SET, GUAMI_POINTER = 1, 1, 0
AMF_IDS_PER_GNB = 100_000
DU_ID = CU_UP_ID = 1


@dataclass(frozen=True, slots=True)
class Role:
    """Which parts of a gNB a node is (TS 38.401 6.1)."""

    cp: bool
    """The CU's control plane: RRC, and what users are called by the core."""
    up: bool
    """The CU's user plane: SDAP and PDCP."""
    du: bool
    """RLC, MAC and the cells."""


GNB, CU, DU = Role(True, True, True), Role(True, True, False), Role(False, False, True)
CU_CP, CU_UP = Role(True, False, False), Role(False, True, False)
_ROLES = {Split.NONE: (GNB,), Split.CU_DU: (CU, DU), Split.CP_UP_DU: (CU_CP, CU_UP, DU)}
MOST_NODES = max(map(len, _ROLES.values()))
"""Of one gNB."""


def roles(layout: Site) -> tuple[Role, ...]:
    """The E2 nodes of a gNB, in the order in which they report."""
    return _ROLES[layout.split]


def node_id(layout: Site, role: Role) -> NodeId:
    if role.cp:
        return NodeId(layout.gnb, NodeKind.GNB)
    return NodeId(layout.gnb, NodeKind.GNB_DU, DU_ID) if role.du else NodeId(layout.gnb, NodeKind.GNB_CU_UP, CU_UP_ID)


def guami(layout: Site) -> Guami:
    return Guami(layout.gnb.plmn, GUAMI_REGION, GUAMI_SET, GUAMI_POINTER)


def named(layout: Site, role: Role, amf: int, number: int) -> UeId:
    """What a node calls the user that its gNB numbers so: a CU-CP or gNB by its AMF id, with what the gNB's other parts
    call it beside it; a DU by its F1AP id, a CU-UP by its E1AP id (UEID, E2SM 6.2.2.6)."""
    if role.cp:
        e1ap = (number,) if layout.split is Split.CP_UP_DU else ()
        return UeId(amf_ue_ngap_id=amf, guami=guami(layout), f1ap=(number,), e1ap=e1ap)
    return UeId(f1ap=(number,)) if role.du else UeId(e1ap=(number,))


class UeNames:
    """User index ↔ UEID."""

    def __init__(self, layout: Site, role: Role) -> None:
        base = layout.gnb.value * AMF_IDS_PER_GNB
        self._names = tuple(named(layout, role, base + user, user) for user in range(layout.user_count))
        self._by_amf = {base + user: user for user in range(layout.user_count)} if role.cp else {}
        self._plmn: Plmn = layout.gnb.plmn

    def of(self, user: int) -> UeId:
        return self._names[user]

    def find(self, ue: UeId) -> int | None:
        """Index of the user that a control names: by AMF id, else by its one F1AP id; None for a stranger."""
        if ue.amf_ue_ngap_id is not None:
            if ue.guami is not None and ue.guami.plmn != self._plmn:
                return None
            return self._by_amf.get(ue.amf_ue_ngap_id)
        if len(ue.f1ap) == 1 and 0 <= ue.f1ap[0] < len(self._names):
            return ue.f1ap[0]
        return None
