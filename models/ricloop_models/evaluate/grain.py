"""The grain of a counter: means over n samples are multiples of 1/n; values off those multiples were made otherwise.

A node that averages over another number of samples, or computes a counter in another way, tells values on another
lattice, however usual their size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLEAR = 0.5
"""Strength from which a lattice is one: 1 where every value lies on it, about 1/√n where there is none."""
_FEW = 200
"""Values that every step is tried on."""
_FINE = 0.2
"""Steps tried are at least 1 / this times the resolution of the values, else all lie on it."""


@dataclass(frozen=True, slots=True)
class Grain:
    """Of one metric."""

    step: float
    """In its unit."""
    strength: float
    """|mean of exp(2πi x / step)|: 0..1."""


def grain(values: Floats, resolution: float, seed: int) -> Grain:
    """The lattice that most values lie on; `resolution`: to which they were rounded. NaN and 0 say nothing.

    The widest step whose strength is within a tenth of the strongest: every fraction of a step fits as well. It is then
    made exact by least squares over the values on it, from small to large.
    """
    x = values[np.isfinite(values) & (values > 0)]
    low, high, far = np.quantile(x, [0.25, 0.75, 0.9])
    # Of values that spread over few steps nothing can be told.
    frequency = np.arange(4 / max(high - low, 10 * resolution), _FINE / resolution, 1 / (10 * far))
    if not len(frequency):
        return Grain(resolution, 0.0)
    few = np.random.default_rng(seed).choice(x[x <= far], _FEW)
    strength = np.concatenate([_strength(few, part) for part in np.array_split(frequency, len(frequency) // 1000 + 1)])
    strong = strength >= 0.9 * strength.max()
    first = int(np.argmax(strong))
    peak = first + int(np.argmin(np.append(strong[first:], False)))
    step = 1 / float(frequency[first + int(np.argmax(strength[first:peak]))])
    near = 0.15
    for reach in np.geomspace(far, x.max(), 6):
        inside = x[x <= reach]
        for _ in range(3):
            times = np.round(inside / step)
            on = np.abs(inside / step - times) < near
            if not times[on].any():
                break
            step = float(times[on] @ inside[on] / (times[on] @ times[on]))
        near = max(0.7 * near, 0.03)
    return Grain(step, float(_strength(x, np.array([1 / step]))[0]))


def off(values: Floats, step: float, resolution: float) -> Floats:
    """How far from the lattice, in rounding errors: below 1 for what lies on it, 20 at the most; NaN is 0."""
    away = np.abs(values - step * np.round(values / step)) / (resolution / 2)
    return np.minimum(np.nan_to_num(away), 20.0)


def _strength(x: Floats, frequency: Floats) -> Floats:
    found: Floats = np.abs(np.exp(2j * np.pi * np.outer(frequency, x)).mean(axis=1))
    return found
