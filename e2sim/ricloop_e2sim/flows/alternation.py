"""Two states in turn, each held for a random time: talk and silence, call and gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ricloop_e2sim.layout import Bools, Floats, Ints
from ricloop_e2sim.userstreams import EVERYONE, UserStreams, Who


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
        self._switch(EVERYONE)

    def _switch(self, who: Who) -> None:
        on = ~self.on[who]
        draw = self._streams.uniform(who, self._count[who])
        self.on[who] = on
        self._until[who] += np.maximum(np.rint(self._hold_us(draw, on)), 1).astype(np.int64)
        self._count[who] += 1

    def switches(self, end_us: int) -> Iterator[tuple[Ints, Ints, Bools]]:
        """Who switches before `end_us`, when, and whether to on: [k] each, a user's first switch first."""
        who = (self._until < end_us).nonzero()[0]
        while len(who):
            when = self._until[who]
            self._switch(who)
            yield who, when, self.on[who]
            who = who[self._until[who] < end_us]
