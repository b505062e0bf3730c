"""Users that come and go: at any moment each is there with a probability that is told.

Every user carries a mark in (0, 1) and is there while the level is above it. Marks are drawn anew after exponential
times, a two-state process per user: from there to away at rate (1 − level)/renewal, back at level/renewal, so that the
share there is the level, without lag. When the level rises users come, when it falls they go, and the marks of both are
the user's own (`arithmetic/userstreams.py`): nothing anybody else does, and no tick length, moves them.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.userstreams import EVERYONE, UserStreams, Who
from ricloop_e2sim.flows.flow import Level, some_users

RENEWAL_S = 300.0
"""Of the services in this package that take part by session."""


class Presence:
    """Who of a group is there."""

    def __init__(self, users: int, seed: np.random.SeedSequence, renewal_s: float = RENEWAL_S) -> None:
        """`renewal_s`: mean time after which a mark is drawn anew; a stay lasts renewal_s/(1 − level) on average."""
        positive(renewal_s=renewal_s)
        self.users = some_users(users)
        self._streams = UserStreams(users, seed)
        self._renewal_us = renewal_s * 1e6
        self._count: Ints = np.zeros(users, dtype=np.int64)
        self._until: Floats = np.zeros(users)
        self._mark: Floats = np.zeros(users)
        self._earliest = 0.0
        self._renew(EVERYONE)

    def _renew(self, who: Who) -> None:
        index = self._count[who] * 2
        self._mark[who] = self._streams.uniform(who, index)
        self._until[who] -= np.log(self._streams.uniform(who, index + 1)) * self._renewal_us
        self._count[who] += 1
        self._earliest = float(self._until.min())

    def at(self, time_us: int, level: Level) -> Bools:
        """[users]: who is there at `time_us`, asked for in order. `level`: the share that is, 0…1, also per user."""
        while self._earliest <= time_us:
            self._renew(np.flatnonzero(self._until <= time_us))
        return self._mark < level
