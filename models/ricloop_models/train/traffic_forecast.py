"""Train `traffic-forecast`: simulate, or read hourly CSV files, solve for the weights, compare, write the artifact.

ricloop models train traffic-forecast --seed 1
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from typer import Option

from ricloop.core.errors import ConfigError
from ricloop.core.model import Table
from ricloop.store import Artifact, ForecastSpec, WindowSpec
from ricloop_models import ridge, series
from ricloop_models.traffic_forecast import HORIZONS, LENGTH, METRIC, NAME, QUANTILES, network
from ricloop_models.train.base import Run
from ricloop_models.train.forecast_contest import PENALTIES, compare, cube, legend
from ricloop_models.train.forecast_data import Parts, RolloutSettings, Windows, golden_inputs, simulated
from ricloop_models.train.publish import contest, origin, publish

HOUR_MS, DAY_MS, DAY = 3_600_000, 86_400_000, 24
SOLVED = {"mae": 0.01, "mase": 0.001, "pinball": 0.01, "inside": 0.001}
"""How far scores may be off: nothing is drawn but the rollouts, from the same seed."""
UNBOUNDED = 1e30
"""What nothing that is measured exceeds: float32 holds it, and its square root's square too."""


@dataclass(frozen=True)
class Settings(RolloutSettings):
    """Train traffic-forecast on simulated days, or with --data on hourly values of real cells."""

    length: Annotated[int, Option(help="periods of a window; hours with --data, as 336")] = LENGTH
    horizons: Annotated[int, Option(help="periods that are looked ahead")] = HORIZONS
    lags: Annotated[
        str,
        Option(
            help="as 1,2,24,168: one step ahead is fitted on these alone and iterated, for little data; without any, "
            "every horizon has weights for the whole window"
        ),
    ] = ""
    metric: Annotated[str, Option(help="that is forecast, by its KPM name")] = METRIC
    most: Annotated[float, Option(help="that it can be; 0: no bound")] = 100.0
    held_out_share: Annotated[float, Option(help="of the hours of --data, the last, to score on")] = 0.2


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    length = settings.length
    output = ForecastSpec(metric=settings.metric, horizons=settings.horizons, quantiles=QUANTILES)
    if run.data is None:
        window = settings.window(settings.metric, length)
        parts = simulated(settings, window, output, run.console)
    else:
        window = WindowSpec(metrics=(settings.metric,), length=length, period_ms=HOUR_MS, day_ms=DAY_MS)
        parts = measured(settings, run.data)
    learned, validation, held_out = parts

    found, penalty = fitted(settings, learned, validation)
    off = np.sqrt(validation.target) - found.roots(validation.asked)
    offsets = np.nanquantile(off, QUANTILES, axis=0)
    most = settings.most or UNBOUNDED
    model = network(found, offsets, most)

    said = {"this model": cube(model.graph, held_out.asked, output)}
    return publish(
        run,
        model.graph,
        golden_inputs(held_out.asked, length),
        name=NAME,
        version="1.0.0",
        window=window,
        output=output,
        lineage=origin(
            settings,
            settings.scenario if run.data is None else run.data.name,
            (learned.asked, learned.target),
            settings.parts if run.data is None else {},
        ),
        scores=contest(compare(said, {}, parts, output, length, most), legend(output), SOLVED),
        paragraphs=paragraphs(settings, model.parameters, run.data),
        calibration={"penalty": penalty, "offsets": offsets.round(6).tolist()},
        parameters=model.parameters,
    )


def fitted(settings: Settings, learned: Windows, validation: Windows) -> tuple[ridge.Ridge, float]:
    """The weights, and the penalty that the validation part likes best."""
    try:
        lags = [int(lag) for lag in settings.lags.split(",")] if settings.lags else []
    except ValueError:
        raise ConfigError(f"--lags {settings.lags}: whole numbers with commas between, as 1,2,24,168") from None
    fits = {
        penalty: ridge.fit_recursive(learned.asked, learned.target[:, 0], lags, settings.horizons, penalty)
        if lags
        else ridge.fit(learned.asked, learned.target, penalty)
        for penalty in PENALTIES
    }
    errors = {
        penalty: float(np.nanmean(np.abs(found.points(validation.asked) - validation.target)))
        for penalty, found in fits.items()
    }
    best = min(errors, key=errors.__getitem__)
    return fits[best], best


def measured(settings: Settings, folder: Path) -> Parts:
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
    cuts = zip(starts, (before, last, hours), strict=True)
    return Parts(*(_windows(values[:, start:end], settings) for start, end in cuts))


def _windows(values: NDArray[np.float64], settings: Settings) -> Windows:
    asked, target = ridge.cut(values, settings.length, settings.horizons, settings.stride)
    days = np.concatenate([asked, target], axis=1).astype(np.float32)
    place = np.arange(settings.horizons) % DAY + settings.length - DAY
    table: Table = asked.astype(np.float32)
    return Windows(table, target.astype(np.float32), days[:, place])


def paragraphs(settings: Settings, parameters: int, data: Path | None) -> list[str]:
    """Of the card."""
    what = (
        f"{settings.metric} of a cell, 1 to {settings.horizons} periods ahead, at the quantiles "
        f"{', '.join(map(str, QUANTILES))}, from its last {settings.length} values. {parameters} parameters, solved "
        "for in closed form on square roots less the window's mean; the penalty and the quantiles are those of the "
        "validation part."
    )
    where = (
        settings.card()
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
    ]
