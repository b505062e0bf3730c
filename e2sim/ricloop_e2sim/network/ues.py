"""What the nodes of a network's gNBs call their users."""

from __future__ import annotations

from ricloop.core.ids import Guami, UeId
from ricloop_e2sim.identity import GUAMI_POINTER, GUAMI_REGION, GUAMI_SET, Role
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.site import Site

F1AP_IDS_PER_DU = 100_000
"""So that DUs do not use one number for different users while there are fewer."""


class NetworkUeNames:
    """AMF ids are the network's and stay with a user; its F1AP id is given by the DU that serves it."""

    def __init__(self, world: NetworkWorld, site: Site, cells: slice, role: Role) -> None:
        self._world, self._cells, self._cu = world, cells, role.cu
        self._guami = Guami(site.gnb.plmn, GUAMI_REGION, GUAMI_SET, GUAMI_POINTER)
        self._first = site.gnb.value * F1AP_IDS_PER_DU
        self._names: dict[int, UeId] = {}
        """Of users that were named once."""

    def of(self, user: int) -> UeId:
        name = self._names.get(user)
        if name is None:
            f1ap = (self._first + user,)
            name = UeId(amf_ue_ngap_id=user, guami=self._guami, f1ap=f1ap) if self._cu else UeId(f1ap=f1ap)
            self._names[user] = name
        return name

    def find(self, ue: UeId) -> int | None:
        """A user that is connected to this gNB, by its AMF id, else by its one F1AP id; None for all others."""
        user = -1
        if ue.amf_ue_ngap_id is not None:
            if self._cu and (ue.guami is None or ue.guami.plmn == self._guami.plmn):
                user = ue.amf_ue_ngap_id
        elif len(ue.f1ap) == 1:
            user = ue.f1ap[0] - self._first
        if not 0 <= user < self._world.population.count:
            return None
        return user if self._cells.start <= self._world.serving[user] < self._cells.stop else None
