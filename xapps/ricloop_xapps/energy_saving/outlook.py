"""What the cells of a site will carry, from the forecast that another xApp publishes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop.core.predictions import Forecast
from ricloop_models.energy_policy import Upper
from ricloop_xapps.energy_saving.trend import Cells, Floats

Rows = NDArray[np.intp]
ANYTHING = 100.0
"""Percent: an upper bound there says nothing, as while a forecaster knows none of its errors yet."""


def upper(forecast: Forecast, cells: Cells, quantile: float, periods: int) -> Floats:
    """[cells]: percent of each cell's blocks at most, within `periods` report periods of the forecast's time.

    At the least published quantile that is no smaller, or the greatest. NaN for cells that nothing is said of, and
    for bounds that say nothing.
    """
    at = min(int(np.searchsorted(forecast.quantiles, quantile - 1e-9)), len(forecast.quantiles) - 1)
    greatest = forecast.values[:, :periods, at].max(axis=1).astype(np.float64)
    order = np.argsort(forecast.cells)
    place = np.minimum(np.searchsorted(forecast.cells, cells, sorter=order), len(order) - 1)
    rows = order[place]
    said = (forecast.cells[rows] == cells) & (greatest[rows] < ANYTHING)
    return np.where(said, greatest[rows], np.nan)


def on_covers(percent: Floats, blocks: Floats, capacity: Rows, cover: Rows, transfer: float) -> Upper:
    """Of `percent` [cells] and the `blocks` [cells] that each cell has: shares of covers; rows are the report's.

    `alone` has a row per cell of the report, so that `cover` points into it. A cell without blocks is asleep: its load
    is in its cover's already.
    """
    used = percent / 100 * blocks
    moved = np.where(blocks[capacity] > 0, transfer * used[capacity], 0.0)
    own = blocks[cover]
    return Upper(percent / 100, np.divide(moved, own, out=np.full(len(moved), np.nan), where=own > 0))
