"""Asking one handler: what it needs is put together, its answer sent, its decision told.

All the controls that one decision has for a node leave in one write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.app import Handler
from ricloop.core.actions import Action, Outcome, OutcomeState, PolicyChange
from ricloop.core.errors import RicloopError
from ricloop.core.time import Deadline, ns
from ricloop.decide.guards import Refusal
from ricloop.runtime.books.loopstats import LoopStats
from ricloop.runtime.loop.decider import Answer
from ricloop.runtime.loop.occasion import Occasion, Question
from ricloop.runtime.loop.record import keep_decision
from ricloop.runtime.loop.runner import Decided, Runner, Send

if TYPE_CHECKING:
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()


class Asker:
    """Numbers the decisions of one run, from 1, and measures them."""

    def __init__(self, ric: NearRtRic) -> None:
        self._ric = ric
        self.stats = LoopStats()
        self.decisions = 0

    def ask(self, runner: Runner, handler: Handler, occasion: Occasion) -> None:
        """Ask, send what passes, and keep a record of it; not where a need cannot be met."""
        ric = self._ric
        now, asked = ric.clock.now(), ric.stopwatch.now()
        begin = min([arrived.arrived for arrived in occasion.triggers], default=asked)
        start = occasion.begun
        if start is None:
            start = min([arrived.at for arrived in occasion.triggers], default=now)
        try:
            needs = tuple(ric.values.latest(need, occasion.gnb, now) for need in handler.needs)
        except RicloopError as error:
            log.error("a need cannot be met", xapp=runner.name, handler=handler.name, error=str(error))
            return
        self.decisions += 1
        runner.tally.read(handler, needs)
        gathered = ric.stopwatch.now()
        question = Question(self.decisions, runner, handler, occasion, needs, start, begin, asked, gathered)
        if runner.far is not None:
            runner.far.ask(question)
            return
        decider = runner.deciders[handler.name]
        if occasion.silent:
            answer = decider.silence(occasion.value, needs)
        else:
            answer = decider.answer(occasion.value, needs, Deadline(start, ns(handler.answers_within)))
        self.finish(question, answer)

    def finish(self, question: Question, answer: Answer, kept: Sequence[tuple[Action, Refusal]] = ()) -> None:
        """An answer is there: send what passes, and keep a record. `kept`: what was refused where it was decided."""
        ric, runner, handler, occasion = self._ric, question.runner, question.handler, question.occasion
        sent: list[list[object]] = []
        ways_out: dict[Callable[[], None], None] = {}

        def prepared(action: Action) -> Send | Refusal:
            if ric.quiet:
                return Refusal("runtime", "the run is ending: no new controls")
            ready: Callable[[], Any] | Refusal
            if isinstance(action, PolicyChange):
                ready = ric.policies.prepare(action, runner.name, question.number)
            else:
                ready = ric.controls.prepare(action, runner.name, question.number)
            if isinstance(ready, Refusal):
                return ready

            def send() -> None:
                control = ready()
                sent.append([control.request, str(action)])
                if (flush := control.node.association.flush) is not None:
                    ways_out[flush] = None

            return send

        watch = ric.stopwatch.now
        answered = watch()
        decided = runner.settle(handler, answer, ric.scene(), prepared)
        if kept:
            decided = replace(decided, refused=(*kept, *decided.refused))
        guarded = watch()
        # One write per node: a write costs more than encoding a control, and the node reads them all at once.
        for flush in ways_out:
            flush()
        ended = watch()
        took = ended - question.begin
        if occasion.triggers:
            self.stats.add(len(sent), took)
        runner.tally.settled(answer, len(sent), len(decided.refused))
        self._publish(decided)
        now = ric.clock.now()
        self._refused(decided, now)
        keep_decision(ric.audit, question.number, now, decided, runner.stage, occasion, sent, took)
        if occasion.turned is not None:
            instants = (
                question.begin, occasion.turned, question.asked, question.gathered, answered, guarded, ended, watch(),
            )  # fmt: skip
            self.stats.add_stages(instants)
            if ric.trace is not None:
                ric.trace.note(runner.name, str(occasion.gnb), len(sent), instants)
            if answer.model_ns:
                self.stats.model.add(answer.model_ns)

    def _publish(self, decided: Decided) -> None:
        for need, value in decided.answer.decision.shared:
            try:
                self._ric.shared.publish(need, value, self._ric.clock.now())
            except RicloopError as error:
                log.error("a value cannot be shared", xapp=decided.xapp, error=str(error))

    def _refused(self, decided: Decided, now: int) -> None:
        self._ric.controls.counts.refused += len(decided.refused)
        for action, refusal in decided.refused:
            self._ric.dispatch.outcome(decided.xapp, Outcome(action, OutcomeState.REFUSED, str(refusal), now))
