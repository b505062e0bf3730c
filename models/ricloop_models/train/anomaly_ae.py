"""Train `anomaly-ae`: simulate usual days, fit the autoencoder, set the threshold, find what was broken.

ricloop models train anomaly-ae --seed 1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from typer import Option

from ricloop.core.model import Table
from ricloop.store import Artifact
from ricloop_models.alarms import calibrate
from ricloop_models.anomaly_ae import NAME, network, weighed
from ricloop_models.anomaly_features import feature_graph
from ricloop_models.train import fit
from ricloop_models.train.anomaly_data import DaySettings, rollouts, see
from ricloop_models.train.anomaly_end import finish
from ricloop_models.train.base import Run
from ricloop_models.train.device import Batch

LEAST_SPREAD = 0.02
"""Of a feature, below which it is not stretched further."""


@dataclass(frozen=True)
class Settings(DaySettings):
    """Train anomaly-ae on simulated days without anomalies."""

    steps: Annotated[int, Option(help="of Adam")] = 1500
    batch: Annotated[int, Option(help="windows per step")] = 512
    rate: Annotated[float, Option(help="learning rate at the start")] = 2e-3


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    run.no_data(NAME)
    fit.steady(settings.seed)
    seen = see(settings, rollouts(settings, run))
    made = fit.answers(feature_graph(), seen.training).astype(np.float64)
    model = network(settings.seed, made.mean(axis=0), np.maximum(made.std(axis=0), LEAST_SPREAD))
    fitted = fit.fit(
        fit.forward_of(model, run),
        fit.start_of(model),
        batches(seen.training, settings),
        lambda said, _: said[:, 0].mean(),
        count=settings.steps,
        rate=settings.rate,
        run=run,
        about=settings,
    )
    graph = model.trained(fitted.weights)
    usual = fit.answers(graph, seen.training)[:, 1:].astype(np.float64).mean(axis=0)
    periods, cells, columns = seen.validation.shape
    scores = fit.answers(weighed(graph, usual, 1.0), seen.validation.reshape(-1, columns))[:, 0]
    threshold = calibrate(
        scores.reshape(periods, cells).astype(np.float64), settings.false_per_day, settings.city.periods_per_day
    )
    return finish(
        settings,
        run,
        seen,
        weighed(graph, usual, threshold),
        name=NAME,
        version="3.0.0",
        how=f"An autoencoder of {model.parameters} parameters over the features of `anomaly-pca`; what does not come "
        "back, each metric's in shares of what is usual of it. 1 is the threshold.",
        calibration={"residual": threshold},
        trained=fitted.how,
        parameters=model.parameters,
    )


def batches(learned: Table, settings: Settings) -> Batch:
    """The target is the window itself, which the network compares with inside."""
    rows_of = fit.shuffled(len(learned), settings.batch, settings.seed)

    def batch(step: int) -> tuple[Table, Table]:
        found = learned[rows_of(step)]
        return found, found

    return batch
