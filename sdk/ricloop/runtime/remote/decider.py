"""What the RIC knows of a handler that is asked elsewhere: its counters, and what its model has to be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ricloop.app import Handler, XApp
from ricloop.core.time import Clock
from ricloop.rpc.describe import ModelTold
from ricloop.rpc.messages import ModelUse
from ricloop.runtime.loop.decider import Answer, Decider
from ricloop.runtime.remote.seen import Seen

KINDS = ("failed", "type", "shape", "not finite", "late", "gone")
"""What faults are counted as; whatever else an xApp may call them is `failed`."""
MISSES = ("late", "away", "superseded", "queue full")


class FarDecider(Decider):
    """Is asked nothing: answers come by `note`."""

    def __init__(
        self, app: XApp[Any], handler: Handler, clock: Clock, told: ModelTold | None, way: Callable[[], int]
    ) -> None:
        """`told`: of its model, where it has one. `way`: how long question and answer are under way, in ns."""
        super().__init__(app, handler, clock)
        self._version = None if told is None else told.version
        self._ready_by = {} if told is None else dict(told.ready_by)
        self._way = way
        self.seen = None if told is None else Seen()

    def see(self, report: Any) -> None:
        if self.seen is not None:
            self.seen.add(report)

    def ready_by(self, rows: int) -> int:
        """What its model needs for so many cells, and the way there and back."""
        if self.seen is None:
            return 0
        return self._needed(rows) + self._way()

    @property
    def model(self) -> str | None:
        return self._version

    @property
    def sees(self) -> bool:
        return self.seen is not None

    def remaining(self, ns: int) -> int:
        """How much of what is left of a deadline its process may have: where a model may be late, its rule's answer has
        to come back in time. At the least half."""
        return ns if self.seen is None else max(ns - self._way(), ns // 2)

    def note(self, answer: Answer, *, silent: bool, rows: int = 0, use: ModelUse | None = None) -> None:
        """It was answered, or for it. `rows`: as many cells it was asked about; `use`: what its model did."""
        counts = self.counts
        counts.calls += 1
        counts.misses += answer.cause in MISSES
        counts.errors += answer.cause == "error"
        counts.silences += silent
        counts.not_started += answer.cause == "no time"
        counts.predictions += bool(answer.model)
        if answer.fault:
            counts.faults[answer.fault if answer.fault in KINDS else KINDS[0]] += 1
        counts.trips += answer.cause == "tripped" and not self.tripped
        self.tripped = answer.cause == "tripped"
        if use is not None and rows and self._ready_by:
            self._ready_by[self._bucket(rows)] = use.ready_by

    def _needed(self, rows: int) -> int:
        return self._ready_by[self._bucket(rows)] if self._ready_by else 0

    def _bucket(self, rows: int) -> int:
        """The numbers of cells are few: the next one that holds `rows`."""
        return next((held for held in self._ready_by if held >= rows), max(self._ready_by))
