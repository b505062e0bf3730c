"""Sharing what a cell has among those who ask for more: by weight, or best first. All cells at once, by sorting.

A segment is whatever has a supply of its own: a cell, or a slice of a cell. Users of one segment compete.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

NOBODY = 1e-200
"""Of a sum of weights: below any there is, and far enough from 0 to divide by."""


def by_weight(asked: Floats, weight: Floats, segment: Ints, supply: Floats) -> Floats:
    """Weighted max-min: everyone gets min(asked, weight·level), with one level per segment that uses up its supply.

    `asked`, `weight` (> 0, within about 10⁶ of one another) and `segment` are [users], `supply` is [segments].
    Returns the grants, [users]. Where a segment has enough, everyone gets what it asked.
    """
    fill = asked / weight
    order = np.lexsort((fill, segment))
    asked_, weight_, segment_ = asked.take(order), weight.take(order), segment.take(order)
    first, run = _runs(segment_)
    has = supply.take(segment_.take(first))
    # What is left for a user and all after it once all before it are satisfied, per weight. That level rises up to the
    # first user whom it does not satisfy and falls after it, so the largest one is right.
    level = has.take(run) - _before(asked_, first, run)
    level /= np.add.reduceat(weight_, first).take(run) - _before(weight_, first, run)
    unsatisfied = fill.take(order) > np.maximum.reduceat(level, first).take(run)
    # Long cumulative sums lose digits: the sums that decide the grants are taken anew, per segment.
    left = has - np.add.reduceat(asked_ * ~unsatisfied, first)
    waiting = np.add.reduceat(weight_ * unsatisfied, first)
    level = np.maximum(left, 0.0) / np.maximum(waiting, NOBODY)
    granted = np.empty_like(asked)
    granted[order] = np.where(unsatisfied, np.minimum(weight_ * level.take(run), asked_), asked_)
    return granted


def best_first(asked: Floats, merit: Floats, segment: Ints, supply: Floats) -> Floats:
    """The user of the highest merit gets all it asks, then the next, until the supply is used up; ties by index.

    `asked`, `merit` and `segment` are [users], `supply` is [segments]. Returns the grants, [users].
    """
    order = np.lexsort((-merit, segment))
    asked_, segment_ = asked[order], segment[order]
    left = supply[segment_] - _before(asked_, *_runs(segment_))
    granted = np.empty_like(asked)
    granted[order] = np.minimum(np.maximum(left, 0.0), asked_)
    return granted


def total(values: Floats, segment: Ints, segments: int) -> Floats:
    """Sum of `values` [users] in every segment, [segments], added in the order of the users."""
    return np.asarray(np.bincount(segment, values, segments), dtype=np.float64)


def _runs(segment: Ints) -> tuple[Ints, Ints]:
    """Where each segment starts in the sorted users, and which of these starts is every user's, [users]."""
    starts = np.empty(len(segment), dtype=np.bool_)
    starts[:1] = True
    np.not_equal(segment[1:], segment[:-1], out=starts[1:])
    run = np.add.accumulate(starts, dtype=np.int64)
    run -= 1
    return starts.nonzero()[0], run


def _before(values: Floats, first: Ints, run: Ints) -> Floats:
    """Sum of the values of the users before each one, within its segment."""
    before: Floats = np.add.accumulate(values)
    before -= values
    before -= before.take(first).take(run)
    return before
