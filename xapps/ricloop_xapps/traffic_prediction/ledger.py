"""What was seen and forecast of each cell, how that turned out, and so how wide bounds have to be.

Arrays are [horizons, quantiles, cells], so that what is asked for, a horizon and a quantile, lies together; a cell has
a column from its first report on. Errors are those of square roots, whose spread is much the same by night and by day:
so one hour's errors tell of another hour's. Steps are report periods by the nodes' clocks, so that gaps stay gaps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ricloop import Cells, Forecast, Quality, ns
from ricloop.e2sm import kpm
from ricloop_models.conformal import Conformal
from ricloop_xapps.traffic_prediction.naive import DayBefore

Floats = NDArray[np.float32]
Places = NDArray[np.intp] | slice

ROOM = 64
"""Cells that there is room for at first; it doubles when there are more."""
LEAST = 20
"""Errors per cell and horizon before bounds are taken of them."""
NEVER = -(1 << 40)


class Ledger:
    """Told of each report once, then asked for forecasts of its cells."""

    def __init__(
        self,
        metric: str,
        day: int,
        horizons: int,
        quantiles: Sequence[float],
        *,
        gamma: float,
        memory: int,
        sorts: int,
        over: float,
    ) -> None:
        """`day`: in periods. `over`: periods that its quality is averaged over. The rest as `Conformal` has it."""
        self._metric, self._quantiles = metric, tuple(quantiles)
        self._median = self._quantiles.index(0.5)
        self._outer = [at for at in range(len(self._quantiles)) if at != self._median]
        self._day = DayBefore(day, horizons, ROOM)
        outer = [self._quantiles[at] for at in self._outer]
        self._conformal = Conformal(ROOM, horizons, outer, gamma=gamma, memory=memory, least=LEAST, sorts=sorts)
        self._said = np.zeros((horizons, len(self._quantiles), ROOM), np.float32)
        self._issued = np.full(ROOM, NEVER, np.int64)
        """The step of each cell's newest forecast."""
        self._cells = np.zeros(ROOM, np.uint64)
        self._place: dict[int, int] = {}
        self._places_of: tuple[bytes, Places] = (b"", slice(0))
        self._report: kpm.Report | None = None
        self._start, self._step = 0, 0
        self._over = over
        self._quality: Quality | None = None

    def observe(self, report: kpm.Report, values: Floats) -> None:
        """What a report says came true, shape [cells], NaN for nothing. Told again of the same one, it does nothing."""
        if report is self._report:
            return
        self._report = report
        places = self._places(report.cells)
        self._start = self._start or report.time
        # A node whose clock jumps back is taken to report in the same period again.
        self._step = max(self._step, round((report.time - self._start) / ns(report.period)))
        actual = self._spread(places, values)
        self._day.put(self._step, actual)
        roots = np.sqrt(actual)
        self._measure(roots, *self._conformal.observe(self._step, roots))

    def day_before(self, report: kpm.Report) -> Floats:
        """The seasonal naive forecast of its cells, shape [horizons, cells]."""
        return self._day.ahead()[:, self._places(report.cells)]

    def forecast(self, report: kpm.Report, points: Floats, given: Floats, most: float) -> Forecast:
        """What to publish: of this report's cells `points`, shape [horizons, cells], with the bounds that errors ask
        for, or those `given`, [horizons, quantiles, cells], where there are too few; of cells that reported earlier,
        what was said then, as far as it reaches ahead of now. Between 0 and `most`."""
        places = self._places(report.cells)
        roots = np.sqrt(np.maximum(points, 0))
        kept = self._conformal.issue(self._step, self._spread(places, roots))[:, :, places]
        kept = np.square(np.maximum(kept, 0))
        values = np.empty(given.shape, np.float32)
        values[:, self._median] = points
        for row, at in enumerate(self._outer):
            values[:, at] = np.where(np.isnan(kept[:, row]), given[:, at], kept[:, row])
        # Away from the median, which stays as it was said, each bound is at least as far as the one before.
        for at in range(self._median - 1, -1, -1):
            np.minimum(values[:, at], values[:, at + 1], out=values[:, at])
        for at in range(self._median + 1, len(self._quantiles)):
            np.maximum(values[:, at], values[:, at - 1], out=values[:, at])
        np.clip(values, np.float32(0), np.float32(most), out=values)
        self._said[:, :, places] = values
        self._issued[places] = self._step
        cells, horizons = report.cells, len(values)
        late = np.flatnonzero((self._issued < self._step) & (self._issued > self._step - horizons))
        if len(late):
            cells = np.concatenate([cells, self._cells[late]])
            values = np.concatenate([values, self._moved_on(late)], axis=2)
        return Forecast(
            cells=cells,
            metric=self._metric,
            quantiles=self._quantiles,
            values=values.transpose(2, 0, 1),
            time=report.time,
            period_ns=ns(report.period),
            quality=self._quality,
        )

    def _moved_on(self, places: NDArray[np.intp]) -> Floats:
        """Earlier forecasts as seen from now; beyond their end, their last value."""
        horizons = len(self._said)
        ahead = np.minimum(np.arange(horizons)[:, None] + self._step - self._issued[places], horizons - 1)
        found: Floats = np.take_along_axis(self._said[:, :, places], ahead[:, None, :], axis=0)
        return found

    def _measure(self, roots: Floats, errors: Floats, bounds: Floats) -> None:
        """Of what came, shape [cells], the errors and the bounds that were due, all as roots."""
        low, high = bounds[:, 0], bounds[:, -1]
        bounded = int(np.count_nonzero(low <= high))
        if not bounded:
            return
        # a² - (a - e)² = e (2a - e)
        error = float(np.nanmean(np.abs(errors * (2 * roots - errors))))
        inside = float(np.count_nonzero((roots >= low) & (roots <= high)) / bounded)
        before = self._quality or Quality(error=error, mae=error, coverage=inside, periods=0)
        gain = 1 / min(before.periods + 1, self._over)
        self._quality = Quality(
            error=error,
            mae=before.mae + gain * (error - before.mae),
            coverage=before.coverage + gain * (inside - before.coverage),
            periods=before.periods + 1,
        )

    def _spread(self, places: Places, values: Floats) -> Floats:
        """Values [..., cells of a report] as [..., every cell], NaN for the others."""
        found = np.full((*values.shape[:-1], len(self._cells)), np.nan, np.float32)
        found[..., places] = values
        return found

    def _places(self, cells: Cells) -> Places:
        key = cells.tobytes()
        if key != self._places_of[0]:
            found = np.array([self._place.setdefault(cell, len(self._place)) for cell in cells.tolist()], np.intp)
            while len(self._place) > len(self._cells):
                self._grow()
            self._cells[found] = cells
            # Side by side, as those of a network mostly are: no copies are made to look at them.
            aside = len(found) > 0 and np.array_equal(found, np.arange(found[0], found[0] + len(found)))
            self._places_of = key, slice(int(found[0]), int(found[-1]) + 1) if aside else found
        return self._places_of[1]

    def _grow(self) -> None:
        had, room = len(self._cells), 2 * len(self._cells)
        self._day, self._conformal = self._day.grown(room), self._conformal.grown(room)
        self._said = np.concatenate([self._said, np.zeros_like(self._said)], axis=2)
        self._issued = np.concatenate([self._issued, np.full(had, NEVER)])
        self._cells = np.concatenate([self._cells, np.zeros_like(self._cells)])
