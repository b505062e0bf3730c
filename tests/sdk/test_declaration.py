"""The declaration of an xApp: what it keeps, and what is told to who makes a mistake without a type checker."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ricloop import Cooldown, Decision, Latest, Settings, Tick, XApp, every, hold, model, ms, on, outcomes, shared
from ricloop.core.errors import ConfigError
from ricloop.core.feeds import Unknown
from ricloop.e2sm import ccc, kpm
from tests.sdk.cells import A, B

PRB = kpm.Metric("RRU.PrbTotDl")
load = kpm.every(ms(100), PRB)
state = ccc.watch(ccc.EnergySaving)


class Limits(Settings):
    below: float = 10.0
    """Percent."""


class SleepEmpty(XApp[Limits]):
    guards = (Cooldown(ms(10)),)

    @on(load, state)
    def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return Decision.of(map(ccc.sleep, report.cells[report[PRB] < self.settings.below]), reason="empty")


def test_a_marked_method_is_an_ordinary_one() -> None:
    app = SleepEmpty(Limits(below=50))
    report = kpm.Report.of([A, B], {PRB: [20.0, 80.0]})
    decision = app.decide(report, Latest(ccc.States.of({A: False})))
    assert decision == Decision((ccc.sleep(A),), "empty")


def test_the_name_is_the_classs_in_kebab_case_unless_given() -> None:
    class RRCTuner(XApp):
        pass

    class Other(XApp):
        name = "other-name"

    assert SleepEmpty.name == "sleep-empty"
    assert RRCTuner.name == "rrc-tuner"
    assert Other.name == "other-name"


def test_settings_are_of_the_class_in_brackets_and_frozen() -> None:
    app = SleepEmpty()
    assert app.settings == Limits()
    with pytest.raises(ValidationError):
        app.settings.below = 3.0
    with pytest.raises(ValidationError):
        Limits(belov=3)  # type: ignore[call-arg]
    assert Limits.model_fields["below"].description == "Percent."


def test_a_subclass_keeps_its_bases_handlers_and_settings() -> None:
    class Louder(SleepEmpty):
        def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
            return Decision.none("louder")

    assert [handler.name for handler in Louder.handlers()] == ["decide"]
    assert Louder().settings == Limits()


def test_a_decision_takes_actions_one_by_one_or_in_iterables_and_each_once() -> None:
    decision = Decision.of(ccc.sleep(A), map(ccc.sleep, [A, B]), reason="r")
    assert decision.actions == (ccc.sleep(A), ccc.sleep(B))
    with pytest.raises(TypeError, match="made of actions"):
        Decision.of([A], reason="r")  # type: ignore[list-item]


def test_an_unknown_need_says_so() -> None:
    with pytest.raises(Unknown):
        _ = Latest.unknown().value
    assert Latest.unknown().stale(ms(1e9))


def wrong_shape() -> type[XApp]:
    class Wrong(XApp):
        @on(load, state)  # type: ignore[arg-type]
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    return Wrong


def wrong_rule() -> type[XApp]:
    class Wrong(XApp):
        def rule(self) -> Decision:
            return Decision.none()

        @on(load, late=rule)  # type: ignore[call-overload, untyped-decorator]
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    return Wrong


def wrong_guard() -> type[XApp]:
    class Wrong(XApp):
        guards = (Cooldown,)  # type: ignore[assignment]

    return Wrong


def twice() -> Any:
    mark: Any = on(load)
    return mark(mark(lambda self, report: Decision.none()))


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        (wrong_shape, "Latest of ccc.watch"),
        (wrong_rule, "the rule rule must take self and 1 arguments"),
        (wrong_guard, "is no guard"),
        (twice, "has an @on already"),
        (lambda: on(PRB), "needs a feed first"),
        (lambda: on(load, PRB), "is no need"),
        (lambda: on(load, model="x"), "model="),
        (lambda: on(load, deadline=10), "deadline="),
        (lambda: on(load, silent=3), "silent="),
        (lambda: on(state, silent=(3, hold)), "silent= does nothing here"),
        (lambda: on(every(ms(5)), silent=(3, hold)), "silent= does nothing here"),
        (lambda: on(outcomes, silent=(3, hold)), "silent= does nothing here"),
        (lambda: on(state, gather=ms(2)), "gather= does nothing here"),
        (lambda: on(load, gather=ms(10)), "gather=0:00:00.010000 leaves nothing of deadline=0:00:00.010000"),
        (lambda: on(every(ms(5)), gather=ms(2)), "gather= does nothing here"),
        (lambda: on(outcomes, gather=ms(2)), "gather= does nothing here"),
        (lambda: every(5), "every"),
        (lambda: shared("", int), "shared"),
        (lambda: model("", int), "model"),
        (lambda: kpm.Metric("RRU.PrbTotD"), "Did you mean 'RRU.PrbTotDl'?"),
    ],
)
def test_a_mistake_is_told_where_it_is_made(mistake: Any, says: str) -> None:
    with pytest.raises(ConfigError) as told:
        mistake()
    assert says in str(told.value)


def test_feeds_without_a_service_model_can_be_declared() -> None:
    class Watcher(XApp):
        @on(every(ms(5)), late=hold)
        def tick(self, tick: Tick) -> Decision:
            return Decision.none(str(tick.number))

        @on(outcomes)
        def told(self, told: Any) -> Decision:
            return Decision.none()

    assert [handler.feed.title for handler in Watcher.handlers()] == ["every 0:00:00.005000", "outcomes"]
