"""How load is heading: level and slope per cell, in one pass of arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = NDArray[np.uint64]


class Trend:
    """Double exponential smoothing (Holt 1957) with a running mean of its error, in time rather than in updates.

    `memory_s` is the time constant: reports far apart are taken as they are, reports close together are smoothed.
    Series are named by cell id and come and go; each holds the time of its last update.
    """

    def __init__(self, memory_s: float) -> None:
        self._memory_s = memory_s
        self._row: dict[int, int] = {}
        self._level = self._slope = self._error = self._time_s = np.empty(0)

    def update(self, cells: Cells, values: Floats, time_s: float) -> None:
        """Take one value per cell, shapes [n], at one time. A report that is not newer changes nothing."""
        rows = self._rows(cells, values, time_s)
        passed = time_s - self._time_s[rows]
        due = passed > 0
        rows, values, passed = rows[due], values[due], passed[due]
        gain = 1 - np.exp(-passed / self._memory_s)
        ahead = self._level[rows] + self._slope[rows] * passed
        level = gain * values + (1 - gain) * ahead
        # The slope is slower than the level, or noise would be taken for a trend.
        slow = 1 - np.exp(-passed / (2 * self._memory_s))
        self._slope[rows] += slow * ((level - self._level[rows]) / passed - self._slope[rows])
        self._error[rows] += slow * (np.abs(values - ahead) - self._error[rows])
        self._level[rows], self._time_s[rows] = level, time_s

    def ahead(self, cells: Cells, seconds: Floats | float, errors: float) -> Floats:
        """The value expected `seconds` from now, plus `errors` mean absolute errors; shape [n].

        A falling series is not extrapolated: waking late costs traffic, sleeping late costs a little energy.
        """
        rows = np.fromiter((self._row[int(c)] for c in cells), np.intp, len(cells))
        return self._level[rows] + seconds * np.maximum(self._slope[rows], 0) + errors * self._error[rows]

    def _rows(self, cells: Cells, values: Floats, time_s: float) -> NDArray[np.intp]:
        for cell, value in zip(cells.tolist(), values.tolist(), strict=True):
            if cell not in self._row:
                self._row[cell] = len(self._row)
                self._level = np.append(self._level, value)
                self._slope, self._error = np.append(self._slope, 0.0), np.append(self._error, 0.0)
                self._time_s = np.append(self._time_s, time_s)
        return np.fromiter((self._row[c] for c in cells.tolist()), np.intp, len(cells))
