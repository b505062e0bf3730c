"""How good a forecaster is on days that it did not see, beside the baselines that always stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.model import Table
from ricloop.engine.graph import Graph
from ricloop.store import ForecastSpec
from ricloop_models import ridge
from ricloop_models.train import fit
from ricloop_models.train.forecast_data import Parts, Windows

PENALTIES = tuple(10.0**power for power in range(9))
"""That a ridge is tried with; the best on the validation part is taken."""
TOLERANCE = 3e-5
"""Of golden answers: a low quantile at night is the small difference of numbers that are not small."""
DRAWN = {"mae": 0.1, "mase": 0.01, "pinball": 0.05, "inside": 0.02}
"""How far the scores of a network may be off whose weights and batches are drawn from the same seed."""

Points: TypeAlias = Callable[[Windows], NDArray[np.floating]]
"""One forecast per window and horizon, without quantiles."""


def legend(output: ForecastSpec) -> str:
    """What the figures of `compare` are."""
    return (
        "mae: mean absolute error of the median, in the metric's unit. mase: the same over that of one day before, on "
        "training data. pinball: mean over the quantiles. inside: share between the outer quantiles "
        f"({output.quantiles[-1] - output.quantiles[0]:.2g} is right). Baselines have their training errors' quantiles "
        "per horizon."
    )


def compare(
    said: Mapping[str, NDArray[np.floating]],
    points: Mapping[str, Points],
    parts: Parts,
    output: ForecastSpec,
    length: int,
    most: float = 100.0,
) -> dict[str, dict[str, float]]:
    """Scores on the held-out windows of `length` values. `said`: by who, answers to them, shape [windows, quantiles,
    horizons]; ours first. `points`: further baselines. They, and the three that are always there, have the quantiles
    that their errors had on the training part, per horizon. `most`: no value is above."""
    train, held_out, quantiles = parts.training, parts.held_out, output.quantiles
    unit = float(np.nanmean(np.abs(train.day_before - train.target)))
    cubes = dict(said)
    baselines: dict[str, Points] = {
        **points,
        "one day before": lambda part: part.day_before,
        "last value": lambda part: np.repeat(part.asked[:, length - 1 : length], output.horizons, axis=1),
        "mean of the window": lambda part: np.repeat(
            np.nanmean(part.asked[:, :length], axis=1, keepdims=True), output.horizons, axis=1
        ),
    }
    for who, forecast in baselines.items():
        spread = np.nanquantile(train.target - forecast(train), quantiles, axis=0)
        cubes[who] = np.clip(forecast(held_out)[:, None, :] + spread, 0, most)
    return {who: score(cube, held_out.target, quantiles, unit) for who, cube in cubes.items()}


def score(said: NDArray[np.floating], target: Table, quantiles: tuple[float, ...], unit: float) -> dict[str, float]:
    """Of answers [windows, quantiles, horizons]; what has no target is left out."""
    off = target[:, None, :] - said
    levels = np.array(quantiles)[:, None]
    mae = float(np.nanmean(np.abs(off[:, quantiles.index(0.5)])))
    known = ~np.isnan(target)
    inside = ((target >= said[:, 0]) & (target <= said[:, -1]))[known]
    return {
        "mae": round(mae, 4),
        "mase": round(mae / unit, 4),
        "pinball": round(float(np.nanmean(np.maximum(levels * off, (levels - 1) * off))), 4),
        "inside": round(float(inside.mean()), 4),
    }


def cube(graph: Graph, asked: Table, output: ForecastSpec) -> Table:
    """What a network says, shape [windows, quantiles, horizons]."""
    return fit.answers(graph, asked).reshape(len(asked), len(output.quantiles), output.horizons)


def ridge_of(parts: Parts, length: int) -> Points:
    """The ridge as a baseline, with the time of day where there is one, as strong as the values' spread."""
    train, validation = parts.training, parts.validation

    def features(part: Windows) -> tuple[ridge.Wide, ridge.Wide]:
        centred, mean = ridge.normed(np.sqrt(part.asked[:, :length]))
        return np.hstack([centred, np.nan_to_num(part.asked[:, length:])]), mean

    (seen, mean), (asked, level) = features(train), features(validation)
    wanted = np.sqrt(train.target) - mean
    solved = {penalty: ridge.solve(seen, wanted, penalty) for penalty in PENALTIES}

    def points(weights: ridge.Wide, seen: ridge.Wide, mean: ridge.Wide) -> ridge.Wide:
        return ridge.values(seen @ weights[:-1] + weights[-1] + mean)

    errors = {
        penalty: float(np.abs(points(weights, asked, level) - validation.target).mean())
        for penalty, weights in solved.items()
    }
    best = solved[min(errors, key=errors.__getitem__)]
    return lambda part: points(best, *features(part))
