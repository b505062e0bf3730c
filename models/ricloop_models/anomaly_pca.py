"""`anomaly-pca`: how unlike what is usual of it each cell behaves, and which metric is to blame.

Windowed principal components, SPE and T² in one index (`principal.py`), of two groups of features: levels, and
movement (`anomaly_features.py`). Each index is divided by its own threshold; the score is the larger of both, so 1
is the threshold. A metric's part is what its columns contribute to both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop.engine.graph import Graph
from ricloop_models.anomaly_features import COLUMNS, COUNT, features
from ricloop_models.network import Writer
from ricloop_models.principal import Principal, fit_principal

NAME = "anomaly-pca"
Floats = NDArray[np.float64]
_LEAST = 0.02
"""Spread of a feature below which it is not stretched further."""


@dataclass(frozen=True, slots=True, eq=False)
class Detector:
    """Of one group of features."""

    mean: Floats
    """[columns]."""
    per_spread: Floats
    """[columns]."""
    principal: Principal

    def score(self, rows: Floats) -> Floats:
        """[rows]: the index, of which 1 is usual."""
        return self.principal.score((rows - self.mean) * self.per_spread)


def fit_detector(rows: Floats, components: int) -> Detector:
    """Of features of usual windows, [rows, columns]."""
    mean = rows.mean(axis=0)
    per_spread = 1 / np.maximum(rows.std(axis=0), _LEAST)
    return Detector(mean, per_spread, fit_principal((rows - mean) * per_spread, components))


def network(levels: Detector, movement: Detector, thresholds: tuple[float, float]) -> Graph:
    """[rows, COLUMNS] → [rows, 1 + metrics]: the score, then each metric's part."""
    w = Writer(NAME, COLUMNS, seed=0)
    said = [
        _index(w, group, detector, threshold, what)
        for group, detector, threshold, what in zip(
            features(w), (levels, movement), thresholds, ("levels", "movement"), strict=True
        )
    ]
    score = w.op("Max", *(w.columns(one, 0, 1) for one in said))
    parts = w.op("Add", *(w.columns(one, 1, 1 + COUNT) for one in said))
    return w.finish(w.op("Concat", score, parts, axis=1), 1 + COUNT).graph


def _index(w: Writer, group: str, detector: Detector, threshold: float, what: str) -> str:
    """[rows, 1 + metrics]: the index over its threshold, and the metrics' parts of it."""
    columns = len(detector.mean)
    # (x − mean) / spread − centre, times M: one product and one sum.
    root = detector.per_spread[:, None] * detector.principal.root
    away = (detector.mean * detector.per_spread + detector.principal.mean) @ detector.principal.root
    turned = w.op("MatMul", group, w.constant(f"{what}_root", root))
    turned = w.op("Sub", turned, w.constant(f"{what}_away", away))
    of_metric = np.eye(COUNT)[np.arange(columns) % COUNT]
    shares = np.hstack([np.ones((columns, 1)), of_metric]) / threshold
    return w.op("MatMul", w.op("Mul", turned, turned), w.constant(f"{what}_shares", shares))
