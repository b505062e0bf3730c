"""How well scores tell unusual rows from others. Point-adjusted figures are left out: they flatter any score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def area_under_precision_recall(scores: Floats, faulty: Bools) -> float:
    """Average precision: precision at each faulty window, from the highest score down; ties count together."""
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(faulty[order])
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    precision, recall = found[last] / (last + 1), found[last] / found[-1]
    return round(float(np.sum(np.diff(recall, prepend=0) * precision)), 4)


def area_under_roc(scores: Floats, faulty: Bools) -> float:
    """The chance that a faulty window scores above another; ties count half."""
    values, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    positive = int(faulty.sum())
    below = rank[faulty].sum() - positive * (positive + 1) / 2
    return round(float(below / (positive * (len(values[place]) - positive))), 4)
