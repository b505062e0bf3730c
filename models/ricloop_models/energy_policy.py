"""Which capacity cells may sleep: the fewest stay awake that still carry what is to come, by an upper quantile of it.

Loads are shares of the covering cell's resource blocks, as a forecast's upper quantile has them: the quantile is the
dial between saving and risk. A *capacity* cell is one that another covers in full; asleep, its load moves to its cover.

Going to sleep asks that everything fits for as long as a sleep pays (`later`), staying asleep that it fits until the
cell could be awake again (`soon`). The longer horizon's greatest load is never the smaller one, so what has just woken
does not fall asleep at once: the forecast is the hysteresis.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Upper:
    """The greatest load within a horizon, at the upper quantile; NaN where it is not known."""

    alone: Floats
    """[covers]: of the covers' own users."""
    moved: Floats
    """[cells]: of each capacity cell's users, as blocks of its cover."""


def asleep_next(asleep: Bools, soon: Upper, later: Upper, cover: Rows, limit: float) -> Bools:
    """[cells]: which capacity cells are to be asleep; `cover` [cells] is each one's row in `alone`.

    As many as fit under `limit` (a share of the cover), those that sleep already first, then those with the least
    load. What is not known does not fit.
    """
    stay = asleep & _smallest(asleep, soon.alone, soon.moved, cover, limit)
    kept = np.bincount(cover[stay], later.moved[stay], len(later.alone))
    return stay | _smallest(~asleep, later.alone + kept, later.moved, cover, limit)


def within_share(wanted: Bools, asleep: Bools, load: Floats, group: Rows, most: NDArray[np.int64]) -> Bools:
    """[cells]: `wanted`, but at most `most` [groups] of a group: those asleep first, then those with the least load."""
    order = np.lexsort((load, ~asleep, ~wanted, group))
    place = np.empty(len(order), np.int64)
    place[order] = _count_within(group[order])
    allowed: Bools = wanted & (place < most[group])
    return allowed


def _smallest(candidates: Bools, alone: Floats, moved: Floats, cover: Rows, limit: float) -> Bools:
    """[cells]: per cover the most candidates whose loads fit beside its own: the ones with the least load."""
    load = np.where(candidates & ~np.isnan(moved), moved, np.inf)
    order = np.lexsort((load, cover))
    ranked = np.where(np.isinf(load[order]), 0.0, load[order])
    sums = np.cumsum(ranked)
    first = np.searchsorted(cover[order], cover[order])
    fits = alone[cover[order]] + sums - (sums - ranked)[first] <= limit
    found = np.zeros(len(cover), np.bool_)
    found[order] = fits & np.isfinite(load[order])
    return found


def _count_within(ordered: Rows) -> NDArray[np.int64]:
    """[n] of an ascending array: how many equal ones stand before each."""
    return np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
