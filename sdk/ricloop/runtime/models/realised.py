"""How far forecasts were off: told when the truth arrives, as many periods later as they looked ahead."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import Cells
from ricloop.core.predictions import Forecast

FARTHEST = 192
"""Horizons that are followed: a week of hours, and a day."""
NEVER = -(1 << 62)
"""No period."""
_LOW, _MIDDLE, _HIGH = range(3)


class HorizonError(TypedDict):
    """Of one horizon, over all cells and times."""

    horizon: int
    count: int
    mae: float | None
    misses: float | None
    """Share of the truths outside the outer quantiles."""


class Realised:
    """The forecasts of one metric, of every cell, kept until they can be judged: at the first, the middle and the last
    horizon.

    Periods are counted by the nodes' clocks. A forecast whose truth never came is forgotten when its place is needed.
    Memory: the farthest horizon times cells times nine numbers.
    """

    def __init__(self, horizons: int, period_ns: int) -> None:
        """`horizons`: how many periods the forecasts look ahead."""
        farthest = min(horizons, FARTHEST)
        self.horizons = np.array(sorted({1, (farthest + 1) // 2, farthest}))
        self._period_ns = period_ns
        self._row: dict[int, int] = {}
        self._known: dict[bytes, NDArray[np.intp]] = {}
        self._steps = np.full((farthest + 1, 0), NEVER)
        """Which period each place of the ring is of, per cell."""
        self._said = np.zeros((farthest + 1, 0, len(self.horizons), 3), np.float32)
        """Lowest quantile, the middle one, the highest."""
        self._count, self._missed = (np.zeros(len(self.horizons), np.int64) for _ in range(2))
        self._off = np.zeros(len(self.horizons))
        self._lately = np.zeros(4)
        """At the first horizon since `lately`: errors, widths, misses, truths."""

    def forecast(self, time_ns: int, said: Forecast) -> None:
        """What was said of periods after the one that `time_ns` (Unix epoch) is in."""
        step, rows = self._step(time_ns), self._rows(said.cells)
        place = step % len(self._steps)
        middle = int(np.argmin(np.abs(np.asarray(said.quantiles) - 0.5)))
        self._steps[place, rows] = step
        self._said[place, rows] = said.values[:, self.horizons - 1][:, :, [0, middle, -1]]

    def truth(self, time_ns: int, cells: Cells, values: NDArray[np.float32]) -> None:
        """What came, shape [cells]; NaN says nothing."""
        step, rows = self._step(time_ns), self._rows(cells)
        for at, horizon in enumerate(self.horizons.tolist()):
            place = (step - horizon) % len(self._steps)
            known = (self._steps[place, rows] == step - horizon) & np.isfinite(values)
            if not known.any():
                continue
            said, came = self._said[place, rows[known], at].astype(np.float64), values[known]
            off = float(np.abs(came - said[:, _MIDDLE]).sum())
            missed = int(np.count_nonzero((came < said[:, _LOW]) | (came > said[:, _HIGH])))
            self._count[at] += len(came)
            self._off[at] += off
            self._missed[at] += missed
            if at == 0:
                self._lately += (off, float((said[:, _HIGH] - said[:, _LOW]).sum()), missed, len(came))

    @property
    def error(self) -> float | None:
        """Mean absolute error over the followed horizons, in the metric's unit; None before the first truth."""
        count = int(self._count.sum())
        return float(self._off.sum()) / count if count else None

    def by_horizon(self) -> list[HorizonError]:
        """Each followed horizon's figures."""
        rows = zip(self.horizons.tolist(), self._count.tolist(), self._off, self._missed, strict=True)
        return [
            {
                "horizon": horizon,
                "count": count,
                "mae": float(off) / count if count else None,
                "misses": float(missed) / count if count else None,
            }
            for horizon, count, off, missed in rows
        ]

    def lately(self) -> tuple[float, float]:
        """At the first horizon, since this was last asked: the error in widths of the forecast's band (as it is where
        there is no band), and the share of truths outside of it; NaN where no truth came."""
        off, width, missed, count = self._lately.tolist()
        self._lately[:] = 0
        if not count:
            return float("nan"), float("nan")
        return off / width if width > 0 else off / count, missed / count

    def _step(self, time_ns: int) -> int:
        return (time_ns + self._period_ns // 2) // self._period_ns

    def _rows(self, cells: Cells) -> NDArray[np.intp]:
        key = cells.tobytes()
        if (rows := self._known.get(key)) is None:
            rows = np.array([self._row.setdefault(cell, len(self._row)) for cell in cells.tolist()], np.intp)
            if len(self._known) >= FARTHEST:
                self._known.clear()
            self._known[key] = rows
            if (more := len(self._row) - self._steps.shape[1]) > 0:
                more = max(more, self._steps.shape[1])
                self._steps = np.pad(self._steps, ((0, 0), (0, more)), constant_values=NEVER)
                self._said = np.pad(self._said, ((0, 0), (0, more), (0, 0), (0, 0)))
        return rows
