"""Train `traffic-forecast`: simulate, or read hourly CSV files, solve for the weights, compare, write the artifact.

ricloop models train traffic-forecast --seed 1
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop.core.model import Table
from ricloop.store import Artifact
from ricloop_e2sim.scenarios import find
from ricloop_models import ridge, series
from ricloop_models.traffic_forecast import HORIZONS, LENGTH, METRIC, NAME, QUANTILES, network
from ricloop_models.train import fit
from ricloop_models.train.base import Run
from ricloop_models.train.forecasting import (
    PENALTIES,
    Windows,
    compare,
    cube,
    fit_ridge,
    golden_inputs,
    seeds_of,
    simulated,
)  # fmt: skip
from ricloop_models.train.publish import publish

VERSION = "1.0.0"
HOUR_MS, DAY_MS, DAY = 3_600_000, 86_400_000, 24
UNBOUNDED = 1e30
"""What nothing that is measured exceeds: float32 holds it, and its square root's square too."""


@dataclass(frozen=True)
class Settings:
    """Train traffic-forecast on simulated days, or with --data on hourly values of real cells."""

    seed: int = field(default=1, metadata={"help": "times 1000, of the rollouts"})
    scenario: str = field(default="three-sites", metadata={"help": "of the simulator"})
    days: int = field(default=3, metadata={"help": "of each rollout"})
    training: int = field(default=48, metadata={"help": "rollouts to learn from"})
    validation: int = field(default=8, metadata={"help": "rollouts to choose the penalty and take quantiles on"})
    held_out: int = field(default=12, metadata={"help": "rollouts to score on"})
    stride: int = field(default=4, metadata={"help": "periods between two windows of a series"})
    length: int = field(default=LENGTH, metadata={"help": "periods of a window; hours with --data, as 336"})
    horizons: int = field(default=HORIZONS, metadata={"help": "periods that are looked ahead"})
    lags: str = field(
        default="",
        metadata={
            "help": "as 1,2,24,168: one step ahead is fitted on these alone and iterated, for little data; without "
            "any, every horizon has weights for the whole window"
        },
    )
    metric: str = field(default=METRIC, metadata={"help": "that is forecast, by its KPM name"})
    most: float = field(default=100.0, metadata={"help": "that it can be; 0: no bound"})
    held_out_share: float = field(default=0.2, metadata={"help": "of the hours of --data, the last, to score on"})


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    length, plan = settings.length, find(settings.scenario)
    if run.data is None:
        parts = simulated(settings, settings.metric, length, settings.horizons, 0, run.console)
        period_ms, day_ms = plan.tick_us // 1000, round(plan.demand.day_s * 1000)
    else:
        parts = measured(settings, run.data)
        period_ms, day_ms = HOUR_MS, DAY_MS
    learned, validation, held_out = parts

    found, penalty = fitted(settings, learned, validation)
    off = np.sqrt(validation.target) - found.roots(validation.asked)
    offsets = np.nanquantile(off, QUANTILES, axis=0)
    most = settings.most or UNBOUNDED
    model = network(found, offsets, most)

    said = cube(model.graph, held_out.asked, QUANTILES)
    return publish(
        run.out,
        model.graph,
        golden_inputs(held_out.asked, length),
        name=NAME,
        version=run.version or VERSION,
        window={"metrics": [settings.metric], "length": length, "calendar": 0},
        output={"kind": "forecast", "metric": settings.metric, "horizons": settings.horizons, "quantiles": QUANTILES},
        period_ms=period_ms,
        day_ms=day_ms,
        calibration={"penalty": penalty, "offsets": offsets.round(6).tolist()},
        settings=settings,
        data_sha256=fit.digest(learned.asked, learned.target),
        seeds=seeds_of(settings) if run.data is None else {},
        scores=compare({"this model": said}, {}, parts, QUANTILES, length, most),
        legend="mae: mean absolute error of the median, in the metric's unit. mase: the same over that of one day "
        "before, on training data. pinball: mean over the quantiles. inside: share between the outer quantiles "
        f"({QUANTILES[-1] - QUANTILES[0]:.2f} is right). Baselines have their training errors' quantiles per horizon.",
        paragraphs=paragraphs(settings, model.parameters, run.data),
        score_tolerance={"mae": 0.01, "mase": 0.001, "pinball": 0.01, "inside": 0.001},
        parameters=model.parameters,
        source=settings.scenario if run.data is None else run.data.name,
        clock=run.clock,
    )


def fitted(settings: Settings, learned: Windows, validation: Windows) -> tuple[ridge.Ridge, float]:
    """The weights, and the penalty that the validation part likes best."""
    if not settings.lags:
        return fit_ridge(learned, validation, settings.length)
    try:
        lags = [int(lag) for lag in settings.lags.split(",")]
    except ValueError:
        raise ConfigError(f"--lags {settings.lags}: whole numbers with commas between, as 1,2,24,168") from None
    best: tuple[float, ridge.Ridge, float] | None = None
    for penalty in PENALTIES:
        found = ridge.fit_recursive(learned.asked, learned.target[:, 0], lags, settings.horizons, penalty)
        error = float(np.nanmean(np.abs(found.points(validation.asked) - validation.target)))
        if best is None or error < best[0]:
            best = error, found, penalty
    assert best is not None, "there are penalties"
    return best[1], best[2]


def measured(settings: Settings, folder: Path) -> list[Windows]:
    """Windows of real cells, split by time: what is learned of ends before the validation part begins, and so on."""
    values = series.read(folder).values
    hours = values.shape[1]
    last = round(hours * (1 - settings.held_out_share))
    before = round(hours * (1 - 2 * settings.held_out_share))
    needed = settings.length + settings.horizons
    if not needed <= before < last < hours - settings.horizons or settings.length < DAY:
        raise ConfigError(
            f"--data {folder}: {hours} hours are too few for a window of {settings.length} (a day or more) and "
            f"{settings.horizons} ahead, with the last {settings.held_out_share:.0%} held out and as many before them "
            "to validate on"
        )
    starts = (0, before - settings.length, last - settings.length)
    return [_windows(values[:, start:end], settings) for start, end in zip(starts, (before, last, hours), strict=True)]


def _windows(values: NDArray[np.float64], settings: Settings) -> Windows:
    asked, target = ridge.cut(values, settings.length, settings.horizons, settings.stride)
    days = np.concatenate([asked, target], axis=1).astype(np.float32)
    place = np.arange(settings.horizons) % DAY + settings.length - DAY
    table: Table = asked.astype(np.float32)
    return Windows(table, target.astype(np.float32), days[:, place])


def paragraphs(settings: Settings, parameters: int, data: Path | None) -> list[str]:
    """Of the card."""
    plan = find(settings.scenario)
    what = (
        f"{settings.metric} of a cell, 1 to {settings.horizons} periods ahead, at the quantiles "
        f"{', '.join(map(str, QUANTILES))}, from its last {settings.length} values. {parameters} parameters, solved "
        "for in closed form on square roots less the window's mean; the penalty and the quantiles are those of the "
        "validation part."
    )
    where = (
        f"Trained on {settings.training} seeded rollouts of the simulator's scenario `{settings.scenario}` "
        f"({plan.title}), {settings.days} days each, reports every {plan.tick_us // 1000} ms; scored on "
        f"{settings.held_out} seeds that it did not see. Nobody put cells to sleep in them."
        if data is None
        else f"Trained on hourly values of real cells in `{data.name}`, split by time; scored on the last "
        f"{settings.held_out_share:.0%} of the hours."
    )
    return [
        what,
        where,
        "Meant for: networks with the rhythm that it was trained on; a cell's level is normed away. Not for another "
        "rhythm: train it on your own days (`--data`), which takes seconds. The time of day is not looked at.",
        "Missing values count as their window's mean. Its quantiles are those of all cells; `traffic-prediction` "
        "widens and narrows them to each cell's own errors.",
        "Times are this machine's own: `ricloop bench engine --model traffic-forecast`. On a GPU: not measured.",
    ]
