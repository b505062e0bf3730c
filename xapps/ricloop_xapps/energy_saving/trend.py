"""How load is heading: level and slope per sector, in one pass of arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Trend:
    """Double exponential smoothing (Holt 1957) of one series per cell, with a running mean of its error.

    Series are named by cell id and come and go: a new one starts at its first value with slope 0.
    """

    def __init__(self, level_gain: float = 0.5, slope_gain: float = 0.3) -> None:
        self._gains = (level_gain, slope_gain)
        self._row: dict[int, int] = {}
        self._level = self._slope = self._error = np.empty(0)

    def update(self, cells: NDArray[np.uint64], values: Floats) -> None:
        """Take one value per cell, shapes [n]; a NaN leaves its series as it was."""
        rows, new = self._rows(cells, values)
        seen = ~np.isnan(values) & ~new
        a, b = self._gains
        rows, values = rows[seen], values[seen]
        expected = self._level[rows] + self._slope[rows]
        level = a * values + (1 - a) * expected
        self._slope[rows] = b * (level - self._level[rows]) + (1 - b) * self._slope[rows]
        self._error[rows] = 0.2 * np.abs(values - expected) + 0.8 * self._error[rows]
        self._level[rows] = level

    def ahead(self, cells: NDArray[np.uint64], steps: float, errors: float) -> Floats:
        """The value expected `steps` updates from now, plus `errors` mean absolute errors; shape [n].

        A falling series is not extrapolated: waking late costs traffic, sleeping late costs a little energy.
        """
        rows = np.fromiter((self._row[int(c)] for c in cells), np.intp, len(cells))
        return self._level[rows] + steps * np.maximum(self._slope[rows], 0) + errors * self._error[rows]

    def _rows(self, cells: NDArray[np.uint64], values: Floats) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        rows, new = np.empty(len(cells), np.intp), np.zeros(len(cells), bool)
        for i, cell in enumerate(cells.tolist()):
            if cell not in self._row:
                self._row[cell] = len(self._row)
                start = 0.0 if np.isnan(values[i]) else float(values[i])
                self._level = np.append(self._level, start)
                self._slope = np.append(self._slope, 0.0)
                self._error = np.append(self._error, 0.0)
                new[i] = True
            rows[i] = self._row[cell]
        return rows, new
