"""What the nodes of a gNB call themselves and their users."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.ids import Guami, NodeId, NodeKind, Plmn, UeId
from ricloop_e2sim.site import Site

GUAMI_REGION, GUAMI_SET, GUAMI_POINTER = 1, 1, 0
AMF_IDS_PER_GNB = 100_000
DU_ID = 1


@dataclass(frozen=True, slots=True)
class Role:
    """Which part of a gNB a node is. A monolithic gNB is both."""

    cu: bool
    du: bool

    @property
    def title(self) -> str:
        return "gNB" if self.cu and self.du else "CU-CP" if self.cu else "DU"


MONOLITHIC, CU_CP, DU = Role(True, True), Role(True, False), Role(False, True)


def roles(layout: Site) -> tuple[Role, ...]:
    """The E2 nodes of a gNB, in the order in which they report."""
    return (CU_CP, DU) if layout.split else (MONOLITHIC,)


def node_id(layout: Site, role: Role) -> NodeId:
    return NodeId(layout.gnb, NodeKind.GNB) if role.cu else NodeId(layout.gnb, NodeKind.GNB_DU, DU_ID)


class UeNames:
    """User index ↔ UEID. A CU-CP and a monolithic gNB name a user by its AMF id, with the F1AP id beside it."""

    def __init__(self, layout: Site, role: Role) -> None:
        guami = Guami(layout.gnb.plmn, GUAMI_REGION, GUAMI_SET, GUAMI_POINTER)
        base = layout.gnb.value * AMF_IDS_PER_GNB
        self._names = tuple(
            UeId(amf_ue_ngap_id=base + user, guami=guami, f1ap=(user,)) if role.cu else UeId(f1ap=(user,))
            for user in range(layout.user_count)
        )
        self._by_amf = {base + user: user for user in range(layout.user_count)} if role.cu else {}
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
