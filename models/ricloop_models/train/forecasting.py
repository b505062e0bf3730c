"""What every training of a forecaster does alike: windows of simulated days, baselines, scores, golden inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from ricloop.core.model import Table
from ricloop.engine.graph import Graph
from ricloop_e2sim.scenarios import find
from ricloop_models import ridge, rollouts
from ricloop_models.train import fit
from ricloop_models.train.device import Loss

PENALTIES = tuple(10.0**power for power in range(9))
"""That a ridge is tried with; the best on the validation part is taken."""
PARTS = ("training", "validation", "held_out")
TOLERANCE = 3e-5
"""Of golden answers: a low quantile at night is the small difference of numbers that are not small."""


class Rollouts(Protocol):
    """What a training's settings say of its data."""

    @property
    def seed(self) -> int: ...
    @property
    def scenario(self) -> str: ...
    @property
    def days(self) -> int: ...
    @property
    def training(self) -> int: ...
    @property
    def validation(self) -> int: ...
    @property
    def held_out(self) -> int: ...
    @property
    def stride(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows, what came after each, and what a day before that."""

    asked: Table
    """[windows, values and calendar]"""
    target: Table
    """[windows, horizons]"""
    day_before: Table
    """[windows, horizons]: the target one day earlier."""


Points: TypeAlias = Callable[[Windows], NDArray[np.floating]]
"""One forecast per window and horizon, without quantiles."""


def seeds_of(settings: Rollouts) -> dict[str, list[int]]:
    """Of the rollouts of each part: none is in two."""
    first, found = 1000 * settings.seed, {}
    for part in PARTS:
        count: int = getattr(settings, part)
        found[part] = list(range(first, first + count))
        first += count
    return found


def simulated(
    settings: Rollouts, metric: str, length: int, horizons: int, calendar: int, console: Console
) -> list[Windows]:
    """Of every part, all cells of its seeds' rollouts: `length` values and `calendar` columns each."""
    plan = find(settings.scenario)
    day = round(plan.demand.day_s * 1e6 / plan.tick_us)
    parts = []
    for part, seeds in seeds_of(settings).items():
        found = []
        for seed in track(seeds, f"{part.replace('_', '-')} rollouts", console=console, transient=True):
            run = rollouts.rollout(plan, seed, settings.days * day, [metric])
            series = run.values[:, :, 0]
            for end in range(max(length, day), len(series) - horizons + 1, settings.stride):
                time = rollouts.calendar(run.hour[end - 1], calendar)
                asked = np.hstack([series[end - length : end].T, np.tile(time, (series.shape[1], 1))])
                found.append((asked, series[end : end + horizons].T, series[end - day : end - day + horizons].T))
        parts.append(Windows(*(np.concatenate(part) for part in zip(*found, strict=True))))
    return parts


def compare(
    said: Mapping[str, NDArray[np.floating]],
    points: Mapping[str, Points],
    parts: Sequence[Windows],
    quantiles: Sequence[float],
    length: int,
    most: float,
) -> dict[str, dict[str, float]]:
    """Scores on the held-out windows. `said`: by who, answers to them, shape [windows, quantiles, horizons]; ours
    first. `points`: further baselines. They, and the three that are always there, have the quantiles that their errors
    had on the training part, per horizon."""
    train, _, held_out = parts
    horizons = held_out.target.shape[1]
    unit = float(np.nanmean(np.abs(train.day_before - train.target)))
    cubes = dict(said)
    baselines: dict[str, Points] = {
        **points,
        "one day before": lambda part: part.day_before,
        "last value": lambda part: np.repeat(part.asked[:, length - 1 : length], horizons, axis=1),
        "mean of the window": lambda part: np.repeat(
            np.nanmean(part.asked[:, :length], axis=1, keepdims=True), horizons, axis=1
        ),
    }
    for who, forecast in baselines.items():
        spread = np.nanquantile(train.target - forecast(train), quantiles, axis=0)
        cubes[who] = np.clip(forecast(held_out)[:, None, :] + spread, 0, most)
    return {who: score(cube, held_out.target, quantiles, unit) for who, cube in cubes.items()}


def score(said: NDArray[np.floating], target: Table, quantiles: Sequence[float], unit: float) -> dict[str, float]:
    """Of answers [windows, quantiles, horizons]; what has no target is left out."""
    off = target[:, None, :] - said
    levels = np.array(quantiles)[:, None]
    mae = float(np.nanmean(np.abs(off[:, list(quantiles).index(0.5)])))
    known = ~np.isnan(target)
    inside = ((target >= said[:, 0]) & (target <= said[:, -1]))[known]
    return {
        "mae": round(mae, 4),
        "mase": round(mae / unit, 4),
        "pinball": round(float(np.nanmean(np.maximum(levels * off, (levels - 1) * off))), 4),
        "inside": round(float(inside.mean()), 4),
    }


def cube(graph: Graph, asked: Table, quantiles: Sequence[float]) -> Table:
    """What a network says, shape [windows, quantiles, horizons]."""
    said = fit.answers(graph, asked)
    return said.reshape(len(said), len(quantiles), -1)


def pinball(quantiles: Sequence[float], horizons: int) -> Loss:
    """The mean over quantiles and horizons; what has no target costs nothing."""
    levels = torch.tensor(quantiles).repeat_interleave(horizons)

    def loss(said: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        off, at = target.repeat(1, len(quantiles)) - said, levels.to(said.device)
        return torch.maximum(at * off, (at - 1) * off).nanmean()

    return loss


def ridge_of(parts: Sequence[Windows], length: int) -> Points:
    """The ridge as a baseline, with the time of day where there is one, as strong as the values' spread."""
    train, validation, _ = parts

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


def fit_ridge(train: Windows, validation: Windows, length: int) -> tuple[ridge.Ridge, float]:
    """With weights for each horizon, and the penalty with which validation windows are forecast best."""
    fits = {penalty: ridge.fit(train.asked[:, :length], train.target, penalty) for penalty in PENALTIES}
    errors = {
        penalty: float(np.nanmean(np.abs(found.points(validation.asked[:, :length]) - validation.target)))
        for penalty, found in fits.items()
    }
    best = min(errors, key=errors.__getitem__)
    return fits[best], best


def golden_inputs(asked: Table, length: int) -> Table:
    """64 windows, some with holes, one without a time of day, one with nothing at all."""
    golden = asked[:: max(1, len(asked) // 64)][:64].copy()
    golden[1, :length:3] = np.nan
    golden[2, : length - 1] = np.nan
    golden[3, length:] = np.nan
    golden[4] = np.nan
    golden[5, :length] = np.nanmax(asked[:, :length])
    return golden
