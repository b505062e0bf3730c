"""Who may sleep, by the forecast that another xApp publishes."""

from __future__ import annotations

import numpy as np

from ricloop import Topology
from ricloop.core.predictions import Forecast
from ricloop_models.energy_policy import Upper, asleep_next
from ricloop_xapps.energy_saving.pairs import Bools, Pairs, Plan
from ricloop_xapps.energy_saving.trend import Cells, Floats

ANYTHING = 100.0
"""Percent: an upper bound there says nothing, as while a forecaster knows none of its errors yet."""


def upper(forecast: Forecast, cells: Cells, quantile: float, periods: int) -> Floats:
    """[cells]: percent of each cell's blocks at most, within `periods` report periods of the forecast's time.

    At the least published quantile that is no smaller, or the greatest. NaN for cells that nothing is said of, and for
    bounds that say nothing.
    """
    at = min(int(np.searchsorted(forecast.quantiles, quantile - 1e-9)), len(forecast.quantiles) - 1)
    greatest = forecast.values[:, :periods, at].max(axis=1).astype(np.float64)
    order = np.argsort(forecast.cells)
    rows = order[np.minimum(np.searchsorted(forecast.cells, cells, sorter=order), len(order) - 1)]
    said = (forecast.cells[rows] == cells) & (greatest[rows] < ANYTHING)
    return np.where(said, greatest[rows], np.nan)


def on_covers(percent: Floats, pairs: Pairs, transfer: float) -> Upper:
    """Of `percent` [cells of the report]: shares of covers, `alone` with a row per cell of the report.

    What a sleeping cell's users need is in its cover's forecast already; and a cover is never thought emptier than it
    is now.
    """
    used = percent / 100 * pairs.blocks
    moved = np.where(pairs.asleep, 0.0, transfer * used[pairs.capacity])
    now = np.divide(pairs.used, pairs.blocks, out=np.zeros_like(used), where=pairs.blocks > 0)
    return Upper(np.maximum(percent / 100, now), moved * pairs.share / 100)


def plan(pairs: Pairs, soon: Upper, later: Upper, resting: Bools, full: float) -> tuple[Bools, Plan]:
    """([pairs]: of whom the forecast says something, what it asks for). `resting`: asleep, or being emptied."""
    known = ~np.isnan(soon.alone[pairs.cover]) & ~np.isnan(soon.moved)
    wanted = asleep_next(resting, soon, later, pairs.cover, full)
    return known, Plan(wanted & ~pairs.asleep, ~wanted)


def calm_around(pairs: Pairs, topology: Topology, forecast: Forecast, percent: Floats, limit: float) -> Bools:
    """[pairs]: no neighbour but the cover is expected above `limit` percent; `percent` is [cells of the forecast]."""
    full = set(forecast.cells[~(percent <= limit)].tolist())
    return np.array(
        [
            full.isdisjoint(other for other in topology.neighbours(cell) if other != cover)
            for cell, cover in zip(pairs.cells.tolist(), pairs.covers.tolist(), strict=True)
        ],
        np.bool_,
    )
