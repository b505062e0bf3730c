"""Logistic regression by Newton's method: a supervised detector that is one row of weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def fit(features: Floats, label: NDArray[np.bool_], ridge: float = 1e-3, steps: int = 50) -> Floats:
    """Weights [columns + 1], the constant last, of P(label) = 1 / (1 + exp(−w·x)); `ridge` holds them finite where the
    labels can be told apart without error. Stops when no weight moves by a millionth."""
    x = _with_one(features)
    weights = np.zeros(x.shape[1])
    penalty = np.full(len(weights), ridge * len(x))
    penalty[-1] = 0.0
    for _ in range(steps):
        chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (chance - label) + penalty * weights
        # A floor on the curvature, where all is sure.
        curve = (x * np.maximum(chance * (1 - chance), 1e-6)[:, None]).T @ x + np.diag(penalty + 1e-9)
        move = np.linalg.solve(curve, slope)
        weights = weights - move
        if np.abs(move).max() < 1e-6:
            break
    return weights


def margin(features: Floats, weights: Floats) -> Floats:
    """[rows]: above 0 where the label is likelier than not."""
    found: Floats = _with_one(features) @ weights
    return found


def _with_one(features: Floats) -> Floats:
    return np.hstack([features, np.ones((len(features), 1))])
