"""Asks one handler, and sees to it that there is an answer in time: the handler's, a rule's, or `hold`."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import structlog

from ricloop.app import Handler, XApp
from ricloop.app.handler import Hold
from ricloop.core.model import ModelError, NoTime
from ricloop.core.time import Clock, Deadline
from ricloop.decide.decision import Decision
from ricloop.runtime.inference.predict import RESERVE_NS, Predict, Seer, check_answer

log = structlog.get_logger()

TRIP_AFTER = 3
"""Misses in a row after which the handler is no longer asked."""
PROBE_EVERY = 16
"""While tripped, every so many calls the handler is asked again, to see whether it keeps the deadline now."""


class Source(Enum):
    """Who answered."""

    HANDLER = "handler"
    RULE = "rule"
    HOLD = "hold"


@dataclass(slots=True)
class Answer:
    """A decision and how it came about."""

    decision: Decision
    source: Source = Source.HANDLER
    cause: str = ""
    """Why not the handler: `late`, `error`, `silent`, `tripped`, `no model`, `no time`, `filling`; empty otherwise."""
    error: str = ""
    """What was raised, in a line."""
    model_ns: int = 0
    """How long the model took, by the loop's clock; 0 where it was not asked."""
    model: str = ""
    """Whose prediction the handler was given, whatever became of it; empty where it was given none."""
    fault: str = ""
    """What the model did instead of answering, as in `DeciderCounts.faults`."""


@dataclass(slots=True)
class DeciderCounts:
    """Since the start."""

    calls: int = 0
    misses: int = 0
    errors: int = 0
    trips: int = 0
    silences: int = 0
    not_started: int = 0
    """Models that could not have answered in time."""
    predictions: int = 0
    """Answers of the model that were handed to the handler."""
    faults: Counter[str] = field(default_factory=Counter)
    """What the model did instead of answering, by kind: `failed`, `type`, `shape`, `not finite`."""


class Decider:
    """One handler of one xApp."""

    def __init__(self, app: XApp[Any], handler: Handler, clock: Clock, predict: Predict | None = None) -> None:
        self._app, self._handler, self._clock, self._predict = app, handler, clock, predict
        self._seer = predict if isinstance(predict, Seer) else None
        self.counts = DeciderCounts()
        self.tripped = False
        self._in_a_row = 0
        self._since_trip = 0
        self._told: set[tuple[str, str]] = set()

    def see(self, report: Any) -> None:
        """A report came that the model, if it keeps windows, has to know of, asked or not."""
        if self._seer is not None:
            self._seer.see(report)

    def ready_by(self, rows: int) -> int:
        """How long before its deadline it has to be asked about so many cells, in ns."""
        return 0 if self._seer is None else self._seer.expected_ns(rows) + RESERVE_NS

    @property
    def model(self) -> str | None:
        """Which model answers, if one does."""
        return None if self._seer is None else self._seer.version

    @property
    def seer(self) -> Seer | None:
        """The model that keeps windows, if one does."""
        return self._seer

    @property
    def sees(self) -> bool:
        """True where the model keeps windows."""
        return self._seer is not None

    def answer(self, report: Any, needs: Sequence[Any], deadline: Deadline) -> Answer:
        """Always an answer, never an exception of the author's."""
        handler, plain = self._handler, (report, *needs)
        self.counts.calls += 1
        if deadline.missed(self._clock.now()):
            # Nothing that is computed now can be in time, and the queue behind it only grows.
            self.counts.misses += 1
            return self._instead(handler.late, plain, "late")
        if self.tripped:
            self._since_trip += 1
            if self._since_trip % PROBE_EVERY:
                return self._instead(handler.late, plain, "tripped")
        if handler.model is not None and self._predict is None:
            return self._instead(handler.late, plain, "no model")
        # With a model the rule goes first: its answer is there whatever the model does.
        first = self._instead(handler.late, plain, "late") if handler.model is not None else None
        begin = self._clock.now()
        model_ns, model = 0, ""
        try:
            given = plain
            if self._predict is not None:
                given = (*plain, self._predicted(plain, deadline.remaining(begin)))
                model_ns = self._clock.now() - begin
                model = self.model or handler.model.name if handler.model is not None else ""
                if self._seer is not None:
                    self._seer.answered(report, given[-1], model_ns)
            decision = getattr(self._app, handler.name)(*given)
            if not isinstance(decision, Decision):
                raise TypeError(f"{handler.name} must return a Decision, not {decision!r}")
        except NoTime as error:
            self.counts.not_started += 1
            return replace(first or self._instead(handler.late, plain, error.kind), cause=error.kind, error=str(error))
        except (Exception, SystemExit) as error:
            said = self._failed(handler.name, error)
            if first is not None and first.source is Source.RULE and handler.error is handler.late:
                answer = Answer(first.decision, Source.RULE, "error", said)
            else:
                answer = self._instead(handler.error, plain, "error", said)
            # It is the model's fault where there was one and it said nothing.
            fault = "" if model or self._predict is None else self._kind(error)
            answer = replace(answer, model_ns=model_ns, model=model, fault=fault)
        else:
            answer = Answer(decision, model_ns=model_ns, model=model)
        if not deadline.missed(end := self._clock.now()):
            self._in_a_row = 0
            if self.tripped:
                self.tripped = False
                log.warning("handler keeps its deadline again", xapp=self._app.name, handler=handler.name)
            return answer
        self.counts.misses += 1
        if self._seer is not None:
            self._seer.missed()
        self._missed(end - begin, deadline)
        instead = first or self._instead(handler.late, plain, "late")
        return replace(instead, model_ns=model_ns, model=model, fault=answer.fault)

    def _predicted(self, plain: tuple[Any, ...], remaining_ns: int) -> Any:
        """What the model says. Raises NoTime where it is not started, ModelError where it said nothing."""
        predict, ref = self._predict, self._handler.model
        assert predict is not None, "asked only where there is one"
        assert ref is not None, "asked only where there is one"
        try:
            if self._seer is not None:
                self._seer.admit(plain[0], remaining_ns)
            said = predict(*plain)
            check_answer(ref, said, plain[0])
        except NoTime:
            raise
        except Exception as error:
            self.counts.faults[self._kind(error)] += 1
            raise
        self.counts.predictions += 1
        return said

    @staticmethod
    def _kind(error: BaseException) -> str:
        return error.kind if isinstance(error, ModelError) else ModelError.kind

    def silence(self, report: Any, needs: Sequence[Any]) -> Answer:
        """The declared answer to hearing nothing; `report` is the last one, None (and the answer `hold`) before any."""
        self.counts.silences += 1
        if report is None:
            return self._instead(Hold.HOLD, (), "silent")
        return self._instead((self._handler.silent or (0, Hold.HOLD))[1], (report, *needs), "silent")

    def _instead(self, fallback: Any, plain: tuple[Any, ...], cause: str, error: str = "") -> Answer:
        if isinstance(fallback, Hold):
            return Answer(Decision.none(f"hold: {cause}"), Source.HOLD, cause, error)
        rule = getattr(type(self._app), fallback.__name__, fallback)
        try:
            decision = rule(self._app, *plain)
            if not isinstance(decision, Decision):
                raise TypeError(f"{fallback.__name__} must return a Decision, not {decision!r}")
        except (Exception, SystemExit) as problem:
            said = self._failed(fallback.__name__, problem)
            return Answer(Decision.none(f"hold: {cause}, and the rule failed"), Source.HOLD, cause, said)
        return Answer(decision, Source.RULE, cause, error)

    def _failed(self, name: str, error: BaseException) -> str:
        self.counts.errors += 1
        frames = traceback.extract_tb(error.__traceback__)
        where = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
        said = f"{type(error).__name__}: {error}"
        if (kind := (name, type(error).__name__)) not in self._told:
            self._told.add(kind)
            log.error("xApp code failed; told once per kind", xapp=self._app.name, method=name, error=said + where)
        return said

    def _missed(self, took: int, deadline: Deadline) -> None:
        # Only an overrun of its own speaks against the handler; a frame that came late does not.
        if took * 2 < deadline.budget:
            return
        self._in_a_row += 1
        if self._in_a_row == TRIP_AFTER and not self.tripped:
            self.tripped, self._since_trip = True, 0
            self.counts.trips += 1
            log.error(
                "handler missed its deadline again and again: its rule answers until it keeps it",
                xapp=self._app.name,
                handler=self._handler.name,
                took_ms=round(took / 1e6, 3),
                deadline_ms=deadline.budget / 1e6,
            )
