"""Who may sleep, by the forecast that another xApp publishes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop import Forecast, Topology
from ricloop_models.energy_policy import Upper, asleep_next
from ricloop_xapps.energy_saving.pairs import Bools, Pairs, Plan
from ricloop_xapps.energy_saving.trend import Cells, Floats

ANYTHING = 100.0
"""Percent: an upper bound there says nothing, as while a forecaster knows none of its errors yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Percent of each cell's blocks, [cells]; NaN for cells that nothing is said of and for bounds that say nothing."""

    middle: Floats
    """The median at the period whose bound is the greatest."""
    most: Floats
    """The greatest bound at the upper quantile."""


def bound(forecast: Forecast, cells: Cells, quantile: float, periods: int) -> Bound:
    """Within `periods` report periods of the forecast's time; between two published quantiles linear, beyond them the
    outer one."""
    levels = np.array(forecast.quantiles)
    place = float(np.interp(quantile, levels, np.arange(len(levels))))
    below, middle = int(place), int(np.argmin(np.abs(levels - 0.5)))
    above, weight = min(below + 1, len(levels) - 1), place - below
    order = np.argsort(forecast.cells)
    rows = order[np.minimum(np.searchsorted(forecast.cells, cells, sorter=order), len(order) - 1)]
    values = forecast.values[rows, :periods].astype(np.float64)
    upper = (1 - weight) * values[:, :, below] + weight * values[:, :, above]
    each, peak = np.arange(len(rows)), upper.argmax(axis=1)
    most, half = upper[each, peak], values[each, peak, middle]
    said = (forecast.cells[rows] == cells) & (most < ANYTHING)
    return Bound(np.where(said, half, np.nan), np.where(said, most, np.nan))


def on_covers(foretold: Bound, pairs: Pairs, transfer: float) -> Upper:
    """Of the report's cells: shares of covers, `alone` with a row per cell of the report.

    Errors of a cell and its cover come from different users: their spreads add up as independent ones do. What a
    sleeping cell's users need is in its cover's forecast already; and a cover is never thought emptier than it is now.
    """
    now = np.divide(100 * pairs.used, pairs.blocks, out=np.zeros_like(pairs.used), where=pairs.blocks > 0)
    alone = np.maximum(foretold.most, now)
    to_cover = transfer * pairs.blocks[pairs.capacity] * pairs.share / 100
    middle = foretold.middle[pairs.capacity] * to_cover
    spread = (foretold.most - foretold.middle)[pairs.capacity] * to_cover
    above = np.maximum(alone - foretold.middle, 0)[pairs.cover]
    moved = np.where(pairs.asleep, 0.0, middle + np.hypot(spread, above) - above)
    return Upper(alone / 100, moved / 100)


def plan(pairs: Pairs, soon: Upper, later: Upper, resting: Bools, full: float) -> tuple[Bools, Plan]:
    """([pairs]: of whom the forecast says something, what it asks for). `resting`: asleep, or being emptied."""
    known = ~np.isnan(soon.alone[pairs.cover]) & ~np.isnan(soon.moved)
    wanted = asleep_next(resting, soon, later, pairs.cover, full)
    return known, Plan(wanted & ~pairs.asleep, ~wanted)


def calm_around(pairs: Pairs, topology: Topology, forecast: Forecast, percent: Floats, limit: float) -> Bools:
    """[pairs]: no neighbour but the cover is expected above `limit` percent; `percent` is [cells of the forecast]."""
    full = set(forecast.cells[~(percent <= limit)].tolist())
    if not full:
        return np.ones(len(pairs.cells), np.bool_)
    return np.array(
        [
            full.isdisjoint(other for other in topology.neighbours(cell) if other != cover)
            for cell, cover in zip(pairs.cells.tolist(), pairs.covers.tolist(), strict=True)
        ],
        np.bool_,
    )
