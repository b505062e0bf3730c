"""Two states in turn, each held for a random time: talk and silence, call and gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ricloop_e2sim.layout import Bools, Floats, Ints
from ricloop_e2sim.userstreams import EVERYONE, UserStreams

AHEAD = 16
"""Holding times drawn at once for a user: a switch is then a look-up."""


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
        self._everyone: Ints = np.arange(len(start_us))
        self._count: Ints = np.ones(len(start_us), dtype=np.int64)
        self._holds: Ints = np.zeros((len(start_us), AHEAD), dtype=np.int64)
        """[users, AHEAD]: in the states to come, at the number of the switch modulo AHEAD."""
        self.on: Bools = self._streams.uniform(EVERYONE, np.zeros_like(start_us)) >= share_on
        self._until: Ints = start_us.copy()
        self._fill(self._everyone)
        self._switch(self._everyone)

    def _fill(self, who: Ints) -> None:
        """Draw anew for users who switch next for the first time since their last draw."""
        index = self._count[who, np.newaxis] // AHEAD * AHEAD + np.arange(AHEAD)
        on: Bools = self.on[who, np.newaxis] ^ ((index - self._count[who, np.newaxis]) % 2 == 0)
        draw = self._streams.uniform(who[:, np.newaxis], index)
        self._holds[who] = np.maximum(np.rint(self._hold_us(draw, on)), 1).astype(np.int64)

    def _switch(self, who: Ints) -> None:
        place = self._count[who] % AHEAD
        if not place.all():
            self._fill(who[place == 0])
        self.on[who] ^= True
        self._until[who] += self._holds[who, place]
        self._count[who] += 1

    def switches(self, end_us: int) -> Iterator[tuple[Ints, Ints, Bools]]:
        """Who switches before `end_us`, when, and whether to on: [k] each, a user's first switch first."""
        who = (self._until < end_us).nonzero()[0]
        while len(who):
            when = self._until[who]
            self._switch(who)
            yield who, when, self.on[who]
            who = who[self._until[who] < end_us]
