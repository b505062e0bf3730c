"""What both detectors look at: of each metric its level over three spans, how often it was missing, if it moves.

The values are those that a cell's context made: in spreads from what is usual of it at that hour. Averages over 1, 4
and 16 periods show what is sudden and what is small but stays; a metric that nobody could measure is as telling as one
that is odd; and all metrics at a standstill at once is what frozen counters look like, and a cell that nobody reaches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop.engine.graph import Graph
from ricloop_models.network import Writer

METRICS = (
    "RRU.PrbTotDl",
    "RRU.PrbTotUl",
    "DRB.UEThpDl",
    "DRB.UEThpUl",
    "DRB.PdcpSduVolumeDL",
    "DRB.PdcpSduVolumeUL",
    "DRB.MeanActiveUeDl",
    "DRB.MeanActiveUeUl",
    "RRC.ConnMean",
    "RRC.ConnEstabAtt",
    "DRB.RlcSduDelayDl",
    "CQI",
    "PEE.AvgPower",
)
LOGARITHMIC = tuple(name != "CQI" for name in METRICS)
LENGTH = 24
SPANS = (1, 4, 16)
"""Periods over which values, and the share of those that are missing, are averaged."""
CUT = 5.0
"""Spreads at which values are cut: beyond, farther is no more unusual."""
STILL = 0.01
"""Mean squared step, in spreads, at which a metric counts as half at a standstill."""
COUNT = len(METRICS)
COLUMNS = COUNT * LENGTH
LEVELS, MOVEMENT = 2 * COUNT * len(SPANS), COUNT
"""Columns of the two groups of features. Column c is of metric c % COUNT."""


def features(w: Writer) -> tuple[str, str]:
    """The operations that make `LEVELS` and `MOVEMENT` columns of the writer's input, [rows, COLUMNS]; their names."""
    absent = w.op("IsNaN", w.input)
    value = w.op("Where", absent, w.constant("zero", [0.0]), w.input)
    value = w.op("Clip", value, w.constant("least", -CUT), w.constant("most", CUT))
    gone = w.op("Where", absent, w.constant("one", [1.0]), w.constant("none", [0.0]))
    spans = w.constant("spans", _averages())
    levels, missing = w.op("MatMul", value, spans), w.op("MatMul", gone, spans)
    step = w.op("Sub", w.columns(value, 1, COLUMNS), w.columns(value, 0, COLUMNS - 1))
    moved = w.op("MatMul", w.op("Mul", step, step), w.constant("steps", _steps()))
    still = w.constant("still", [STILL])
    return w.op("Concat", levels, missing, axis=1), w.op("Div", still, w.op("Add", moved, still))


def feature_graph() -> Graph:
    """The features alone, levels before movement: what a training looks at."""
    w = Writer("features", COLUMNS, seed=0)
    levels, movement = features(w)
    return w.finish(w.op("Concat", levels, movement, axis=1), LEVELS + MOVEMENT).graph


def _averages() -> NDArray[np.float64]:
    """[COLUMNS, spans x metrics]: the mean over the newest values of each metric."""
    found = np.zeros((COUNT, LENGTH, len(SPANS), COUNT))
    for place, span in enumerate(SPANS):
        for metric in range(COUNT):
            found[metric, LENGTH - span :, place, metric] = 1 / span
    return found.reshape(COLUMNS, -1)


def _steps() -> NDArray[np.float64]:
    """[COLUMNS − 1, metrics]: the mean over each metric's steps; those from one metric to the next are of none."""
    found = np.zeros((COUNT, LENGTH, COUNT))
    for metric in range(COUNT):
        found[metric, : LENGTH - 1, metric] = 1 / (LENGTH - 1)
    return found.reshape(COLUMNS, COUNT)[:-1]
