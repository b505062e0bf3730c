"""What values a measurement can have: outside, a node counts otherwise than the standard, or is broken."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ricloop.e2sm.kpm.metric import Metric
    from ricloop.e2sm.kpm.metrics import Measure

Range: TypeAlias = tuple[float, float]
"""Least and greatest, both possible."""
Limits: TypeAlias = NDArray[np.float32]

_LARGEST = float(np.finfo(np.float32).max)
"""A real beyond it became infinite when it was read, and is no number that anything can have."""

_PRBS: Range = (0, 275)
"""The widest carrier of any numerology (TS 38.211 4.4.2)."""
_BY_NAME: dict[str, Range] = {
    "CQI": (0, 15),  # TS 38.214 5.2.2.1
    "RSRP": (-156, -31),  # SS-RSRP, TS 38.133 10.1.6
    "RSRQ": (-43, 20),  # SS-RSRQ, TS 38.133 10.1.11
    "L1M.DL-SS-RSRP": (-156, -31),
    "L1M.DL-SS-SINR": (-23, 40),  # TS 38.133 10.1.16
    "L1M.UL-SRS-RSRP": (-156, -31),
    **{f"RRU.{kind}{way}": _PRBS for kind in ("PrbUsed", "PrbAvail", "MaxPrbUsed") for way in ("Dl", "Ul")},
    "RRU.MaxLayerDlMimo": (0, 64),
    "RRU.MaxLayerUlMimo": (0, 64),
}
_BY_UNIT: dict[str, Range] = {
    "%": (0, 100),
    "ppm": (0, 1e6),
    "kbit/s": (0, 1e8),  # 100 Gbit/s: more than sixteen of the widest carriers give
    "dBm": (-160, 100),
    "dB": (-100, 100),
    "°C": (-100, 200),
    "V": (-math.inf, math.inf),
    "A": (-math.inf, math.inf),
}
_NOT_NEGATIVE: Range = (0, math.inf)
"""Counts, volumes, rates, delays, powers and energies."""


def range_of(row: Measure) -> Range:
    """From the table of names, else from the unit."""
    return _BY_NAME.get(row.name) or _BY_UNIT.get(row.unit, _NOT_NEGATIVE)


@lru_cache(maxsize=1024)
def limits_of(metrics: tuple[Metric, ...]) -> tuple[Limits, Limits]:
    """Least and greatest per metric, both finite, each of shape [metrics, 1]."""
    ranges = np.array([metric.measure.range for metric in metrics]).reshape(-1, 2)
    finite = ranges.clip(-_LARGEST, _LARGEST).astype(np.float32)
    return finite[:, :1], finite[:, 1:]
