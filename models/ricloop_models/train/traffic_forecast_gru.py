"""Train `traffic-forecast-gru`: simulate, fit, compare with baselines, write the artifact and its card.

ricloop models train traffic-forecast-gru --seed 1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from typer import Option

from ricloop.core.model import Table
from ricloop.store import Artifact, ForecastSpec
from ricloop_models.traffic_forecast_gru import HORIZONS, LENGTH, METRIC, NAME, QUANTILES, network
from ricloop_models.train import fit
from ricloop_models.train.base import Run
from ricloop_models.train.device import Batch
from ricloop_models.train.forecast_contest import DRAWN, TOLERANCE, compare, cube, legend, ridge_of
from ricloop_models.train.forecast_data import RolloutSettings, Windows, golden_inputs, simulated
from ricloop_models.train.pinball import pinball
from ricloop_models.train.publish import contest, origin, publish


@dataclass(frozen=True)
class Settings(RolloutSettings):
    """Train traffic-forecast-gru on simulated days."""

    steps: Annotated[int, Option(help="of Adam")] = 4000
    batch: Annotated[int, Option(help="windows per step")] = 512
    rate: Annotated[float, Option(help="learning rate at the start")] = 2e-3


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    run.no_data(NAME)
    fit.steady(settings.seed)
    window = settings.window(METRIC, LENGTH)
    output = ForecastSpec(metric=METRIC, horizons=HORIZONS, quantiles=QUANTILES)
    parts = simulated(settings, window, output, run.console)
    learned, held_out = parts.training, parts.held_out

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
    said = {"this model": cube(graph, held_out.asked, output)}
    rows = compare(said, {"ridge": ridge_of(parts, LENGTH)}, parts, output, LENGTH)
    return publish(
        run,
        graph,
        golden_inputs(held_out.asked, LENGTH),
        name=NAME,
        version="1.0.0",
        window=window,
        output=output,
        lineage=origin(
            settings, settings.scenario, (learned.asked, learned.target), settings.parts, trained=fitted.how
        ),
        scores=contest(rows, legend(output), DRAWN),
        paragraphs=paragraphs(settings, model.parameters),
        calibration={},
        parameters=model.parameters,
        tolerance=TOLERANCE,
    )


def batches(learned: Windows, settings: Settings) -> Batch:
    """A quarter of the windows with some values missing."""
    rows_of = fit.shuffled(len(learned.asked), settings.batch, settings.seed)

    def batch(step: int) -> tuple[Table, Table]:
        dice, rows = np.random.default_rng((settings.seed, 3, step)), rows_of(step)
        asked = learned.asked[rows]
        share = np.where(dice.random(len(rows)) < 0.25, dice.random(len(rows)) * 0.5, 0)
        asked[:, :LENGTH][dice.random((len(rows), LENGTH)) < share[:, None]] = np.nan
        return asked, learned.target[rows]

    return batch


def paragraphs(settings: Settings, parameters: int) -> list[str]:
    """Of the card."""
    return [
        f"Downlink PRB use ({METRIC}, percent) of a cell, 1 to {HORIZONS} periods ahead, at the quantiles "
        f"{', '.join(map(str, QUANTILES))}, from its last {LENGTH} values. "
        f"{parameters} parameters; no value leaves 0 to 100.",
        settings.card(),
        "Meant for: a first forecast in that network, and as the shape of a model of your own. Not for: a "
        "network that was not simulated; train it on your own days first. A cell's level and spread are "
        "normed away, so other loads do not mislead it, but other rhythms do.",
        "Missing values count as their window's mean. The time of day is not looked at.",
    ]
