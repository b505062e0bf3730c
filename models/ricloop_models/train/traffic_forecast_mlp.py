"""Train `traffic-forecast-mlp`: simulate, fit, compare with baselines, write the artifact and its card.

ricloop models train traffic-forecast-mlp --seed 1
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ricloop.core.model import Table
from ricloop.store import Artifact
from ricloop_e2sim.scenarios import find
from ricloop_models.traffic_forecast_mlp import CALENDAR, HORIZONS, LENGTH, METRIC, NAME, QUANTILES, network
from ricloop_models.train import fit
from ricloop_models.train.base import Run
from ricloop_models.train.device import Batch
from ricloop_models.train.forecasting import (
    TOLERANCE,
    Windows,
    compare,
    cube,
    golden_inputs,
    pinball,
    ridge_of,
    seeds_of,
    simulated,
)
from ricloop_models.train.publish import publish

VERSION = "2.1.0"


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


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    run.no_data(NAME)
    fit.steady(settings.seed)
    plan = find(settings.scenario)
    parts = simulated(settings, METRIC, LENGTH, HORIZONS, CALENDAR, run.console)
    learned, _, held_out = parts

    model = network(settings.seed)
    fitted = fit.fit(
        fit.forward_of(model, run),
        fit.start_of(model),
        batches(learned, settings),
        pinball(QUANTILES, HORIZONS),
        count=settings.steps,
        rate=settings.rate,
        run=run,
        about=settings,
    )
    graph = model.trained(fitted.weights)
    timeless = held_out.asked.copy()
    timeless[:, LENGTH:] = np.nan
    said = {
        "this model": cube(graph, held_out.asked, QUANTILES),
        "this model, time of day unknown": cube(graph, timeless, QUANTILES),
    }
    return publish(
        run.out,
        graph,
        golden_inputs(held_out.asked, LENGTH),
        name=NAME,
        version=run.version or VERSION,
        window={"metrics": [METRIC], "length": LENGTH, "calendar": CALENDAR},
        output={"kind": "forecast", "metric": METRIC, "horizons": HORIZONS, "quantiles": QUANTILES},
        period_ms=plan.tick_us // 1000,
        day_ms=round(plan.demand.day_s * 1000),
        calibration={},
        settings=settings,
        data_sha256=fit.digest(learned.asked, learned.target),
        seeds=seeds_of(settings),
        scores=compare(said, {"ridge": ridge_of(parts, LENGTH)}, parts, QUANTILES, LENGTH, 100),
        legend="mae: mean absolute error of the median, percent of PRBs. mase: the same over that of one day before, "
        "on training data. pinball: mean over the quantiles. inside: share between the outer quantiles (0.8 is "
        "right). Baselines have their training errors' quantiles per horizon.",
        paragraphs=paragraphs(settings, model.parameters),
        score_tolerance={"mae": 0.1, "mase": 0.01, "pinball": 0.05, "inside": 0.02},
        parameters=model.parameters,
        trained=fitted.how,
        tolerance=TOLERANCE,
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
