"""Latencies, kept exactly: every value, not buckets."""

from __future__ import annotations

from array import array
from typing import TypedDict

import numpy as np


class Quantiles(TypedDict):
    """Milliseconds; None where nothing was measured."""

    count: int
    p50: float | None
    p99: float | None
    p999: float | None
    max: float | None


class Latencies:
    """Nanoseconds in, milliseconds out."""

    def __init__(self) -> None:
        self._values = array("q")

    def add(self, nanoseconds: int) -> None:
        self._values.append(nanoseconds)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def values(self) -> array[int]:
        """All of them, in ns, in the order they came."""
        return self._values

    def quantiles(self) -> Quantiles:
        if not self._values:
            return {"count": 0, "p50": None, "p99": None, "p999": None, "max": None}
        values = np.frombuffer(self._values, np.int64) / 1e6
        p50, p99, p999 = np.percentile(values, (50, 99, 99.9))
        return {
            "count": len(values),
            "p50": round(float(p50), 3),
            "p99": round(float(p99), 3),
            "p999": round(float(p999), 3),
            "max": round(float(values.max()), 3),
        }
