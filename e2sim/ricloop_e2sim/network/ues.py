"""What the nodes of a network's gNBs call their users."""

from __future__ import annotations

from ricloop.core.ids import UeId
from ricloop_e2sim.e2node.identity import Role, named
from ricloop_e2sim.e2node.site import Site
from ricloop_e2sim.network.world import NetworkWorld

IDS_PER_GNB = 100_000
"""So that gNBs do not use one number for different users while there are fewer."""


class NetworkUeNames:
    """AMF ids are the network's and stay with a user; its F1AP and E1AP ids are given by the gNB that serves it."""

    def __init__(self, world: NetworkWorld, site: Site, cells: slice, role: Role) -> None:
        self._world, self._site, self._cells, self._role = world, site, cells, role
        self._first = site.gnb.value * IDS_PER_GNB
        self._names: dict[int, UeId] = {}
        """Of users that were named once."""

    def of(self, user: int) -> UeId:
        name = self._names.get(user)
        if name is None:
            name = self._names[user] = named(self._site, self._role, user, self._first + user)
        return name

    def find(self, ue: UeId) -> int | None:
        """A user that is connected to this gNB, by its AMF id, else by its one F1AP id; None for all others."""
        user = -1
        if ue.amf_ue_ngap_id is not None:
            if self._role.cp and (ue.guami is None or ue.guami.plmn == self._site.gnb.plmn):
                user = ue.amf_ue_ngap_id
        elif len(ue.f1ap) == 1:
            user = ue.f1ap[0] - self._first
        if not 0 <= user < self._world.population.count:
            return None
        return user if self._cells.start <= self._world.serving[user] < self._cells.stop else None
