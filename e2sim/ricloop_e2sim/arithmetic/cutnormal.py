"""The normal distribution cut at both sides, as a table: a draw costs an index, no logarithm and no rejected draw."""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.arithmetic.userstreams import Words

BITS = 12
"""Of a word that one draw takes."""


@lru_cache(maxsize=16)
def quantiles(deviation: float, cut: float) -> Floats:
    """[2^BITS] equally likely values of N(0, deviation) given that it lies within ±`cut`; ascending, read-only.

    Symmetric to the bit, so that the mean is exact.
    """
    normal, count = NormalDist(0, deviation), 2**BITS
    low = normal.cdf(-cut)
    upper = np.array([normal.inv_cdf(0.5 + (0.5 - low) * (2 * i + 1) / count) for i in range(count // 2)])
    values = np.concatenate((-upper[::-1], upper))
    values.setflags(write=False)
    return values


def places(words: Words) -> tuple[Ints, Ints]:
    """Two independent places in such a table out of each word."""
    first, second = words >> np.uint64(64 - BITS), (words >> np.uint64(32)) & np.uint64(2**BITS - 1)
    return first.astype(np.int64), second.astype(np.int64)
