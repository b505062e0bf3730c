"""The figures of forecasts, in tables and by entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop_models.evaluate.base import Cell
from ricloop_models.evaluate.forecasters import DAY, WEEK
from ricloop_models.evaluate.rolling import QUANTILES, Rolled
from ricloop_models.ridge import Wide

COLUMNS = ("mae", "wape", "mase", "crps", "coverage", "worst week", "entities in .85-.95", "width")
NOTE = (
    "mae: mean absolute error, in the data's unit. wape: the same over the mean. mase: mae over the in-sample mae of "
    "one day before, per entity, then the mean. crps: twice the mean pinball loss over the quantiles .05 .25 .5 .75 "
    ".95. coverage: share inside the 90 % interval; its worst week; share of entities whose own coverage is within 85 "
    "to 95 %. width: of the interval, mean."
)


def scale(past: Wide) -> Wide:
    """Of the MASE, shape [entities]: the mean absolute difference to one day before, in-sample."""
    return np.asarray(np.nanmean(np.abs(past[:, DAY:] - past[:, :-DAY]), axis=1))


@dataclass(frozen=True, eq=False)
class Marks:
    """The figures of one forecaster per entity, shape [entities] each."""

    mae: Wide
    mase: Wide
    crps: Wide
    coverage: Wide


def marks(rolled: Rolled, unit: Wide, part: slice = slice(None)) -> Marks:
    """Over the horizons in `part`."""
    actual, points, bounds = rolled.actual[:, part], rolled.points[:, part], rolled.bounds[:, part]
    mae = np.nanmean(np.abs(actual - points), axis=(0, 1))
    low, high = bounds[:, :, 0], bounds[:, :, -1]
    known = ~np.isnan(actual) & ~np.isnan(low)
    inside = np.where(known, (actual >= low) & (actual <= high), np.nan)
    losses = [np.nanmean(np.abs(actual - points) / 2, axis=(0, 1))]
    for at, level in enumerate(QUANTILES):
        off = actual - bounds[:, :, at]
        losses.append(np.nanmean(np.maximum(level * off, (level - 1) * off), axis=(0, 1)))
    return Marks(mae, mae / unit, 2 * np.mean(losses, axis=0), np.nanmean(inside, axis=(0, 1)))


def row(rolled: Rolled, unit: Wide, part: slice = slice(None)) -> tuple[Cell, ...]:
    """Of a table with `COLUMNS`."""
    found = marks(rolled, unit, part)
    actual, bounds = rolled.actual[:, part], rolled.bounds[:, part]
    low, high = bounds[:, :, 0], bounds[:, :, -1]
    error = np.abs(actual - rolled.points[:, part])
    known = ~np.isnan(actual) & ~np.isnan(low)
    inside = (actual >= low) & (actual <= high) & known
    weeks = [slice(start, start + WEEK) for start in range(0, len(actual), WEEK)]
    worst = min(float(inside[week].sum() / known[week].sum()) for week in weeks if known[week].any())
    within = (found.coverage >= 0.85) & (found.coverage <= 0.95)
    return (
        float(np.nanmean(error)),
        float(np.nansum(error) / np.nansum(np.where(np.isnan(error), np.nan, actual))),
        float(found.mase.mean()),
        float(found.crps.mean()),
        float(inside.sum() / known.sum()),
        worst if len(weeks) > 1 else None,
        float(within.mean()),
        float(np.nanmean(high - low)),
    )


def machine_rows(
    dataset: str, entities: Sequence[str], horizon: int, ours: Marks, naive: Marks
) -> list[dict[str, Cell]]:
    """One per entity, for `Evaluation.rows`."""
    return [
        {
            "dataset": dataset,
            "entity": entity,
            "horizon_h": horizon,
            "mae": float(ours.mae[at]),
            "mase": float(ours.mase[at]),
            "naive_mase": float(naive.mase[at]),
            "crps": float(ours.crps[at]),
            "coverage": float(ours.coverage[at]),
        }
        for at, entity in enumerate(entities)
    ]


def by_horizon(rolled: Rolled) -> Wide:
    """Coverage of the 90 % interval at each horizon, shape [horizons]."""
    low, high = rolled.bounds[:, :, 0], rolled.bounds[:, :, -1]
    known = ~np.isnan(rolled.actual) & ~np.isnan(low)
    inside = (rolled.actual >= low) & (rolled.actual <= high) & known
    return np.asarray(inside.sum((0, 2)) / known.sum((0, 2)))
