"""When a score is an alarm, how many alarms there are, and the threshold that leaves a stated rate of false ones.

An alarm is raised where the score has been above its threshold for some periods on end; those of one cell that begin
within some periods after the last one ended are one alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rule:
    """How scores become alarms."""

    consecutive: int = 2
    """Periods above the threshold until there is one."""
    quiet: int = 12
    """Periods without one until the next is another."""


RULE = Rule()


@dataclass(frozen=True, slots=True, eq=False)
class Episodes:
    """Alarms, one each: [alarms]."""

    cell: Ints
    start: Ints
    end: Ints
    """Periods, the end excluded."""

    def __len__(self) -> int:
        return len(self.cell)


def raised(scores: Floats, threshold: float, rule: Rule = RULE) -> Bools:
    """[periods, cells] of the same."""
    above = scores > threshold
    found = above.copy()
    for back in range(1, rule.consecutive):
        found[back:] &= above[:-back]
        found[:back] = False
    return found


def episodes(alarm: Bools, rule: Rule = RULE) -> Episodes:
    """Of [periods, cells]."""
    periods, cells = alarm.shape
    # A cell after the other, with room between them in which nothing is.
    flat = np.zeros((cells, periods + rule.quiet + 2), np.int8)
    flat[:, 1 : periods + 1] = alarm.T
    edges = np.diff(flat.reshape(-1))
    start, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    if not len(start):
        return Episodes(*(np.zeros(0, np.int64) for _ in range(3)))
    first = np.append(True, start[1:] - end[:-1] > rule.quiet)
    last = np.append(first[1:], True)
    cell = start[first] // flat.shape[1]
    return Episodes(cell, start[first] - cell * flat.shape[1], end[last] - cell * flat.shape[1])


def rate(scores: Floats, threshold: float, periods_per_day: int, rule: Rule = RULE) -> float:
    """Alarms per cell and day."""
    return len(episodes(raised(scores, threshold, rule), rule)) * periods_per_day / scores.size


def calibrate(scores: Floats, false_per_day: float, periods_per_day: int, rule: Rule = RULE) -> float:
    """The lowest threshold, to a thousandth, from which on usual scores [periods, cells] raise no more alarms than
    `false_per_day` per cell and day."""
    low, high = float(np.median(scores)), float(scores.max())
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        if rate(scores, middle, periods_per_day, rule) > false_per_day:
            low = middle
        else:
            high = middle
    return high
