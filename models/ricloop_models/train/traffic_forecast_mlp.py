"""Train `traffic-forecast-mlp`: simulate, fit, compare with baselines, write the artifact and its card.

ricloop models train traffic-forecast-mlp --seed 1
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from ricloop.core.model import Table
from ricloop.engine.graph import Graph
from ricloop.store import Artifact
from ricloop_e2sim.scenarios import find
from ricloop_models import rollouts
from ricloop_models.traffic_forecast_mlp import CALENDAR, HORIZONS, LENGTH, METRIC, NAME, QUANTILES, network
from ricloop_models.train import fit
from ricloop_models.train.base import Run
from ricloop_models.train.device import Batch
from ricloop_models.train.publish import publish

VERSION = "2.0.0"


@dataclass(frozen=True)
class Settings:
    """Train traffic-forecast-mlp on simulated days."""

    seed: int = field(default=1, metadata={"help": "of the weights, the batches and, times 1000, the rollouts"})
    scenario: str = field(default="three-sites", metadata={"help": "of the simulator"})
    days: int = field(default=3, metadata={"help": "of each rollout"})
    training: int = field(default=48, metadata={"help": "rollouts to learn from"})
    validation: int = field(default=8, metadata={"help": "rollouts to choose the ridge's penalty on"})
    held_out: int = field(default=12, metadata={"help": "rollouts to score on"})
    stride: int = field(default=4, metadata={"help": "periods between two windows of a rollout"})
    steps: int = field(default=6000, metadata={"help": "of Adam"})
    batch: int = field(default=512, metadata={"help": "windows per step"})
    rate: float = field(default=2e-3, metadata={"help": "learning rate at the start"})


@dataclass(frozen=True, eq=False)
class Windows:
    """Every window of some rollouts that has a day before it and its target after it."""

    asked: Table
    """[windows, values and calendar]"""
    target: Table
    """[windows, horizons]"""
    day_before: Table
    """[windows, horizons]: the target one day earlier."""


Points: TypeAlias = Callable[[Windows], NDArray[np.floating]]
"""One forecast per window and horizon, without quantiles."""


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    run.no_data(NAME)
    fit.steady(settings.seed)
    plan = find(settings.scenario)
    day = round(plan.demand.day_s * 1e6 / plan.tick_us)
    first = 1000 * settings.seed
    parts = np.split(
        np.arange(first, first + settings.training + settings.validation + settings.held_out),
        [settings.training, settings.training + settings.validation],
    )
    learned, validation, held_out = (
        windows(settings, [int(seed) for seed in part], day, run.console, what)
        for part, what in zip(parts, ("training", "validation", "held-out"), strict=True)
    )

    model = network(settings.seed)
    levels = torch.tensor(QUANTILES).repeat_interleave(HORIZONS)

    def pinball_loss(said: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        off, at = target.repeat(1, len(QUANTILES)) - said, levels.to(said.device)
        return torch.maximum(at * off, (at - 1) * off).mean()

    fitted = fit.fit(
        fit.forward_of(model, run),
        fit.start_of(model),
        batches(learned, settings),
        pinball_loss,
        count=settings.steps,
        rate=settings.rate,
        run=run,
        about=settings,
    )
    graph = model.trained(fitted.weights)
    return publish(
        run.out,
        graph,
        golden_inputs(held_out.asked),
        name=NAME,
        version=run.version or VERSION,
        window={"metrics": [METRIC], "length": LENGTH, "calendar": CALENDAR},
        output={"kind": "forecast", "metric": METRIC, "horizons": HORIZONS, "quantiles": QUANTILES},
        period_ms=plan.tick_us // 1000,
        day_ms=round(plan.demand.day_s * 1000),
        calibration={},
        settings=settings,
        data_sha256=fit.digest(learned.asked, learned.target),
        seeds=dict(zip(("training", "validation", "held_out"), (part.tolist() for part in parts), strict=True)),
        scores=compare(graph, learned, validation, held_out),
        legend="mae: mean absolute error of the median, percent of PRBs. mase: the same over that of one day before, "
        "on training data. pinball: mean over the quantiles. inside: share between the outer quantiles (0.8 is "
        "right). Baselines have their training errors' quantiles per horizon.",
        paragraphs=paragraphs(settings, model.parameters),
        score_tolerance={"mae": 0.1, "mase": 0.01, "pinball": 0.05, "inside": 0.02},
        parameters=model.parameters,
        trained=fitted.how,
        clock=run.clock,
    )


def paragraphs(settings: Settings, parameters: int) -> list[str]:
    """Of the card."""
    plan = find(settings.scenario)
    return [
        f"Downlink PRB use ({METRIC}, percent) of a cell, 1 to {HORIZONS} periods ahead, at the quantiles "
        f"{', '.join(map(str, QUANTILES))}, from its last {LENGTH} values and the time of day. "
        f"{parameters} parameters; no value leaves 0 to 100.",
        f"Trained on {settings.training} seeded rollouts of the simulator's scenario `{settings.scenario}` "
        f"({plan.title}), {settings.days} days each, reports every {plan.tick_us // 1000} ms; scored on "
        f"{settings.held_out} seeds that it did not see. Nobody put cells to sleep in them.",
        "Meant for: a first forecast in that network, and as the shape of a model of your own. Not for: a "
        "network that was not simulated; train it on your own days first. A cell's level and spread are "
        "normed away, so other loads do not mislead it, but other rhythms do.",
        "Missing values count as their window's mean. Where the time of day is not known the calendar is NaN:"
        " half of the training windows had none.",
        "Times are this machine's own: `ricloop bench engine --model traffic-forecast-mlp`. On a GPU: not measured.",
    ]


def windows(settings: Settings, seeds: list[int], day: int, console: Console, what: str) -> Windows:
    """Of all cells of some seeds' rollouts."""
    plan, found = find(settings.scenario), []
    for seed in track(seeds, f"{what} rollouts", console=console, transient=True):
        run = rollouts.rollout(plan, seed, settings.days * day, [METRIC])
        series = run.values[:, :, 0]
        for end in range(max(LENGTH, day), len(series) - HORIZONS + 1, settings.stride):
            time = rollouts.calendar(run.hour[end - 1], CALENDAR)
            found.append(
                (
                    np.hstack([series[end - LENGTH : end].T, np.tile(time, (series.shape[1], 1))]),
                    series[end : end + HORIZONS].T,
                    series[end - day : end - day + HORIZONS].T,
                )
            )
    return Windows(*(np.concatenate(part) for part in zip(*found, strict=True)))


def batches(learned: Windows, settings: Settings) -> Batch:
    """Half of the windows without a time of day, a quarter with some values missing."""
    rows_of = fit.shuffled(len(learned.asked), settings.batch, settings.seed)

    def batch(step: int) -> tuple[Table, Table]:
        dice, rows = np.random.default_rng((settings.seed, 2, step)), rows_of(step)
        asked = learned.asked[rows]
        asked[dice.random(len(rows)) < 0.5, LENGTH:] = np.nan
        share = np.where(dice.random(len(rows)) < 0.25, dice.random(len(rows)) * 0.5, 0)
        asked[:, :LENGTH][dice.random((len(rows), LENGTH)) < share[:, None]] = np.nan
        return asked, learned.target[rows]

    return batch


# ---------------------------------------------------------------------------------------------------- scores


def compare(graph: Graph, train: Windows, validation: Windows, held_out: Windows) -> dict[str, dict[str, float]]:
    """The model and its baselines on the held-out windows."""
    timeless = held_out.asked.copy()
    timeless[:, LENGTH:] = np.nan
    unit = float(np.abs(train.day_before - train.target).mean())
    ridge = fit_ridge(train, validation)
    said = {"this model": cube(graph, held_out.asked), "this model, time of day unknown": cube(graph, timeless)}
    baselines: dict[str, Points] = {
        "ridge": ridge,
        "one day before": lambda part: part.day_before,
        "last value": lambda part: np.repeat(part.asked[:, LENGTH - 1 : LENGTH], HORIZONS, axis=1),
        "mean of the window": lambda part: np.repeat(part.asked[:, :LENGTH].mean(1, keepdims=True), HORIZONS, axis=1),
    }
    for who, points in baselines.items():
        spread = np.quantile(train.target - points(train), QUANTILES, axis=0)
        said[who] = np.clip(points(held_out)[:, None, :] + spread, 0, 100)
    return {who: score(values, held_out.target, unit) for who, values in said.items()}


def cube(graph: Graph, asked: Table) -> Table:
    """[windows, quantiles, horizons]"""
    return fit.answers(graph, asked).reshape(-1, len(QUANTILES), HORIZONS)


def score(said: NDArray[np.floating], target: Table, unit: float) -> dict[str, float]:
    off = target[:, None, :] - said
    levels = np.array(QUANTILES)[:, None]
    mae = float(np.abs(off[:, 1]).mean())
    inside = (target >= said[:, 0]) & (target <= said[:, -1])
    return {
        "mae": round(mae, 4),
        "mase": round(mae / unit, 4),
        "pinball": round(float(np.maximum(levels * off, (levels - 1) * off).mean()), 4),
        "inside": round(float(inside.mean()), 4),
    }


def fit_ridge(train: Windows, validation: Windows) -> Points:
    """Closed form on windows less their mean, with the calendar; the penalty that validation likes best."""
    features, target = centred(train), train.target - train.asked[:, :LENGTH].mean(1, keepdims=True)
    gram, moment = features.T @ features, features.T @ target

    def points(part: Windows, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = centred(part) @ weights + part.asked[:, :LENGTH].mean(1, keepdims=True)
        return found

    tried = [np.linalg.solve(gram + penalty * np.eye(len(gram)), moment) for penalty in 10.0 ** np.arange(0, 9)]
    errors = [float(np.square(points(validation, weights) - validation.target).mean()) for weights in tried]
    best = tried[int(np.argmin(errors))]
    return lambda part: points(part, best)


def centred(part: Windows) -> NDArray[np.float64]:
    values = part.asked[:, :LENGTH].astype(np.float64)
    less = values - values.mean(1, keepdims=True)
    return np.hstack([less, 10 * part.asked[:, LENGTH:], np.ones((len(values), 1))])


def golden_inputs(asked: Table) -> Table:
    """64 windows, some with holes, one without a time of day, one with nothing at all."""
    golden = asked[:: len(asked) // 64][:64].copy()
    golden[1, :LENGTH:3] = np.nan
    golden[2, : LENGTH - 1] = np.nan
    golden[3, LENGTH:] = np.nan
    golden[4] = np.nan
    golden[5, :LENGTH] = 100
    return golden
