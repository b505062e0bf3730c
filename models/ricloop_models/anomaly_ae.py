"""`anomaly-ae`: the same question as `anomaly-pca`, answered by an autoencoder that was trained on usual windows.

It looks at the same features (`anomaly_features.py`), each in spreads from its mean on the training's windows. What
does not come back is squared and, metric by metric, compared with what is usual of it; the score is their mean over its
threshold.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ricloop.engine.graph import Graph
from ricloop_models.anomaly_features import COLUMNS, COUNT, CUT, LEVELS, MOVEMENT, features
from ricloop_models.network import Trainable, Writer

NAME = "anomaly-ae"
WIDTH = LEVELS + MOVEMENT
LAYERS = (WIDTH, 48, 16, 48, WIDTH)
_METRIC = np.eye(COUNT)[np.arange(WIDTH) % COUNT]
"""[features, metrics]: whose each is."""


def network(seed: int, mean: NDArray[np.float64], spread: NDArray[np.float64]) -> Trainable:
    """[rows, COLUMNS] → [rows, 1 + metrics]: the mean squared residual, then that of each metric. `mean` and
    `spread` of the features, [WIDTH]."""
    w = Writer(NAME, COLUMNS, seed)
    seen = w.op("Concat", *features(w), axis=1)
    seen = w.op("Mul", w.op("Sub", seen, w.constant("mean", mean)), w.constant("per_spread", 1 / spread))
    seen = w.op("Clip", seen, w.constant("lowest", -2 * CUT), w.constant("highest", 2 * CUT))
    back = seen
    for number, (before, after) in enumerate(pairwise(LAYERS)):
        back = w.dense(back, before, after, f"layer{number}")
        if number < len(LAYERS) - 2:
            back = w.op("Relu", back)
    residual = w.op("Sub", seen, back)
    shares = np.hstack([np.full((WIDTH, 1), 1 / WIDTH), _METRIC * COUNT / WIDTH])
    return w.finish(w.op("MatMul", w.op("Mul", residual, residual), w.constant("shares", shares)), 1 + COUNT)


def weighed(graph: Graph, usual: NDArray[np.float64], threshold: float) -> Graph:
    """The graph with each metric's part divided by its usual size, [metrics]: some are harder to guess than others; and
    the score, the mean of the parts, divided by its threshold."""
    parts = _METRIC * COUNT / WIDTH / usual / COUNT / threshold
    shares = np.hstack([parts.sum(axis=1, keepdims=True), parts])
    return replace(graph, constants={**graph.constants, "shares": shares.astype(np.float32)})
