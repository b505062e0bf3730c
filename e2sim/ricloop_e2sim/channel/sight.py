"""Whether a user sees a site (TR 38.901 table 7.4.2-1), and how that lasts while it moves.

The probabilities take the outdoor 2-D distance, m, of any shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats
from ricloop_e2sim.arithmetic.hostarrays import NUMPY

FIELD_M = 50.0
"""Correlation distance of the field that decides: TR 38.901 table 7.6.3.1-2 has 50 m for UMa and UMi."""

Probability: TypeAlias = Callable[[Floats, Floats, Arrays], Floats]


def high_user(h_ut: Floats, xp: Arrays = NUMPY) -> Floats:
    """C' of UMa: 0 up to 13 m, ((h_UT − 13)/10)^1.5 up to 23 m, where it is 1."""
    return (xp.minimum(xp.maximum(h_ut - 13, 0.0), 10.0) / 10) ** 1.5


def uma_probability(d: Floats, h_ut: Floats, xp: Arrays = NUMPY) -> Floats:
    """Urban macro; users above 13 m see more, `h_ut` broadcasts with `d`."""
    d = xp.maximum(d, 18.0)
    near = 18 / d
    p = near + xp.exp(d / -63) * (1 - near)
    high = high_user(h_ut, xp)
    if high.any():
        # 1 below 18 m whatever the height.
        p = xp.where(d > 18, p * (1 + high * (1.25e-6 * d**3 * xp.exp(d / -150))), 1.0)
    return p


def umi_probability(d: Floats, h_ut: Floats, xp: Arrays = NUMPY) -> Floats:
    """Urban micro, street canyon; the user's height does not matter."""
    d = xp.maximum(d, 18.0)
    near = 18 / d
    return near + xp.exp(d / -36) * (1 - near)


def rma_probability(d: Floats, h_ut: Floats, xp: Arrays = NUMPY) -> Floats:
    """Rural macro; the user's height does not matter."""
    return xp.exp((xp.maximum(d, 10.0) - 10) / -1000)


def inh_probability(d: Floats, h_ut: Floats, xp: Arrays = NUMPY) -> Floats:
    """Mixed office; the user's height does not matter."""
    return xp.where(d < 6.5, xp.exp((xp.maximum(d, 1.2) - 1.2) / -4.7), 0.32 * xp.exp((d - 6.5) / -32.6))


PROBABILITIES: dict[str, Probability] = {
    "UMa": uma_probability,
    "UMi": umi_probability,
    "RMa": rma_probability,
    "InH": inh_probability,
}
"""Scenario → probability of sight."""


def normal_share(x: Floats, xp: Arrays = NUMPY) -> Floats:
    """Share of a standard normal below x, within 7.5e-8 (Abramowitz and Stegun 26.2.17)."""
    t = 1 / (1 + 0.2316419 * abs(x))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = series * xp.exp(-0.5 * x * x) * 0.3989422804014327
    return xp.where(x < 0, tail, 1 - tail)


def sees(field: Floats, probability: Floats, xp: Arrays = NUMPY) -> Bools:
    """True where a standard normal field, of the same shape, lies in its lowest `probability`.

    The field moves slowly with the user, and so does the answer: a user that stands still never changes it.
    """
    return normal_share(field, xp) < probability
