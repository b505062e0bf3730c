"""The time of day as numbers that a model can add up."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

NS_PER_DAY = 86_400 * 1_000_000_000
_STEP = 1_000_000_000
"""Nanoseconds: the time of day is taken to the second, and made into numbers once for all reports of that second."""


def calendar(time_ns: int, columns: int, day_ns: int = NS_PER_DAY) -> NDArray[np.float32]:
    """Sine and cosine of the day's harmonics 1, 2 … at `time_ns` since the Unix epoch (UTC), shape [columns].

    `columns` is even. `day_ns`: the length of a day, for worlds in which it is compressed.
    """
    step = _STEP if day_ns == NS_PER_DAY else max(1, day_ns // 86_400)
    return _calendar(time_ns % day_ns // step, columns, day_ns // step)


@lru_cache(maxsize=256)
def _calendar(at: int, columns: int, steps: int) -> NDArray[np.float32]:
    angles = 2 * np.pi * np.arange(1, columns // 2 + 1) * (at / steps)
    found = np.stack([np.sin(angles), np.cos(angles)], axis=1).reshape(-1).astype(np.float32)
    found.setflags(write=False)
    return found
