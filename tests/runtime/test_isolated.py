"""Models in a process of their own, for real: whatever one does, the network has the rule's answer in time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
import pytest

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cells
from ricloop.core.model import Table
from ricloop.core.predictions import Forecast
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.inference.isolated import Isolated, Late
from ricloop.runtime.inference.predict import IsolatedModel
from ricloop.runtime.loop.decider import Source
from ricloop.testing import TestLoop
from tests.patience import PATIENCE_S

PRB = kpm.Metric("RRU.PrbTotDl")
load = kpm.every(ms(100), PRB)
AHEAD = model("ahead", Forecast)
A, B = 0x4000, 0x4001
DEADLINE = ms(500)
"""Long enough for a busy machine, and sooner than a process counts as hung; what is looked at is who answers."""


class SystemClock:
    def now(self) -> int:
        return time.monotonic_ns()


class Modelled(XApp):
    def rule(self, report: kpm.Report) -> Decision:
        return Decision.of([ccc.wake(A)], reason="the rule")

    @on(load, model=AHEAD, late=rule, deadline=DEADLINE)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        return Decision.of([ccc.wake(B)], reason=f"{ahead.at(1).tolist()}")


def forecast(said: Table, cells: Cells) -> Forecast:
    return Forecast(cells=cells, metric="RRU.PrbTotDl", quantiles=(0.5,), values=said[:, :, None].copy())


@contextmanager
def isolated(name: str, **options: int) -> Iterator[tuple[TestLoop[Modelled], Isolated]]:
    process = Isolated(f"tests.runtime.odd_models:{name}", SystemClock(), **options)
    try:
        predict = IsolatedModel("ahead", process, forecast)
        yield TestLoop(Modelled(), models={AHEAD: predict}, clock=SystemClock()), process  # type: ignore[arg-type]
    finally:
        process.close()


def ask(loop: TestLoop[Modelled], *prb: float) -> tuple[Source, str, str]:
    decided = loop.give(load, kpm.Report.of((A, B)[: len(prb)], {PRB: prb}))
    return decided.answer.source, decided.answer.decision.reason, decided.answer.error


@pytest.mark.parametrize("name", ["Good", "Talks"])
def test_a_model_in_a_process_of_its_own_is_asked_as_any_other(name: str) -> None:
    with isolated(name) as (loop, process):
        for number in range(20):
            source, reason, error = ask(loop, float(number), 2.0 * number)
            assert (source, error) == (Source.HANDLER, "")
            assert reason == f"[{2.0 * number}, {4.0 * number}]"
        assert not process.counts.faults


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("Raises", "failed", "ZeroDivisionError: on purpose"),
        ("NotANumber", "not finite", "numbers that are none"),
        ("WrongShape", "shape", "[2, 4] in place of [2, 1]"),
    ],
)
def test_what_a_model_says_wrong_is_named_and_the_rule_answers(name: str, kind: str, words: str) -> None:
    with isolated(name) as (loop, _):
        for _ in range(3):
            source, reason, error = ask(loop, 1.0, 2.0)
            assert (source, reason) == (Source.RULE, "the rule")
            assert words in error
        assert loop._runner.deciders["decide"].counts.faults == {kind: 3}


def test_a_model_that_sleeps_is_not_waited_for_then_left_alone_and_then_replaced() -> None:
    with isolated("Sleeps") as (loop, process):
        begun = time.monotonic_ns()
        assert ask(loop, 1.0)[:2] == (Source.RULE, "the rule")
        assert process.counts.faults == {"late": 1}
        while process.counts.faults["hung"] == 0:
            assert ask(loop, 1.0)[:2] == (Source.RULE, "the rule")
            assert time.monotonic_ns() - begun < PATIENCE_S * 1e9
        assert process.counts.starts == 2
        assert process.counts.faults["late"] == 1
        assert process.counts.faults["busy"] > 1
        assert len(loop.sent) == len(loop.decided), "every decision had the rule's answer"


def test_a_model_that_is_slow_every_tenth_time_answers_the_others() -> None:
    with isolated("SlowEveryTenth") as (loop, process):
        process.within(0)
        answered = sum(ask(loop, 1.0)[0] is Source.HANDLER for _ in range(30))
        assert answered == 30, "50 ms is inside this deadline"
    with isolated("SlowEveryTenth") as (loop, process):
        for number in range(1, 31):
            process._look_after()
            process.input(1)[:] = 1.0
            process.within(20_000_000)
            if number % 10:
                with suppress(Late):
                    # A machine that is busy itself may be late too.
                    process.infer(1)
            else:
                with pytest.raises(Late, match=r"has not answered in 20.00 ms"):
                    process.infer(1)
            # The next is asked when this one is through.
            assert process._answered(10**10)
        assert process.counts.faults["late"] >= 3
        assert process.counts.starts == 1


def test_a_model_that_leaks_is_replaced_before_the_machine_notices() -> None:
    with isolated("Leaks", memory_mb=250) as (loop, process):
        while process.counts.faults["leaked"] == 0:
            assert process.counts.starts == 1
            ask(loop, 1.0)
        while ask(loop, 1.0)[0] is not Source.HANDLER:
            pass
        assert process.counts.starts == 2


def test_a_model_that_crashes_is_replaced_and_answers_again() -> None:
    with isolated("Crashes") as (loop, process):
        sources = [ask(loop, 1.0)[0] for _ in range(3)]
        assert sources == [Source.HANDLER, Source.HANDLER, Source.RULE]
        assert process.counts.faults == {"died": 1}
        while (found := ask(loop, 5.0))[0] is not Source.HANDLER:
            pass
        assert found[1] == "[10.0]"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("tests.runtime.odd_models", "write module:name, as my_package.my_module:MyModel"),
        ("tests.runtime.odd_models:Missing", "has no attribute 'Missing'"),
        ("tests.runtime.nothing:Model", "No module named"),
        ("tests.runtime.odd_models:broken", "ImportError: no such thing"),
        (
            "tests.runtime.odd_models:NoModel",
            "has no window: a Window; no outputs: how many columns it says; no predict",
        ),
    ],
)
def test_what_is_no_model_is_named_with_the_way_out(target: str, words: str) -> None:
    with pytest.raises(ConfigError) as told:
        Isolated(target, SystemClock())
    assert words in str(told.value)


def test_more_cells_than_fit_are_refused_by_number() -> None:
    with isolated("Good") as (loop, process):
        with pytest.raises(Exception, match="asked about 5000 cells; in a process of its own 4096 fit"):
            process.input(5000)
        assert np.shape(process.input(10)) == (10, 4)
        assert ask(loop, 1.0)[0] is Source.HANDLER
