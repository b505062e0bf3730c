"""A node's value of what its cells have."""

from __future__ import annotations

import numpy as np

from ricloop.e2sm.kpm.metrics import measure
from ricloop_e2sim.arithmetic.dtypes import Floats

_LEVELS = frozenset(("%", "ppm", "kbit/s", "0.1ms", "dB", "dBm", "V"))
"""Units of what does not add up."""
_UNITLESS = frozenset(("CQI", "CARR.AverageLayersDl", "CARR.AverageLayersUl", "DRB.PacketSuccessRateUlgNBUu"))
"""The same without a unit."""


def whole_node(name: str, values: Floats) -> float:
    """Of a measurement's [cells]: the mean of ratios and levels, else the sum; NaN where no cell has a value."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan")
    return float(known.mean() if _averaged(name) else known.sum())


def _averaged(name: str) -> bool:
    row = measure(name)
    return row.unit in _LEVELS or (row.unit == "ms" and row.kind == "DER") or name in _UNITLESS
