"""What sleeping cells save at this moment: by the power that nodes report, or by what the operator says of a cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.feeds import Feed
from ricloop.core.ids import Cells
from ricloop.e2sm.ccc import States
from ricloop.e2sm.kpm import Metric
from ricloop.e2sm.kpm.feeds import Every
from ricloop.runtime.loop.values import Values

POWER = Metric("PEE.AvgPower")

REMEMBERS = 0.05
"""Weight of the newest power in a cell's usual one."""


class Saving:
    """Of each cell, the power that it usually takes awake."""

    def __init__(self) -> None:
        self._row: dict[int, int] = {}
        self._usual = np.zeros(0)

    def watts(self, feeds: Iterable[Feed[Any]], values: Values, states: States, stated_w: float | None) -> float | None:
        """Of all cells. `stated_w`: of a sleeping cell, where no xApp asks for its power; None: not known."""
        for feed in feeds:
            if isinstance(feed, Every) and POWER in feed.metrics:
                report = values.value(feed, None)
                return None if report is None else self.of(report.cells, report[POWER], states.asleep(report.cells))
        return None if stated_w is None else stated_w * int(states.saving.sum())

    def of(self, cells: Cells, power_w: NDArray[np.float32], asleep: NDArray[np.bool_]) -> float | None:
        """How much less than usual the cells that sleep take together; shape [cells] each. None where no power is
        known, or none of a cell that sleeps was ever seen awake."""
        rows = np.array([self._row.setdefault(cell, len(self._row)) for cell in cells.tolist()], np.intp)
        if (more := len(self._row) - len(self._usual)) > 0:
            self._usual = np.concatenate([self._usual, np.full(more, np.nan)])
        known = np.isfinite(power_w)
        awake = known & ~asleep
        usual = self._usual[rows[awake]]
        now = power_w[awake].astype(np.float64)
        self._usual[rows[awake]] = np.where(np.isnan(usual), now, usual + REMEMBERS * (now - usual))
        sleeping = known & asleep
        less = self._usual[rows[sleeping]] - power_w[sleeping]
        if not known.any() or (len(less) and np.isnan(less).all()):
            return None
        return float(np.nansum(less))
