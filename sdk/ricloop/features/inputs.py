"""What one version of a model knows of each cell: its windows and, where it looks at values by it, their context."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import Cells
from ricloop.core.model import Table, Window
from ricloop.features.calendar import NS_PER_DAY
from ricloop.features.context import Context
from ricloop.features.window import Windows


class Inputs:
    """Reports go in as they come; the tables that an engine is asked about come out."""

    def __init__(self, window: Window, *, day_ns: int = NS_PER_DAY) -> None:
        """`day_ns`: the length of a day, for worlds in which it is compressed."""
        self._window, self._day_ns = window, day_ns
        self._windows = Windows(window, day_ns=day_ns)
        self.context = None if window.context is None else Context(window.context, day_ns=day_ns)
        """What is usual of each cell, where the model looks at values beside it."""

    def fits(self, window: Window, day_ns: int) -> bool:
        """True where a version that looks at `window` may go on with these."""
        return (self._window, self._day_ns) == (window, day_ns)

    def put(self, cells: Cells, time_ns: int, values: NDArray[np.float32]) -> None:
        """One period of some cells, each once, as it was reported: `values` has shape [metrics, cells]; NaN is "no
        value". `time_ns`: since the Unix epoch."""
        if self.context is None:
            self._windows.put(cells, values)
            return
        self._windows.put(cells, self.context.scale(cells, time_ns, values))
        self.context.update(cells, time_ns, values)

    def fill(self, cells: Cells, time_ns: int, table: Table) -> None:
        """As `Windows.fill`."""
        self._windows.fill(cells, time_ns, table)

    def judge(self, cells: Cells, unusual: NDArray[np.bool_]) -> None:
        """Which of these cells the model calls unusual now, [cells]: their context learns nothing of it."""
        if self.context is not None:
            self.context.judge(cells, unusual)

    def filled(self, cells: Cells | None = None) -> bool:
        """As `Windows.filled`."""
        return self._windows.filled(cells)

    def copy(self) -> Inputs:
        """The same, in memory of their own."""
        made = Inputs(self._window, day_ns=self._day_ns)
        made._windows = self._windows.copy()
        if made.context is not None and self.context is not None:
            made.context.restore(self.context.snapshot())
        return made
