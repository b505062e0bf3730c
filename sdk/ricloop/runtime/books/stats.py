"""Latencies in bounded memory: every value while there are few, a fine histogram once there are many."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from itertools import accumulate
from typing import TypedDict

import numpy as np

EXACT = 1 << 16
"""Values kept one by one; with more of them, they are counted in steps of `STEP`."""
STEP = 1.01
"""Ratio of a step's ends: a quantile read from the steps is off by half a percent at most."""
STEPS = 3000
"""The last step begins after 2.5 hours; what takes longer is counted there."""
EDGES_MS = (0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 15, 25, 50, 100)
"""Ends of the coarse buckets that are counted as values come, so that reading them costs nothing."""

_EDGES_NS = [round(edge * 1e6) for edge in EDGES_MS]
_LOG_STEP = math.log(STEP)


class Quantiles(TypedDict):
    """Milliseconds; None where nothing was measured."""

    count: int
    p50: float | None
    p99: float | None
    p999: float | None
    max: float | None


class Latencies:
    """Nanoseconds in, milliseconds out.

    Quantiles are exact up to `EXACT` values. From then on all of them, the earlier ones too, are read from a histogram
    with steps of one percent; count, sum and maximum stay exact. Memory is bounded by either.
    """

    def __init__(self) -> None:
        self._values = array("q")
        self._steps: array[int] | None = None
        self._coarse = [0] * (len(EDGES_MS) + 1)
        self._count = 0
        self._max = 0
        self.total = 0
        """Sum of all values, in ns."""

    def add(self, nanoseconds: int) -> None:
        self._count += 1
        self.total += nanoseconds
        self._max = max(self._max, nanoseconds)
        self._coarse[bisect_left(_EDGES_NS, nanoseconds)] += 1
        if self._steps is not None:
            self._steps[_step(nanoseconds)] += 1
            return
        self._values.append(nanoseconds)
        if len(self._values) >= EXACT:
            self._steps = array("q", bytes(8 * STEPS))
            for value in self._values:
                self._steps[_step(value)] += 1
            self._values = array("q")

    def __len__(self) -> int:
        return self._count

    def buckets(self) -> list[tuple[float, int]]:
        """(end in ms, how many values up to it), one per `EDGES_MS`; `len()` is how many there are in all."""
        return list(zip(EDGES_MS, accumulate(self._coarse[:-1]), strict=True))

    def quantiles(self) -> Quantiles:
        if not self._count:
            return {"count": 0, "p50": None, "p99": None, "p999": None, "max": None}
        p50, p99, p999 = self._percentiles((50, 99, 99.9))
        return {
            "count": self._count,
            "p50": round(p50, 3),
            "p99": round(p99, 3),
            "p999": round(p999, 3),
            "max": round(self._max / 1e6, 3),
        }

    def _percentiles(self, wanted: tuple[float, ...]) -> list[float]:
        if self._steps is None:
            return [float(p) for p in np.percentile(np.frombuffer(self._values, np.int64) / 1e6, wanted)]
        upto = np.cumsum(np.frombuffer(self._steps, np.int64))
        steps = [int(np.searchsorted(upto, percent / 100 * self._count)) for percent in wanted]
        return [min(STEP ** (step - 0.5), self._max) / 1e6 for step in steps]


def _step(nanoseconds: int) -> int:
    """Step n holds what is above STEP^(n-1) ns, up to STEP^n."""
    if nanoseconds <= 1:
        return 0
    return min(math.ceil(math.log(nanoseconds) / _LOG_STEP), STEPS - 1)
