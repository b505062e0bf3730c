"""Which of a cell's users come first: the policies, and the weights they give in a fluid tick.

A slot scheduler serves the user of the highest metric m, slot after slot. A fluid tick lasts many slots and knows one
mean rate per user, so it needs the share of slots that each one wins. If the fading of a slot multiplies the metric by
1/E, with E exponential of mean 1 and independent per user, then user i wins the slot with the smallest E/m, that is
with probability m_i / Σ m_j (competing exponential clocks), and one that has nothing more to receive leaves the others'
odds as they were. Sharing PRBs in proportion to m up to demand is exactly that: weighted max-min with weight m.

For proportional fairness m = r/T. Where the rates stand still, T → r·x and x ∝ r/T settle together at equal x: equal
PRBs, throughput in proportion to r, as of the slot scheduler. r/T is also 1/(T/r), the inverse of the PRBs that the
average would take at the present rate; in that form the weight needs no scale, and a floor on the PRBs bounds it.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints


class Policy(IntEnum):
    """How a cell with too few PRBs divides them."""

    ROUND_ROBIN = 0
    """Equal PRBs up to demand (max-min)."""
    PROPORTIONAL_FAIR = 1
    """PRBs in proportion to r/T up to demand."""
    MAX_CI = 2
    """The best rate first, ties by index."""
    QOS_PROPORTIONAL_FAIR = 3
    """As PROPORTIONAL_FAIR, times a weight per user."""


LEAST_PRBS = 0.01
"""Floor of the average in PRBs: a user that was idle for long outweighs a busy one by at most PRBs/0.01."""


class AverageThroughput:
    """T ← bT + (1−b)R per user, b = e^(−tick/window)."""

    def __init__(self, users: int, window_us: int) -> None:
        """Raises ConfigError for a window that is not positive."""
        if window_us <= 0:
            raise ConfigError(f"the proportional-fair window is {window_us} µs; give a positive one, as 1000000")
        self.bit_s: Floats = np.zeros(users)
        """[users]: T."""
        self._window_us = window_us

    def add(self, delivered: Floats, tick_us: int) -> None:
        """Take in the bits of one tick, [users]."""
        # Near rest a deviation of T is multiplied by 2b − 1 per tick: below b = 1/2 it would swing instead of settle.
        keep = max(math.exp(-tick_us / self._window_us), 0.5)
        self.bit_s *= keep
        self.bit_s += delivered * ((1 - keep) * 1e6 / tick_us)

    def weight(self, users: Ints, rate: Floats) -> Floats:
        """r/T, as 1/(T/r), of some users by index; `rate` is their bit/s per PRB, positive."""
        return 1.0 / np.maximum(self.bit_s.take(users) / rate, LEAST_PRBS)
