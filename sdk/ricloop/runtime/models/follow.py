"""What a model in the loop was shown and said, kept until nobody waits for the loop, and looked at then.

In a decision's time, each report and answer costs an entry in a line, no more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import Cells
from ricloop.core.predictions import Forecast
from ricloop.core.time import Clock, ns
from ricloop.e2sm.kpm import Metric, Report
from ricloop.runtime.books.histogram import Histogram
from ricloop.runtime.inference.predict import LoopModel, Version
from ricloop.runtime.models.realised import Realised
from ricloop.runtime.models.shadow import Shadow, asked
from ricloop.runtime.models.signals import Record, Signals

MOST = 1024
"""Reports and answers that wait; beyond, they are all given up, and counted."""
SENDERS = 4096
"""Of reports, whose next one is expected."""
GONE_AFTER = 4
"""Periods without a report after which none is expected."""
EVER = 1 << 62
COMPARISONS = 16
ERROR_HORIZONS = 1
"""What the champion's own error is taken of, without a challenger: the next period."""


@dataclass(slots=True)
class _Seen:
    report: Report
    values: NDArray[np.float32]


@dataclass(slots=True)
class _Answered:
    report: Report
    said: Any
    took_ns: int


class Follow:
    """One model of one handler."""

    def __init__(self, model: LoopModel, clock: Clock, tell: Callable[[str, Record], None]) -> None:
        """`tell` is given the model's version and a record of its signals, once an interval (`Signals`)."""
        self._model, self._clock, self._tell = model, clock, tell
        self._period = ns(model.feed.period) if model.feed is not None else 0
        self._line: deque[_Seen | _Answered] = deque()
        self._heard: dict[int, int] = {}
        self.rows = 1
        """Cells of the largest report so far."""
        self.dropped = 0
        """Reports and answers that were not looked at: there was no time for them."""
        self.shadow: Shadow | None = None
        self.compared: deque[dict[str, Any]] = deque(maxlen=COMPARISONS)
        """What came of challengers that are no longer compared; the oldest go."""
        self.anew()

    def anew(self) -> None:
        """Another version is at work: what was learned about the old one says nothing about it."""
        self._signals = Signals(self._model.window.metrics, self._period, self._model.active.day_ns)
        self.times = Histogram()
        """How long it took for each answer."""
        self.realised: Realised | None = None
        self._metric: Metric | None = None

    def challenge(self, challenger: Version | None) -> None:
        """Compare the model with this one from now on; None: with no other."""
        self.spare(None)
        if self.shadow is not None:
            if self.shadow.compared:
                self.compared.append(self.shadow.report())
            if self.shadow.challenger is not challenger:
                self.shadow.challenger.release()
        self.shadow = None if challenger is None else Shadow(self._model, challenger, self._clock, self._period)

    # ------------------------------------------------------------------------------------- in a decision's time

    def seen(self, report: Report, cells: Cells, values: NDArray[np.float32]) -> None:
        """As `Follower`."""
        if len(cells) and (len(self._heard) < SENDERS or int(cells[0]) in self._heard):
            self._heard[int(cells[0])] = self._clock.now()
        if len(cells) > self.rows:
            self.rows = len(cells)
        self._add(_Seen(report, values))

    def answered(self, report: Report, said: Any, took_ns: int) -> None:
        """As `Follower`."""
        self._add(_Answered(report, said, took_ns))

    def _add(self, entry: _Seen | _Answered) -> None:
        self._line.append(entry)
        if len(self._line) > MOST:
            self.dropped += len(self._line)
            self._line.clear()
            if self.shadow is not None:
                self.shadow.skipped["overflow"] += 1
                self.shadow.begin_anew(self._model)

    # ---------------------------------------------------------------------------------- when nobody waits for it

    @property
    def waiting(self) -> bool:
        """True where there is something to look at."""
        return bool(self._line)

    def expected_at(self, now: int) -> int | None:
        """When the next report comes, by the clock of the loop, as far as one can know; None: no time soon."""
        since = now - GONE_AFTER * self._period
        return min((at + self._period for at in self._heard.values() if at >= since), default=None)

    def spare(self, until: int | None) -> None:
        """Look at what waits, until then by the loop's clock; None: at all of it, however long it takes."""
        while self._line:
            now = self._clock.now()
            if until is not None and now >= until:
                return
            entry = self._line.popleft()
            if isinstance(entry, _Seen):
                self._look_at(entry)
            else:
                self._hold_against(entry, until)

    def _look_at(self, entry: _Seen) -> None:
        report = entry.report
        if self._signals.due(report.time):
            self._tell(self._model.version, self._signals.record(report.time, self.realised))
        self._signals.seen(entry.values)
        if self.realised is not None and self._metric is not None:
            fresh = ~report.stale()
            self.realised.truth(report.time, report.cells[fresh], report[self._metric][fresh])
        if self.shadow is not None:
            self.shadow.seen(report)

    def _hold_against(self, entry: _Answered, until: int | None) -> None:
        report, said = entry.report, entry.said
        self.times.add(entry.took_ns)
        self._signals.answered(said)
        if isinstance(said, Forecast):
            if self.realised is None:
                self.realised, self._metric = Realised(ERROR_HORIZONS, self._period), asked(report, said.metric)
            self.realised.forecast(report.time, said)
        if self.shadow is not None:
            left = EVER if until is None else until - self._clock.now()
            self.shadow.compare(report, said, entry.took_ns, left)
