"""The seasonal naive forecast: what was a day ago will be again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import Cells
from ricloop.core.model import Window
from ricloop.features import Windows


class DayBefore:
    """Remembers the last day of each cell."""

    def __init__(self, day: int, horizons: int) -> None:
        """`day`: in periods; `horizons` of it are looked ahead."""
        # A day that is shorter than what is looked ahead repeats itself.
        self._windows = Windows(Window(("load",), day))
        self._places = np.arange(horizons) % day
        self._table = np.empty((0, day), np.float32)

    def put(self, cells: Cells, values: NDArray[np.float32]) -> None:
        """The newest value of each cell, shape [cells], NaN for none."""
        self._windows.put(cells, values[None])

    def ahead(self, cells: Cells) -> NDArray[np.float32]:
        """Shape [cells, horizons]. Where no value is a day old: the newest; where that is missing, 0."""
        if len(self._table) < len(cells):
            self._table = np.empty((len(cells), self._table.shape[1]), np.float32)
        self._windows.fill(cells, 0, self._table)
        days = self._table[: len(cells)]
        newest = days[:, -1:]
        last = np.where(np.isnan(newest), np.float32(0), newest)
        then = days[:, self._places]
        return np.where(np.isnan(then), last, then)
