"""The last values of some metrics of each cell, in rings that are written in place.

Every value is written twice, a ring's length apart, so that the last `length` values always lie together, oldest first,
wherever the ring stands. Cells come and go without anything being made anew: a cell has a row until it is forgotten,
and a row that nobody has is the next newcomer's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import Cells
from ricloop.core.model import Table, Window
from ricloop.features.calendar import NS_PER_DAY, calendar
from ricloop.features.rows import RowMap, Rows


class Windows:
    """The windows of every cell that one model looks at. A period in which a cell did not report is in none."""

    def __init__(self, window: Window, cells: int = 64, *, day_ns: int = NS_PER_DAY) -> None:
        """`cells`: how many there is room for at first; it doubles when there are more."""
        self.window = window
        self._day_ns = day_ns
        metrics, length = len(window.metrics), window.length
        self._ring = np.full((cells, metrics, 2 * length), np.nan, np.float32)
        self._next = np.zeros(cells, np.intp)
        """Where each cell's next value goes, 0..length - 1: its oldest one is there."""
        self._steps = np.arange(length)
        self._counted = np.arange(cells)
        self._map = RowMap(cells)

    def __len__(self) -> int:
        return len(self._map)

    @property
    def room(self) -> int:
        """Cells that fit without growing."""
        return len(self._ring)

    def put(self, cells: Cells, values: NDArray[np.float32]) -> None:
        """One period of some cells, each once: `values` has shape [metrics, cells]; NaN is "no value"."""
        rows = self._rows(cells)
        at = self._next[rows]
        columns = values.T
        self._ring[rows, :, at] = columns
        self._ring[rows, :, at + self.window.length] = columns
        at += 1
        at[at == self.window.length] = 0
        self._next[rows] = at

    def fill(self, cells: Cells, time_ns: int, table: Table) -> None:
        """Write the windows of `cells` into the first rows of `table`, as `Window` says they lie. A cell without any
        value has NaN. `time_ns`: of the newest values, since the Unix epoch."""
        count, window = len(cells), self.window
        metrics, length = len(window.metrics), window.length
        rows = self._rows(cells)
        at = self._next[rows]
        into = table[:count, : metrics * length].reshape(count, metrics, length)
        if count and (at == at[0]).all():
            # All in step, which cells of one network mostly are: whole runs are copied; at once where the rows, too,
            # lie side by side.
            run = slice(at[0], at[0] + length)
            first = rows[0]
            if rows[-1] - first == count - 1 and (rows == first + self._counted[:count]).all():
                into[...] = self._ring[first : first + count, :, run]
            else:
                into[...] = self._ring[:, :, run][rows]
        else:
            into[...] = np.take_along_axis(self._ring[rows], (at[:, None] + self._steps)[:, None, :], axis=2)
        if window.calendar:
            table[:count, metrics * length :] = calendar(time_ns, window.calendar, self._day_ns)

    def forget(self, cells: Cells) -> None:
        """Cells that are gone: should they come back, they begin anew."""
        rows = self._map.forget(cells)
        self._ring[rows] = np.nan
        self._next[rows] = 0

    def _rows(self, cells: Cells) -> Rows:
        rows = self._map.of(cells)
        while self._map.room > len(self._ring):
            self._grow()
        return rows

    def _grow(self) -> None:
        room = len(self._ring)
        ring = np.full((2 * room, *self._ring.shape[1:]), np.nan, np.float32)
        ring[:room] = self._ring
        self._ring, self._next = ring, np.concatenate([self._next, np.zeros(room, np.intp)])
        self._counted = np.arange(2 * room)
