"""What benches have in common: times of this thread, two ways by turns, and the row that comes of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import mean, quantiles, stdev

Row = dict[str, str | float | None]

BLOCKS = 20
STUDENT_T = 2.093
"""95 % of Student's t at 19 degrees of freedom: those of `BLOCKS` differences."""


def times(usual: int, share: float) -> int:
    """Rounds: that share of the usual ones, ten at least."""
    return max(round(usual * share), 10)


def thread_us(work: Callable[[], object], count: int = 1) -> float:
    """Microseconds of thread time per call."""
    begun = time.thread_time_ns()
    for _ in range(count):
        work()
    return (time.thread_time_ns() - begun) / count / 1000


def by_turns(ways: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """What each way measures in each of the blocks; which comes first changes, and a block before them warms up."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for block in range(BLOCKS + 1):
        for name, measure in list(ways.items())[:: 1 if block % 2 else -1]:
            took = measure()
            if block:
                found[name].append(took)
    return found


def added(on: Sequence[float], off: Sequence[float]) -> Row:
    """What the one of two ways that took turns costs more, in microseconds, with its 95 % interval."""
    more = [one - other for one, other in zip(on, off, strict=True)]
    half = STUDENT_T * stdev(more) / math.sqrt(len(more))
    return {
        "on_us": mean(on),
        "off_us": mean(off),
        "added_us": mean(more),
        "added_low_us": mean(more) - half,
        "added_high_us": mean(more) + half,
        "ratio": mean(on) / mean(off),
    }


def middle_and_tail(took_ns: Sequence[int]) -> tuple[float, float]:
    """Median and 99th percentile, in microseconds."""
    cuts = quantiles(took_ns, n=100)
    return cuts[49] / 1e3, cuts[98] / 1e3
