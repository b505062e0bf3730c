"""Which row of an array is whose: cells come and go, and nothing is made anew for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import CellId, Cells

Rows = NDArray[np.intp]

_KNOWN = 512
"""Different sets of cells whose rows are remembered."""


class RowMap:
    """A row per cell until it is forgotten; a row that nobody has is the next newcomer's.

    Who keeps arrays by it grows them to `room` after `of`, and clears the rows that `forget` gives back.
    """

    def __init__(self, room: int) -> None:
        """`room`: rows at first; it doubles when there are more cells."""
        self.room = room
        self._free = list(range(room - 1, -1, -1))
        self._row: dict[CellId, int] = {}
        self._known: dict[bytes, Rows] = {}

    def __len__(self) -> int:
        return len(self._row)

    @property
    def cells(self) -> Cells:
        """Those that have a row, in the order of `of(cells)`."""
        return np.fromiter(self._row, np.uint64, len(self._row))

    def of(self, cells: Cells) -> Rows:
        """Shape [cells]; who has none gets one."""
        key = cells.tobytes()
        rows = self._known.get(key)
        if rows is None:
            rows = np.array([self._row_of(cell) for cell in cells.tolist()], np.intp)
            if len(self._known) >= _KNOWN:
                self._known.clear()
            self._known[key] = rows
        return rows

    def at(self, cells: Cells) -> Rows | slice:
        """The same, as a slice where they lie side by side: what it picks is then not copied."""
        rows = self.of(cells)
        count = len(rows)
        if count and rows[-1] - rows[0] == count - 1 and (np.diff(rows) == 1).all():
            return slice(int(rows[0]), int(rows[0]) + count)
        return rows

    def forget(self, cells: Cells) -> Rows:
        """The rows that are nobody's now."""
        rows = [self._row.pop(cell) for cell in dict.fromkeys(cells.tolist()) if cell in self._row]
        self._free += rows
        self._known.clear()
        return np.array(rows, np.intp)

    def _row_of(self, cell: CellId) -> int:
        row = self._row.get(cell)
        if row is None:
            if not self._free:
                self._free = list(range(2 * self.room - 1, self.room - 1, -1))
                self.room *= 2
            row = self._row[cell] = self._free.pop()
        return row
