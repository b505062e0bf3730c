"""`anomaly-ae`: how unlike its training each cell behaves, and which metric is to blame.

An autoencoder, 64-32-16-32-64, over the last 8 values of 8 metrics. Each metric is scaled by its median and
interquartile range on the training data. What does not come back is squared and, metric by metric, compared with what
is usual of it: a score of 1 is usual.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ricloop.engine.graph import Graph
from ricloop_models.network import Trainable, Writer

NAME = "anomaly-ae"
METRICS = (
    "RRU.PrbTotDl",
    "RRU.PrbUsedDl",
    "DRB.UEThpDl",
    "DRB.PdcpSduVolumeDL",
    "DRB.MeanActiveUeDl",
    "PEE.AvgPower",
    "CQI",
    "RRC.ConnMean",
)
LENGTH = 8
LAYERS = (64, 32, 16, 32, 64)
FARTHEST = 10.0
"""Scaled values are cut here: one absurd number is unusual enough, and squares stay finite."""


def weighed(graph: Graph, usual: NDArray[np.float64]) -> Graph:
    """The graph with each metric's part divided by its usual size, [8]: some are harder to guess than others."""
    shares = graph.constants["shares"].astype(np.float64) / np.repeat(usual, LENGTH)[:, None]
    return replace(graph, constants={**graph.constants, "shares": shares.astype(np.float32)})


def network(seed: int, median: NDArray[np.float64], width: NDArray[np.float64]) -> Trainable:
    """[rows, 8 × 8] → [rows, 1 + 8]: the score, then the mean over each metric's columns. `median` and `width`, [8], in
    each metric's unit. A value that is missing is its median."""
    columns = len(METRICS) * LENGTH
    w = Writer(NAME, columns, seed)
    middle = w.constant("median", np.repeat(median, LENGTH))
    scaled = w.op("Mul", w.op("Sub", w.input, middle), w.constant("per_width", 1 / np.repeat(width, LENGTH)))
    scaled = w.op("Where", w.op("IsNaN", scaled), w.constant("zero", [0.0]), scaled)
    scaled = w.op("Clip", scaled, w.constant("least", -FARTHEST), w.constant("most", FARTHEST))
    back = scaled
    for number, (before, after) in enumerate(pairwise(LAYERS)):
        back = w.dense(back, before, after, f"layer{number}")
        if number < len(LAYERS) - 2:
            back = w.op("Relu", back)
    residual = w.op("Sub", scaled, back)
    shares = np.hstack([np.full((columns, 1), 1 / columns), np.repeat(np.eye(len(METRICS)), LENGTH, axis=0) / LENGTH])
    said = w.op("MatMul", w.op("Mul", residual, residual), w.constant("shares", shares))
    return w.finish(said, 1 + len(METRICS))
