"""Train `anomaly-pca`: simulate usual days, fit both groups of components, set thresholds, find what was broken.

ricloop models train anomaly-pca --seed 1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from typer import Option

from ricloop.core.model import Table
from ricloop.store import Artifact
from ricloop_models.alarms import Floats, calibrate
from ricloop_models.anomaly_features import LEVELS, feature_graph
from ricloop_models.anomaly_pca import NAME, Detector, fit_detector, network
from ricloop_models.train import fit
from ricloop_models.train.anomaly_data import DaySettings, rollouts, see
from ricloop_models.train.anomaly_end import finish
from ricloop_models.train.base import Run


@dataclass(frozen=True)
class Settings(DaySettings):
    """Train anomaly-pca on simulated days without anomalies."""

    levels: Annotated[int, Option(help="principal components of the levels")] = 16
    movement: Annotated[int, Option(help="principal components of the movement")] = 4


def train(settings: Settings, run: Run) -> Artifact:
    """The whole run."""
    run.no_data(NAME)
    seen = see(settings, rollouts(settings, run))
    made = features_of(seen.training)
    detectors = (
        fit_detector(made[:, :LEVELS], settings.levels),
        fit_detector(made[:, LEVELS:], settings.movement),
    )
    thresholds = thresholds_of(detectors, seen.validation, settings)
    return finish(
        settings,
        run,
        seen,
        network(*detectors, thresholds),
        name=NAME,
        version="1.0.0",
        how="Windowed principal components: SPE and T² of levels over 1, 4 and 16 periods, and of movement over 24. "
        "Both indices are divided by their thresholds; the score is the larger, and 1 is the threshold.",
        calibration=dict(zip(("levels", "movement"), thresholds, strict=True)),
        trained={"how": "closed form"},
    )


def features_of(table: Table) -> Floats:
    """[windows, features] of [windows, columns]."""
    return fit.answers(feature_graph(), table).astype(np.float64)


def thresholds_of(detectors: tuple[Detector, Detector], usual: Table, settings: Settings) -> tuple[float, float]:
    """Each detector raises as many false alarms on usual windows [periods, cells, columns], both together as many as
    the settings allow."""
    periods, cells, columns = usual.shape
    made = features_of(usual.reshape(-1, columns))
    parts = made[:, :LEVELS], made[:, LEVELS:]
    scores = [one.score(part).reshape(periods, cells) for one, part in zip(detectors, parts, strict=True)]
    per_day, wanted = settings.city.periods_per_day, settings.false_per_day
    alone = [calibrate(score, wanted / 2, per_day) for score in scores]
    both = calibrate(np.max([score / one for score, one in zip(scores, alone, strict=True)], axis=0), wanted, per_day)
    return alone[0] * both, alone[1] * both
