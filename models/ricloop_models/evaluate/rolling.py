"""Rolling origin: forecasters of hourly traffic are fitted on what is past, asked, and fitted again each week.

Their bounds come from their own errors (`conformal.py`), which are known only once the hour has come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_models import ridge
from ricloop_models.conformal import Conformal
from ricloop_models.evaluate.forecasters import LOOK, WEEK, Fit
from ricloop_models.ridge import Wide

QUANTILES = (0.05, 0.25, 0.75, 0.95)
"""Of the bounds, beside the median, which is the forecast itself. The interval is from the first to the last."""


@dataclass(frozen=True, eq=False)
class Rolled:
    """What a forecaster said at each origin. An origin is the first hour that is forecast."""

    points: Wide
    """Shape [origins, horizons, entities]."""
    actual: Wide
    """The same: what came, NaN where nobody knows or the data ends."""
    bounds: Wide
    """Shape [origins, horizons, quantiles, entities]; NaN while too few errors were known."""

    def of(self, origins: slice) -> Rolled:
        """Some of them."""
        return Rolled(self.points[origins], self.actual[origins], self.bounds[origins])


def roll(values: Wide, fit: Fit, origins: range, horizons: int, refit: int = WEEK) -> tuple[Wide, Wide]:
    """Forecasts at each origin and what came, [origins, horizons, entities]. Fitted on what lies before the first
    origin, and again every `refit` hours."""
    entities = len(values)
    padded = np.concatenate([np.full((entities, LOOK), np.nan), values, np.full((entities, horizons), np.nan)], axis=1)
    points = np.empty((len(origins), horizons, entities))
    actual = np.empty_like(points)
    fitted_at, say = -1, None
    for row, origin in enumerate(origins):
        if say is None or origin - fitted_at >= refit:
            fitted_at, say = origin, fit(values[:, :origin], horizons)
        points[row] = say(padded[:, origin : origin + LOOK]).T
        actual[row] = padded[:, LOOK + origin : LOOK + origin + horizons].T
    return points, actual


def hourly(
    values: Wide,
    fit: Fit,
    origins: range,
    horizons: int,
    kept: range,
    memory: int,
    sorts: int | None = None,
    refit: int = WEEK,
) -> Rolled:
    """An origin every hour, with bounds by ACI on roots, where spreads are even; of those in `kept` what was said and
    came. Each hour first shows what came of earlier forecasts, then is forecast from."""
    points, actual = roll(values, fit, origins, horizons, refit)
    conformal = Conformal(len(values), horizons, QUANTILES, memory=memory, sorts=sorts)
    bounds = []
    for origin, point in zip(origins, points, strict=True):
        conformal.observe(origin - 1, np.sqrt(values[:, origin - 1]).astype(np.float32))
        found = conformal.issue(origin - 1, np.sqrt(np.maximum(point, 0)).astype(np.float32))
        if origin in kept:
            bounds.append(found)
    rows = [origin - origins.start for origin in kept]
    return Rolled(points[rows], actual[rows], ridge.values(np.array(bounds)))
