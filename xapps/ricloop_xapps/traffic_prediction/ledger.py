"""What was forecast of each cell, how it turned out, and so how wide bounds have to be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import Cells
from ricloop.core.predictions import Forecast, Quality
from ricloop.core.time import ns
from ricloop.e2sm import kpm
from ricloop_models.conformal import Conformal

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]

ROOM = 64
"""Cells that there is room for at first; it doubles when there are more."""
AGREED = 20
"""Errors per cell and horizon before bounds are taken of them."""


class Ledger:
    """A row for each cell that ever reported. Steps are report periods by the nodes' clocks, so that gaps stay gaps."""

    def __init__(
        self,
        metric: str,
        horizons: int,
        quantiles: Sequence[float],
        *,
        gamma: float,
        memory: int,
        sorts: int,
        over: float,
    ) -> None:
        """`over`: periods that its quality is averaged over; the rest as `Conformal` and `Options` have it."""
        self._metric, self._horizons, self._quantiles = metric, horizons, tuple(quantiles)
        self._median = self._quantiles.index(0.5)
        self._outer = [at for at in range(len(self._quantiles)) if at != self._median]
        self._conformal = Conformal(
            ROOM, horizons, [self._quantiles[at] for at in self._outer], gamma=gamma, memory=memory, least=AGREED,
            sorts=sorts,
        )  # fmt: skip
        self._row: dict[int, int] = {}
        self._cells = np.zeros(ROOM, np.uint64)
        self._said = np.zeros((ROOM, horizons, len(self._quantiles)), np.float32)
        self._issued = np.full(ROOM, -(1 << 40), np.int64)
        """By row: the step of its newest forecast."""
        self._rows_of: tuple[bytes, Rows] = (b"", np.empty(0, np.intp))
        self._report: kpm.Report | None = None
        self._start, self._step = 0, 0
        self._over = over
        self._quality: Quality | None = None

    def observe(self, report: kpm.Report, values: Floats) -> bool:
        """What a report says came true, shape [cells], NaN for none. False where it was told already."""
        if report is self._report:
            return False
        self._report = report
        rows = self._rows(report.cells)
        self._start = self._start or report.time
        # A node whose clock jumps back is taken to report in the same period again.
        self._step = max(self._step, round((report.time - self._start) / ns(report.period)))
        actual = np.full(len(self._cells), np.nan, np.float32)
        actual[rows] = values
        self._measure(actual, *self._conformal.observe(self._step, actual))
        return True

    def forecast(self, report: kpm.Report, points: Floats, bounds: Floats, most: float) -> Forecast:
        """What to publish: of this report's cells `points`, shape [cells, horizons], with the bounds that errors ask
        for, or `bounds` [cells, horizons, quantiles] until there are enough; of cells that reported earlier, what was
        said then, as far as it reaches ahead of now. Between 0 and `most`."""
        rows = self._rows(report.cells)
        issued = np.full((len(self._cells), self._horizons), np.nan, np.float32)
        issued[rows] = points
        kept = self._conformal.issue(self._step, issued)[rows]
        values = bounds.copy()
        values[:, :, self._median] = points
        values[:, :, self._outer] = np.where(np.isnan(kept), bounds[:, :, self._outer], kept)
        for at in range(1, len(self._quantiles)):
            np.maximum(values[:, :, at], values[:, :, at - 1], out=values[:, :, at])
        np.clip(values, 0, most, out=values)
        self._said[rows], self._issued[rows] = values, self._step
        cells = report.cells
        late = np.flatnonzero((self._issued < self._step) & (self._issued > self._step - self._horizons))
        if len(late):
            cells = np.concatenate([cells, self._cells[late]])
            values = np.concatenate([values, self._moved_on(late)])
        return Forecast(
            cells=cells,
            metric=self._metric,
            quantiles=self._quantiles,
            values=values,
            time=report.time,
            period_ns=ns(report.period),
            quality=self._quality,
        )

    def _moved_on(self, rows: Rows) -> Floats:
        """Earlier forecasts as seen from now; beyond their end, their last value."""
        passed = (self._step - self._issued[rows])[:, None]
        ahead = np.minimum(np.arange(self._horizons) + passed, self._horizons - 1)
        found: Floats = np.take_along_axis(self._said[rows], ahead[:, :, None], axis=1)
        return found

    def _measure(self, actual: Floats, errors: Floats, bounds: Floats) -> None:
        known, bounded = ~np.isnan(errors), int(np.count_nonzero(~np.isnan(bounds[0])))
        if not bounded:
            return
        error = float(np.abs(errors[known]).mean())
        inside = float(np.count_nonzero((actual >= bounds[0]) & (actual <= bounds[-1])) / bounded)
        before = self._quality or Quality(error=error, mae=error, coverage=inside, periods=0)
        gain = 1 / min(before.periods + 1, self._over)
        self._quality = Quality(
            error=error,
            mae=before.mae + gain * (error - before.mae),
            coverage=before.coverage + gain * (inside - before.coverage),
            periods=before.periods + 1,
        )

    def _rows(self, cells: Cells) -> Rows:
        key = cells.tobytes()
        if key != self._rows_of[0]:
            rows = np.array([self._row.setdefault(cell, len(self._row)) for cell in cells.tolist()], np.intp)
            while len(self._row) > len(self._cells):
                self._grow()
            self._cells[rows] = cells
            self._rows_of = key, rows
        return self._rows_of[1]

    def _grow(self) -> None:
        room = 2 * len(self._cells)
        self._conformal = self._conformal.grown(room)
        for name, empty in (("_cells", 0), ("_said", 0), ("_issued", -(1 << 40))):
            old = getattr(self, name)
            grown = np.full((room, *old.shape[1:]), empty, old.dtype)
            grown[: len(old)] = old
            setattr(self, name, grown)
