"""MeasurementRecordItem: one value in the spelling of the ASN.1 codec (E2SM-KPM 8.2.1.4.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Item: TypeAlias = tuple[str, Any]
NO_VALUE: Item = ("noValue", None)
_INTEGERS = 1 << 32


def value_to_asn(value: float) -> Item:
    """NaN is noValue; a whole number of 32 bits an integer, any other number a real."""
    if math.isnan(value):
        return NO_VALUE
    if 0 <= value < _INTEGERS and value == int(value):
        return "integer", int(value)
    return "real", float(value)


def float32(rows: Sequence[Sequence[Item]]) -> NDArray[np.float32]:
    """NaN for noValue and notSatisfied; a real beyond float32 becomes infinite."""
    values = [[float(value) if kind in ("integer", "real") else math.nan for kind, value in row] for row in rows]
    with np.errstate(over="ignore"):
        return np.array(values, np.float32)
