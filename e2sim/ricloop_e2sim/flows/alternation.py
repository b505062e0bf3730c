"""Two states in turn, each held for a random time: talk and silence, call and gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.userstreams import EVERYONE, UserStreams

AHEAD = 16
"""Holding times of a user that are computed together."""


class Alternation:
    """Each user's own sequence of on and off, in whole microseconds, the same at any tick length.

    Starts in the stationary state where the holding times have no memory (exponential, geometric).
    """

    def __init__(
        self,
        share_on: float,
        hold_us: Callable[[Floats, Bools], Floats],
        start_us: Ints,
        seed: np.random.SeedSequence,
    ) -> None:
        """`hold_us(uniform, on)`: how long users stay in their new state; `start_us`: [users] when the first begins."""
        self._streams = UserStreams(len(start_us), seed)
        self._hold_us = hold_us
        self._count: Ints = np.ones(len(start_us), dtype=np.int64)
        self.on: Bools = self._streams.uniform(EVERYONE, np.zeros_like(start_us)) >= share_on
        self._until: Ints = start_us.copy()
        self._holds: Ints = np.zeros((AHEAD, len(start_us)), dtype=np.int64)
        """[AHEAD, users] µs: row k is of a user's switches 1 + k, 1 + k + AHEAD and so on; those to come are known."""
        self._switch(np.arange(len(start_us)))

    def _switch(self, who: Ints) -> None:
        count = self._count[who]
        row = (count - 1) % AHEAD
        due = row == 0
        if np.count_nonzero(due):
            self._look_ahead(who[due])
        self.on[who] ^= True
        self._until[who] += self._holds[row, who]
        self._count[who] = count + 1

    def _look_ahead(self, who: Ints) -> None:
        """Their next holding times: many at once take little longer than one."""
        number = np.arange(AHEAD)[:, np.newaxis]
        draws = self._streams.uniform(who, self._count[who] + number)
        on = self.on[who] ^ (number % 2 == 0)
        self._holds[:, who] = np.maximum(np.rint(self._hold_us(draws, on)), 1).astype(np.int64)

    def switches(self, end_us: int) -> Iterator[tuple[Ints, Ints, Bools]]:
        """Who switches before `end_us`, when, and whether to on: [k] each, a user's first switch first."""
        who = (self._until < end_us).nonzero()[0]
        while len(who):
            when = self._until[who]
            self._switch(who)
            yield who, when, self.on[who]
            who = who[self._until[who] < end_us]
