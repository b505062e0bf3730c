"""What an indication message carries, once read.

Nobody changes these; they are not frozen, which would make reading a small message a third dearer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import UeId


@dataclass(slots=True, eq=False)
class CellRecord:
    """Format 1: a value per measurement of the action definition, in its order. Shape [measurements]; NaN: no value."""

    values: NDArray[np.float32]
    unsatisfied: NDArray[np.bool_] | None = None
    """v4: where there is no value because it fails the action's `report_if`. None: nowhere."""


@dataclass(slots=True, eq=False)
class UeRecords:
    """Formats 2 and 3: UEs as the node calls them, and their values, shape [ues, measurements]; NaN: no value."""

    ues: tuple[UeId, ...]
    values: NDArray[np.float32]
    unsatisfied: NDArray[np.bool_] | None = None
    """As of a cell, shape [ues, measurements]."""
