"""What the E2 nodes of all gNBs look at together, made once a tick: windows, and who changed its cell."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Ints
from ricloop_e2sim.e2node.nodeworld import Changes
from ricloop_e2sim.network.meter import NetworkMeter
from ricloop_e2sim.network.world import NetworkWorld


class Watch:
    """Of one world; `tick` follows every step of it."""

    def __init__(self, world: NetworkWorld) -> None:
        self.world = world
        self.meter = NetworkMeter(world)
        self.number = {int(cell): number for number, cell in enumerate(world.deployment.cells)}
        """Of every cell in the network, by its packed id."""
        self._gnb: Ints = np.append(world.deployment.gnb, -1)
        """[c + 1]: of no cell, none."""
        self._gnbs: Ints = np.arange(len(world.deployment.names) + 1)
        self._nowhere: Ints = np.zeros_like(self._gnbs)
        self._serving: Ints = world.serving.copy()
        self._sort(np.zeros(0, dtype=np.int64))

    def tick(self) -> None:
        self.meter.tick()
        self._sort(np.flatnonzero(self.world.serving != self._serving))
        np.copyto(self._serving, self.world.serving)

    def _sort(self, users: Ints) -> None:
        """Every change once for each gNB that it is of: the one that a user left, and the one that it came to."""
        if not len(users):
            self._first, self._user, self._before, self._now = self._nowhere, users, users, users
            return
        before, now = self._serving[users], self.world.serving[users]
        left, came = self._gnb[before], self._gnb[now]
        out, into = np.flatnonzero(left >= 0), np.flatnonzero((came >= 0) & (came != left))
        owner, which = np.concatenate((left[out], came[into])), np.concatenate((out, into))
        # By gNB, and in the order of the users.
        order = np.lexsort((which, owner))
        which = which[order]
        self._first = np.searchsorted(owner[order], self._gnbs)
        self._user, self._before, self._now = users[which], before[which], now[which]

    def changes(self, gnb: int) -> Changes:
        """Of the last tick."""
        own = slice(self._first[gnb], self._first[gnb + 1])
        return Changes(self._user[own], self._before[own], self._now[own], self.world.deployment.cells)
