"""Forecasters of hourly traffic: ours, and the baselines that always stand beside it.

Each is fitted on the hours before an origin, and then shows what comes after windows of the last four weeks. Nothing
else reaches it, so nothing of the future does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from ricloop_models import ridge
from ricloop_models.ridge import HOURLY_LAGS, Wide

DAY, WEEK = 24, 168
LOOK = 4 * WEEK
"""Hours that a forecaster may look back."""
MOST_ROWS = 40_000
"""Windows that a ridge is fitted on: more change nothing in the second digit."""

Say: TypeAlias = Callable[[Wide], Wide]
"""Windows [rows, LOOK], NaN where nothing is known → forecasts [rows, horizons]."""
Fit: TypeAlias = Callable[[Wide, int], Say]
"""(hours before the origin [entities, hours], horizons) → a fitted forecaster."""


def ridge_recursive(past: Wide, horizons: int) -> Say:
    """Ours: one step ahead by closed-form ridge on roots less their window's mean, iterated: `ridge.py`."""
    length = max(HOURLY_LAGS)
    stride = max(1, past.shape[0] * (past.shape[1] - length) // MOST_ROWS)
    windows, following = ridge.cut(past, length, 1, stride)
    fitted = ridge.fit_recursive(windows, following[:, 0], HOURLY_LAGS, horizons, penalty=1)
    return lambda asked: fitted.points(asked[:, -length:])


def ridge_direct(past: Wide, horizons: int) -> Say:
    """A ridge for each horizon on the whole last week."""
    stride = max(1, past.shape[0] * (past.shape[1] - WEEK) // MOST_ROWS)
    windows, targets = ridge.cut(past, WEEK, horizons, stride)
    fitted = ridge.fit(windows, targets, penalty=1000)
    return lambda asked: fitted.points(asked[:, -WEEK:])


def last_value(past: Wide, horizons: int) -> Say:
    """As it was in the newest hour that is known."""
    return lambda asked: np.repeat(newest(asked)[:, None], horizons, axis=1)


def seasonal_naive(season: int) -> Fit:
    """As it was one season ago; where that is missing, as many seasons ago as it takes."""

    def fit(past: Wide, horizons: int) -> Say:
        place = np.arange(horizons) % season

        def say(asked: Wide) -> Wide:
            seasons = asked.reshape(len(asked), LOOK // season, season)[:, ::-1]
            known = ~np.isnan(seasons)
            found = np.take_along_axis(seasons, known.argmax(1)[:, None], axis=1)[:, 0]
            return np.asarray(found[:, place])

        return say

    return fit


def mean_of(seasons: int, season: int) -> Fit:
    """The mean of the same hour of the last seasons."""

    def fit(past: Wide, horizons: int) -> Say:
        place = np.arange(horizons) % season

        def say(asked: Wide) -> Wide:
            last = asked[:, -seasons * season :].reshape(len(asked), seasons, season)
            known = ~np.isnan(last)
            sums = np.where(known, last, 0).sum(1)
            return np.asarray((sums / np.where(known.any(1), known.sum(1), np.nan))[:, place])

        return say

    return fit


BASELINES: Mapping[str, Fit] = {
    "last value": last_value,
    "one day before": seasonal_naive(DAY),
    "one week before": seasonal_naive(WEEK),
    "mean of 4 weeks": mean_of(4, WEEK),
    "mean of 7 days": mean_of(7, DAY),
    "ridge, each horizon by itself": ridge_direct,
}


def newest(asked: Wide) -> Wide:
    """Of windows [rows, hours], the newest value that is known."""
    back = (~np.isnan(asked[:, ::-1])).argmax(1)
    return np.asarray(asked[np.arange(len(asked)), asked.shape[1] - 1 - back])
