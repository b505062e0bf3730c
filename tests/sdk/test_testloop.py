"""TestLoop: an xApp is asked as in a run, without a network, in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from ricloop import (
    Cooldown,
    Decision,
    Latest,
    Outcomes,
    Settings,
    Tick,
    XApp,
    every,
    hold,
    model,
    ms,
    on,
    outcomes,
    shared,
    topology,
)
from ricloop.core.errors import ConfigError
from ricloop.core.time import ManualClock
from ricloop.decide.topology import Topology
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.loop.decider import PROBE_EVERY, TRIP_AFTER, Source
from ricloop.testing import TestLoop, check_xapp
from tests.sdk.cells import A, B, plan

PRB = kpm.Metric("RRU.PrbTotDl")
load = kpm.every(ms(100), PRB)
state = ccc.watch(ccc.EnergySaving)
REPORT = kpm.Report.of([A, B], {PRB: [50.0, 1.0]})
AWAKE = ccc.States.of({A: False, B: False})


@dataclass(frozen=True)
class Forecast:
    prb: float


AHEAD = model("ahead", Forecast)
FORECAST = shared("forecast", Forecast)


class Modelled(XApp):
    """Sleeps B where the model says so; its rule wakes A."""

    guards = (Cooldown(ms(1000)),)

    def rule(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.of(ccc.wake(A), reason="rule")

    @on(load, state, model=AHEAD, late=rule, error=rule, silent=(3, rule))
    def decide(self, report: kpm.Report, states: Latest[ccc.States], ahead: Forecast) -> Decision:
        return Decision.of(ccc.sleep(B), reason=f"expects {ahead.prb}").sharing(FORECAST, ahead)


def loop_of(predict: Any = None, clock: ManualClock | None = None) -> TestLoop[Modelled]:
    models = {} if predict is None else {AHEAD: predict}
    return TestLoop(Modelled(), clock=clock, models=models, topology=plan((B, A)), states=AWAKE)


def test_the_models_answer_is_handed_in_last() -> None:
    loop = loop_of(lambda report, states: Forecast(float(report[PRB][0])))
    decided = loop.give(load, REPORT)
    assert decided.answer.source is Source.HANDLER
    assert decided.answer.decision.reason == "expects 50.0"
    assert loop.sent == [ccc.sleep(B)]


def test_without_its_model_the_rule_answers() -> None:
    decided = loop_of().give(load, REPORT)
    assert (decided.answer.source, decided.answer.cause) == (Source.RULE, "no model")
    assert decided.admitted == (ccc.wake(A),)


def test_a_model_that_raises_is_answered_for_and_named() -> None:
    def broken(report: kpm.Report, states: Latest[ccc.States]) -> Forecast:
        raise RuntimeError("weights are gone")

    decided = loop_of(broken).give(load, REPORT)
    assert (decided.answer.source, decided.answer.cause) == (Source.RULE, "error")
    assert decided.answer.error == "RuntimeError: weights are gone"


def test_the_rule_answers_for_a_model_that_raises_unless_told_to_hold() -> None:
    class Silent(XApp):
        asked = 0

        def rule(self, report: kpm.Report) -> Decision:
            type(self).asked += 1
            return Decision.of(ccc.wake(A), reason="rule")

        @on(load, model=AHEAD, late=rule)
        def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
            return Decision.none()

    class Holding(Silent):
        @on(load, model=AHEAD, late=Silent.rule, error=hold)
        def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
            return Decision.none()

    def broken(report: kpm.Report) -> Forecast:
        raise RuntimeError("weights are gone")

    decided = TestLoop(Silent(), models={AHEAD: broken}).give(load, REPORT)
    assert (decided.answer.source, decided.answer.cause) == (Source.RULE, "error")
    assert decided.answer.error == "RuntimeError: weights are gone"
    assert decided.admitted == (ccc.wake(A),)
    assert Silent.asked == 1, "its answer was there before the model was asked"
    decided = TestLoop(Holding(), models={AHEAD: broken}).give(load, REPORT)
    assert (decided.answer.source, decided.answer.cause) == (Source.HOLD, "error")


def test_without_a_model_a_method_that_raises_holds_whatever_is_said_of_being_late() -> None:
    class Broken(XApp):
        def rule(self, report: kpm.Report) -> Decision:
            return Decision.of(ccc.wake(A), reason="rule")

        @on(load, late=rule)
        def decide(self, report: kpm.Report) -> Decision:
            raise RuntimeError("no")

    assert TestLoop(Broken()).give(load, REPORT).answer.source is Source.HOLD


def test_a_late_answer_is_replaced_by_the_rules_and_misses_trip_to_it_until_a_probe_is_in_time() -> None:
    clock = ManualClock()
    slow = True
    asked = 0

    def predict(report: kpm.Report, states: Latest[ccc.States]) -> Forecast:
        nonlocal asked
        asked += 1
        clock.advance(ms(12 if slow else 1))
        return Forecast(1.0)

    loop = loop_of(predict, clock)
    causes = [loop.give(load, REPORT).answer.cause for _ in range(TRIP_AFTER + 2)]
    assert causes == ["late"] * TRIP_AFTER + ["tripped"] * 2
    assert asked == TRIP_AFTER
    slow = False
    causes = [loop.give(load, REPORT).answer.cause for _ in range(PROBE_EVERY)]
    assert causes[-3] == ""
    assert causes.count("tripped") == PROBE_EVERY - 3
    assert asked == TRIP_AFTER + 3


def test_silence_is_answered_after_so_many_periods_with_the_last_report() -> None:
    loop = loop_of(lambda report, states: Forecast(0.0))
    loop.give(load, REPORT)
    assert loop.advance(ms(299)) == []
    (decided,) = loop.advance(ms(1))
    assert decided.answer.cause == "silent"
    assert loop.advance(ms(1000)) == []


def test_guards_and_their_reasons_are_seen() -> None:
    loop = loop_of(lambda report, states: Forecast(0.0))
    loop.give(load, REPORT)
    decided = loop.give(load, REPORT)
    assert decided.admitted == ()
    assert "Cooldown" in str(decided.refused[0][1])
    assert [outcome.state.value for outcome in loop.outcomes()] == ["sent", "refused"]
    loop.advance(ms(1000))
    assert loop.give(load, REPORT).admitted == (ccc.sleep(B),)


def test_a_decision_can_publish_and_another_need_it() -> None:
    class Reader(XApp):
        @on(every(ms(100)), FORECAST, topology, outcomes)
        def tick(
            self, tick: Tick, forecast: Latest[Forecast], plan: Latest[Topology], told: Latest[Outcomes]
        ) -> Decision:
            known = f"{forecast.value.prb} {forecast.age}" if forecast.known else "unknown"
            return Decision.none(f"{tick.number}: {known} {told.known} {plan.value.source}")

    loop = TestLoop(Reader())
    loop.advance(ms(150))
    loop.set(FORECAST, Forecast(3.0))
    loop.advance(ms(50))
    assert [d.answer.decision.reason for d in loop.decided] == [
        "1: unknown False the test",
        f"2: 3.0 {timedelta(milliseconds=50)} False the test",
    ]


def test_an_answer_that_is_no_decision_is_an_error() -> None:
    class Wrong(XApp):
        @on(load)
        def decide(self, report: kpm.Report) -> Decision:
            return None  # type: ignore[return-value]

    decided = TestLoop(Wrong()).give(load, REPORT)
    assert decided.answer.cause == "error"
    assert "must return a Decision" in decided.answer.error


def test_a_feed_that_starts_nothing_is_told_with_those_that_do() -> None:
    with pytest.raises(ConfigError, match=r"RRU\.PrbTotDl"):
        loop_of().give(state, AWAKE)


def test_settings_are_swapped_between_calls() -> None:
    class Limits(Settings):
        below: float = 10.0
        """Percent."""

    class Simple(XApp[Limits]):
        @on(load)
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.of(map(ccc.sleep, report.cells[report[PRB] < self.settings.below]), reason="empty")

    loop = TestLoop(Simple(), topology=plan((B, A)), states=AWAKE)
    loop.settings(Limits(below=0.5))
    assert loop.give(load, REPORT).admitted == ()
    loop.settings(Limits(below=10))
    assert loop.give(load, REPORT).admitted == (ccc.sleep(B),)


def test_the_check_finds_an_unexplained_setting() -> None:
    class Limits(Settings):
        below: float = 10.0

    class Careless(XApp[Limits]):
        @on(load)
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    with pytest.raises(AssertionError, match="docstring"):
        check_xapp(Careless)
