"""Poisson arrivals of files, pages or packets, the same ones at any tick length.

They are drawn in blocks of time ahead of the ticks: how many, when, whose, how large. Nothing but the seed decides what
a block holds: the generator belongs to one flow, so how many raw draws a Poisson count takes concerns nobody else, and
a level only leaves arrivals out (thinning), by a mark that each one carries.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.flows.flow import Level, some_users

BLOCK_ARRIVALS = 4096
"""Expected in a block, or twice the users where these are many: enough to make each cheap, few for a short pause."""
LONGEST_BLOCK_US = 3_600_000_000


class Arrivals:
    """A Poisson process per user, with sizes."""

    def __init__(
        self,
        users: int,
        gap_s: float,
        sizes: Callable[[np.random.Generator, int], Floats],
        seed: np.random.SeedSequence,
    ) -> None:
        """`gap_s`: mean time between two arrivals of a user; `sizes(generator, n)`: [n] bits."""
        self.users = some_users(users)
        positive(gap_s=gap_s)
        self._generator = np.random.Generator(np.random.PCG64(seed))
        self._sizes = sizes
        self._block_us = int(np.clip(max(BLOCK_ARRIVALS / users, 2) * gap_s * 1e6, 1, LONGEST_BLOCK_US))
        self._mean = users * self._block_us / 1e6 / gap_s
        self._end_us = 0
        self._next_block()

    def _next_block(self) -> None:
        generator = self._generator
        count = int(generator.poisson(self._mean))
        times = generator.integers(self._end_us, self._end_us + self._block_us, count)
        times.sort()
        self._times: Ints = times
        self._taken = 0
        self._who: Ints = generator.integers(0, self.users, count)
        self._marks: Floats = generator.random(count)
        self._bits: Floats = self._sizes(generator, count)
        self._end_us += self._block_us

    def bits(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """[users] bits that arrive in the tick that starts at `time_us`."""
        end_us = time_us + tick_us
        bits = self._in_block(end_us, level)
        while self._end_us < end_us:
            self._next_block()
            bits += self._in_block(end_us, level)
        return bits

    def _in_block(self, end_us: int, level: Level) -> Floats:
        """[users] bits of the current block's next arrivals, those before `end_us`."""
        first, last = self._taken, int(self._times.searchsorted(end_us))
        self._taken = last
        if first == last:
            return np.zeros(self.users)
        who = self._who[first:last]
        kept = self._marks[first:last] < (level[who] if isinstance(level, np.ndarray) else level)
        return np.asarray(np.bincount(who, self._bits[first:last] * kept, self.users), dtype=np.float64)
