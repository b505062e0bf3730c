"""A challenger beside the model at work: asked about the same inputs in time that is left over, and never heard.

Its windows are its own. What it says is held against what the champion said and, for forecasts, both against what came.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ricloop.core.feeds import ModelRef
from ricloop.core.model import BadAnswer, ModelError, Window
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.core.time import Clock
from ricloop.e2sm.kpm import Metric, Report
from ricloop.features import Inputs
from ricloop.runtime.books.histogram import Histogram
from ricloop.runtime.inference.predict import LoopModel, Version, check_answer
from ricloop.runtime.models.realised import Realised

SCHEMA = 1


class Shadow:
    """One challenger of one champion."""

    def __init__(self, champion: LoopModel, challenger: Version, clock: Clock, period_ns: int) -> None:
        """`clock` is the loop's. It begins with the champion's windows where it looks at the same, else with none."""
        self.champion, self.challenger, self._clock, self._period_ns = (
            champion.active.name,
            challenger,
            clock,
            period_ns,
        )
        self.compared = 0
        """Answers of the champion that the challenger was asked about as well, and answered."""
        self.skipped: Counter[str] = Counter()
        """Those that it was not asked about: `no time`, `filling`, `overflow`."""
        self.faults: Counter[str] = Counter()
        """What it did instead of answering, as in `DeciderCounts.faults`."""
        self.times = (Histogram(), Histogram())
        """The champion's and the challenger's, of what was compared."""
        self._realised: tuple[Realised, Realised] | None = None
        self._metric: Metric | None = None
        self._different = self._size = 0.0
        self._alarms = [0, 0]
        self._columns: list[int] | None = None
        self.inputs = self._begin(champion)

    @property
    def ready(self) -> bool:
        """True where its windows are as full as the champion's."""
        return not self._filling

    def begin_anew(self, champion: LoopModel) -> None:
        """Something that the champion saw was not kept for the challenger: its windows are no longer the same."""
        self.inputs = self._begin(champion)

    def _begin(self, champion: LoopModel) -> Inputs:
        window, day_ns = self.challenger.window, self.challenger.day_ns
        self._filling = not champion.inputs.fits(window, day_ns)
        return Inputs(window, day_ns=day_ns) if self._filling else champion.inputs.copy()

    def seen(self, report: Report) -> None:
        """What the champion has in its windows by now."""
        if self._columns is None:
            self._columns = rows_of(report, self.challenger.window)
        cells, values, stale = report.cells, report.values[self._columns], report.stale()
        if stale.any():
            cells, values = cells[~stale], values[:, ~stale]
        self.inputs.put(cells, report.time, values)
        if self._realised is not None and self._metric is not None:
            came = report[self._metric]
            for realised in self._realised:
                realised.truth(report.time, report.cells[~stale], came[~stale])

    def compare(self, report: Report, said: Any, took_ns: int, left_ns: int) -> None:
        """The champion said something of a report; there are `left_ns` in which nobody waits for the loop."""
        if self._filling:
            self._filling = not self.inputs.filled()
            if not self.inputs.filled(report.cells):
                self.skipped["filling"] += 1
                return
        if self.challenger.inference.expected_ns(len(report)) > left_ns:
            self.skipped["no time"] += 1
            return
        begin = self._clock.now()
        try:
            answer = self.challenger.ask(self.inputs, report.cells, report.time)
            check_answer(ModelRef(self.challenger.name, type(said)), answer, report)
            if isinstance(said, Forecast) and answer.metric != said.metric:
                raise BadAnswer(f"model '{self.challenger.name}' forecasts {answer.metric}, not {said.metric}", "type")
        except Exception as error:
            self.faults[error.kind if isinstance(error, ModelError) else ModelError.kind] += 1
            return
        self.times[0].add(took_ns)
        self.times[1].add(self._clock.now() - begin)
        self.compared += 1
        if isinstance(said, Forecast):
            self._metric = self._metric or asked(report, said.metric)
            self._forecasts(report.time, said, answer)
        elif isinstance(said, Anomalies):
            self._anomalies(said, answer)

    def _forecasts(self, time_ns: int, champion: Forecast, challenger: Forecast) -> None:
        horizons = min(champion.values.shape[1], challenger.values.shape[1])
        ours, theirs = (_middle(said)[:, :horizons].astype(np.float64) for said in (champion, challenger))
        self._different += float(np.abs(ours - theirs).sum())
        self._size += float(np.abs(ours).sum() + np.abs(theirs).sum())
        if self._realised is None:
            self._realised = Realised(horizons, self._period_ns), Realised(horizons, self._period_ns)
        for realised, said in zip(self._realised, (champion, challenger), strict=True):
            realised.forecast(time_ns, said)

    def _anomalies(self, champion: Anomalies, challenger: Anomalies) -> None:
        ours, theirs = champion.unusual, challenger.unusual
        self._different += float(np.count_nonzero(ours != theirs))
        self._size += len(ours)
        self._alarms[0] += int(np.count_nonzero(ours))
        self._alarms[1] += int(np.count_nonzero(theirs))

    def report(self) -> dict[str, Any]:
        """The comparison so far, JSON-able.

        `disagreement`, 0 to 1: of forecasts the difference of the medians relative to the sum of both, of anomalies
        the share of cells that one of both calls unusual and the other does not. Errors: mean absolute, in the
        metric's unit, of the same forecasts; None where no truth is known. Times in microseconds.
        """
        errors = [None, None] if self._realised is None else [realised.error for realised in self._realised]
        details = [[], []] if self._realised is None else [realised.by_horizon() for realised in self._realised]
        return {
            "schema": SCHEMA,
            "champion": self.champion,
            "challenger": self.challenger.name,
            "decisions": self.compared,
            "disagreement": self._different / self._size if self._size else None,
            "champion_error": errors[0],
            "challenger_error": errors[1],
            "faults": sum(self.faults.values()),
            "skipped": sum(self.skipped.values()),
            "fault_kinds": dict(self.faults),
            "skip_reasons": dict(self.skipped),
            "alarms": {"champion": self._alarms[0], "challenger": self._alarms[1]},
            "horizons": {"champion": details[0], "challenger": details[1]},
            "time_us": {"champion": times_us(self.times[0]), "challenger": times_us(self.times[1])},
        }


def asked(report: Report, name: str) -> Metric | None:
    """The metric of this name that a report has; None where its feed does not ask for it."""
    return next((metric for metric in report.rows if str(metric) == name), None)


def rows_of(report: Report, window: Window) -> list[int]:
    """Where in a report's values the metrics of a window are."""
    return [report.rows[Metric(name)] for name in window.metrics]


def _middle(said: Forecast) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Shape [cells, horizons]: the quantile that is nearest to the median."""
    found: np.ndarray[Any, np.dtype[np.float32]] = said.values[
        :, :, int(np.argmin(np.abs(np.asarray(said.quantiles) - 0.5)))
    ]
    return found


def times_us(histogram: Histogram) -> dict[str, float | None]:
    """Microseconds; None where nothing was measured."""
    p50, p99 = (None if ns is None else round(ns / 1e3, 1) for ns in histogram.quantiles((0.5, 0.99)))
    return {"p50": p50, "p99": p99}
