"""Train `traffic-forecast-mlp`: simulate, fit, compare with baselines, write the artifact and its card.

python -m ricloop_models.train.traffic_forecast_mlp --seed 1
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from ricloop import store
from ricloop.core.model import Table
from ricloop.engine import onnx
from ricloop.engine.graph import Graph
from ricloop_e2sim.scenarios import find
from ricloop_models import rollouts
from ricloop_models.shipped import ARTIFACTS
from ricloop_models.traffic_forecast_mlp import CALENDAR, HORIZONS, LENGTH, METRIC, NAME, QUANTILES, network
from ricloop_models.train import fit
from ricloop_models.train.card import card
from ricloop_models.train.command import parse


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
    out: str = field(default=str(ARTIFACTS / NAME), metadata={"help": "folder of the artifact"})


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


def main() -> None:
    """The whole run."""
    settings, console = parse(Settings), Console()
    fit.steady(settings.seed)
    plan = find(settings.scenario)
    day = round(plan.demand.day_s * 1e6 / plan.tick_us)
    first = 1000 * settings.seed
    parts = np.split(
        np.arange(first, first + settings.training + settings.validation + settings.held_out),
        [settings.training, settings.training + settings.validation],
    )
    train, validation, held_out = (
        windows(settings, [int(seed) for seed in part], day, console, what)
        for part, what in zip(parts, ("training", "validation", "held-out"), strict=True)
    )

    model = network(settings.seed)
    constants, learned = fit.weights_of(model)
    levels = torch.tensor(QUANTILES).repeat_interleave(HORIZONS)

    def pinball_loss(said: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        off = target.repeat(1, len(QUANTILES)) - said
        return torch.maximum(levels * off, (levels - 1) * off).mean()

    run = fit.steps(
        model, constants, learned, batches(train, settings), pinball_loss, count=settings.steps, rate=settings.rate
    )
    losses = list(track(run, "training", settings.steps, console=console, transient=True))
    console.print(f"pinball loss {np.mean(losses[:100]):.3f} → {np.mean(losses[-100:]):.3f}")

    graph = fit.finished(model, constants)
    scores = compare(graph, train, validation, held_out)
    golden = golden_inputs(held_out.asked)
    text = card(
        NAME,
        [
            f"Downlink PRB use ({METRIC}, percent) of a cell, 1 to {HORIZONS} periods ahead, at the quantiles "
            f"{', '.join(map(str, QUANTILES))}, from its last {LENGTH} values and the time of day. "
            f"{model.parameters} parameters; no value leaves 0 to 100.",
            f"Trained on {settings.training} seeded rollouts of the simulator's scenario `{settings.scenario}` "
            f"({plan.title}), {settings.days} days each, reports every {plan.tick_us // 1000} ms; scored on "
            f"{settings.held_out} seeds that it did not see. Nobody put cells to sleep in them.",
            "Meant for: a first forecast in that network, and as the shape of a model of your own. Not for: a "
            "network that was not simulated; train it on your own days first. A cell's level and spread are "
            "normed away, so other loads do not mislead it, but other rhythms do.",
            "Missing values count as their window's mean. Where the time of day is not known the calendar is NaN:"
            " half of the training windows had none.",
            "Times are this machine's own: `ricloop bench engine --model traffic-forecast-mlp`. On a GPU: not "
            "measured.",
        ],
        scores,
        "mae: mean absolute error of the median, percent of PRBs. mase: the same over that of one day before, on "
        "training data. pinball: mean over the quantiles. inside: share between the outer quantiles (0.8 is "
        "right). Baselines have their training errors' quantiles per horizon.",
    )
    artifact = store.save(
        Path(settings.out),
        {"model.onnx": onnx.write(graph), "card.md": text},
        (golden, fit.answers(graph, golden)),
        {
            "name": NAME,
            "version": "1.0.0",
            "window": {
                "metrics": [METRIC],
                "length": LENGTH,
                "calendar": CALENDAR,
                "period_ms": plan.tick_us // 1000,
                "day_ms": round(plan.demand.day_s * 1000),
            },
            "output": {"kind": "forecast", "metric": METRIC, "horizons": HORIZONS, "quantiles": QUANTILES},
            "input_tensor": {"name": graph.input, "columns": graph.columns},
            "output_tensor": {"name": graph.output, "columns": graph.outputs},
            "parameters": model.parameters,
            "lineage": {
                "scenario": settings.scenario,
                "training_seeds": parts[0].tolist(),
                "validation_seeds": parts[1].tolist(),
                "held_out_seeds": parts[2].tolist(),
                "settings": {name: value for name, value in asdict(settings).items() if name != "out"},
                "code": fit.code_digest(),
                "data_sha256": fit.digest(train.asked, train.target),
                "packages": fit.packages(),
                "scores": scores,
            },
        },
    )
    console.print(text.decode(), highlight=False, markup=False)
    console.print(f"{artifact.version} in {settings.out}", highlight=False)


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


def batches(train: Windows, settings: Settings) -> Iterator[tuple[Table, Table]]:
    """Half of the windows without a time of day, a quarter with some values missing."""
    dice = np.random.default_rng((settings.seed, 2))
    for rows in fit.shuffled(len(train.asked), settings.batch, settings.seed):
        asked = train.asked[rows]
        asked[dice.random(len(rows)) < 0.5, LENGTH:] = np.nan
        share = np.where(dice.random(len(rows)) < 0.25, dice.random(len(rows)) * 0.5, 0)
        asked[:, :LENGTH][dice.random((len(rows), LENGTH)) < share[:, None]] = np.nan
        yield asked, train.target[rows]


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


if __name__ == "__main__":
    main()
