"""A shipped network's shape, fitted on hourly values of real cells: what evaluations of learned forecasters ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from ricloop.core.model import Table
from ricloop_models import ridge
from ricloop_models.network import Trainable
from ricloop_models.ridge import Wide
from ricloop_models.train import fit
from ricloop_models.train.base import Run
from ricloop_models.train.pinball import pinball

STEPS, BATCH, RATE, SEED = 1500, 512, 2e-3, 1
FULL = 60.0
"""Percent that an entity's largest hours are taken for: a network's answers end at 100."""


def fit_hours(
    network: Callable[[int], Trainable], length: int, calendar: int, quantiles: Sequence[float], past: Wide
) -> Callable[[Wide], Wide]:
    """(windows of the same entities [entities, hours]) → medians [entities, horizons], of a network that learned from
    `past` [entities, hours]. The time of day is not told."""
    fit.steady(SEED)
    model = network(SEED)
    horizons = model.graph.outputs // len(quantiles)
    unit = np.nanquantile(past, 0.999, axis=1, keepdims=True) / FULL
    windows, targets = ridge.cut(past / unit, length, horizons)
    asked, target = _asked(windows, calendar), targets.astype(np.float32)
    rows_of = fit.shuffled(len(asked), BATCH, SEED)

    def batch(step: int) -> tuple[Table, Table]:
        rows = rows_of(step)
        return asked[rows], target[rows]

    with TemporaryDirectory() as folder:
        run = Run(Path(folder) / "own", console=Console(quiet=True))
        found = fit.fit(
            fit.forward_of(model, run), fit.start_of(model), batch, pinball(quantiles, horizons), count=STEPS,
            rate=RATE, run=run, about=(STEPS, BATCH, RATE, SEED),
        )  # fmt: skip
    graph, middle = model.trained(found.weights), list(quantiles).index(0.5)

    def say(seen: Wide) -> Wide:
        said = fit.answers(graph, _asked(seen[:, -length:] / unit, calendar))
        return np.asarray(said.reshape(len(said), len(quantiles), horizons)[:, middle] * unit, np.float64)

    return say


def _asked(windows: Wide, calendar: int) -> Table:
    unknown = np.full((len(windows), calendar), np.nan)
    return np.hstack([windows, unknown]).astype(np.float32)
