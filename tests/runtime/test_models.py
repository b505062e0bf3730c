"""Learned models in the loop: windows kept, time looked at first, and every fault answered for by the rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cells
from ricloop.core.model import ModelError, Table, Window
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.core.time import NS_PER_MS, ManualClock
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.inference.predict import LoopModel
from ricloop.runtime.loop.decider import Source
from ricloop.testing import TestLoop
from ricloop_e2sim.e2node.kpm.reports import KPM_ID
from tests.runtime.world import World

PRB, CONNECTED = kpm.Metric("RRU.PrbTotDl"), kpm.Metric("RRC.ConnMean")
load = kpm.every(ms(100), PRB, CONNECTED)
AHEAD = model("ahead", Forecast)
A, B = 0x4000, 0x4001
WINDOW = Window(("RRU.PrbTotDl",), length=3)


class Modelled(XApp):
    """Wakes A by its rule; does with B what the model says."""

    def __init__(self) -> None:
        super().__init__()
        self.forecasts: list[Forecast] = []

    def rule(self, report: kpm.Report) -> Decision:
        return Decision.of([ccc.wake(A)], reason="the rule")

    @on(load, model=AHEAD, late=rule)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        self.forecasts.append(ahead)
        return Decision.of([ccc.wake(B)], reason="the model")


class Sum:
    """Predicts the sum of what it sees."""

    def __init__(self, takes_ms: float = 0.1) -> None:
        self.table = np.zeros((8, WINDOW.columns), np.float32)
        self.expected = round(takes_ms * NS_PER_MS)
        self.seen: list[list[list[float]]] = []
        self.misses = 0

    def input(self, rows: int) -> Table:
        return self.table

    def expected_ns(self, rows: int) -> int:
        return self.expected

    def infer(self, rows: int) -> Table:
        self.seen.append(self.table[:rows].tolist())
        return np.nansum(self.table[:rows], axis=1, keepdims=True, dtype=np.float32)

    def missed(self) -> None:
        self.misses += 1


def forecast(answers: Table, cells: Cells) -> Forecast:
    return Forecast(cells=cells, metric="RRU.PrbTotDl", quantiles=(0.5,), values=answers[:, :, None])


def loop_of(predict: Callable[..., Any], clock: ManualClock | None = None) -> TestLoop[Modelled]:
    return TestLoop(Modelled(), models={AHEAD: predict}, clock=clock)


def report(*prb: float, time: int = 0) -> kpm.Report:
    cells = (A, B)[: len(prb)]
    return kpm.Report.of(cells, {PRB: prb, CONNECTED: [1.0] * len(prb)}, time=time)


def test_the_handler_is_given_what_the_model_says_of_each_cells_window() -> None:
    inference = Sum()
    loop = loop_of(LoopModel("ahead", WINDOW, inference, forecast))
    for n in range(1, 5):
        decided = loop.give(load, report(float(n), 10.0 * n))
    assert decided.answer.source is Source.HANDLER
    assert inference.seen[-1] == [[2.0, 3.0, 4.0], [20.0, 30.0, 40.0]]
    assert loop.app.forecasts[-1].at(1).tolist() == [9.0, 90.0]
    assert loop.app.forecasts[-1].values[loop.app.forecasts[-1].row_of(B), 0, 0] == 90.0


def test_a_model_that_cannot_finish_is_not_started_and_the_rule_answers_in_time() -> None:
    inference = Sum(takes_ms=9.8)
    loop = loop_of(LoopModel("ahead", WINDOW, inference, forecast))
    decided = loop.give(load, report(1.0, 2.0))
    assert (decided.answer.source, decided.answer.cause) == (Source.RULE, "no time")
    assert "takes up to 9.80 ms for 2 cells, and 10.00 ms are left" in decided.answer.error
    assert loop.sent == [ccc.wake(A)]
    assert not inference.seen, "it was not started"
    inference.expected = 0
    loop.give(load, report(3.0, 4.0))
    assert inference.seen[-1][0][-2:] == [1.0, 3.0], "what it was not asked about is in its window"


FAULTS: dict[str, Callable[..., Any]] = {
    "failed": lambda report: 1 / 0,
    "type": lambda report: "up",
    "shape": lambda report: forecast(np.zeros((len(report) + 1, 1), np.float32), report.cells),
    "not finite": lambda report: forecast(np.full((len(report), 1), np.nan, np.float32), report.cells),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_whatever_a_model_does_instead_of_answering_the_rule_answers_and_it_is_counted(kind: str) -> None:
    loop = loop_of(FAULTS[kind])
    decided = loop.give(load, report(1.0, 2.0))
    assert (decided.answer.source, decided.answer.cause) == (Source.RULE, "error")
    assert loop.sent == [ccc.wake(A)]
    assert loop._runner.deciders["decide"].counts.faults == {kind: 1}


def test_a_model_that_is_late_is_answered_for_and_told_so() -> None:
    clock, inference = ManualClock(), Sum()

    class Slow(LoopModel):
        def __call__(self, report: kpm.Report, *needs: Any) -> Any:
            clock.advance(ms(50))
            return super().__call__(report, *needs)

    loop = loop_of(Slow("ahead", WINDOW, inference, forecast), clock)
    decided = loop.give(load, report(1.0, 2.0))
    assert (decided.answer.source, decided.answer.cause) == (Source.RULE, "late")
    assert inference.misses == 1
    for _ in range(2):
        loop.give(load, report(1.0, 2.0))
    assert loop.give(load, report(1.0, 2.0)).answer.cause == "tripped"


def test_anomalies_are_checked_like_forecasts() -> None:
    odd = model("odd", Anomalies)

    class Watching(XApp):
        @on(load, model=odd)
        def decide(self, report: kpm.Report, anomalies: Anomalies) -> Decision:
            return Decision.of(map(ccc.wake, report.cells[anomalies.unusual]), reason="unusual")

    def answer(given: kpm.Report) -> Anomalies:
        scores = given[PRB] / 10
        return Anomalies(
            cells=given.cells, scores=scores, threshold=3.0, metrics=("RRU.PrbTotDl",), residuals=scores[:, None]
        )

    loop = TestLoop(Watching(), models={odd: answer})
    assert loop.give(load, report(10.0, 90.0)).admitted == (ccc.wake(B),)
    assert loop.give(load, report(np.nan, 90.0)).answer.cause == "error"


def test_a_feed_that_does_not_report_what_the_model_looks_at_is_refused_with_the_way_out() -> None:
    looks_at = Window(("DRB.UEThpDl",), length=2)
    with pytest.raises(
        ConfigError, match=r"'ahead' looks at DRB.UEThpDl, which the feed .* kpm.Metric\('DRB.UEThpDl'\)"
    ):
        loop_of(LoopModel("ahead", looks_at, Sum(), forecast))


def test_a_forecast_says_only_what_it_has() -> None:
    made = forecast(np.ones((1, 1), np.float32), np.array([A], np.uint64))
    with pytest.raises(ConfigError, match="looks 1 to 1 periods ahead, not 2"):
        made.at(2)
    with pytest.raises(ConfigError, match=r"has the quantiles 0.5, not 0.9"):
        made.at(1, 0.9)
    with pytest.raises(ConfigError, match="nothing is predicted of cell 0x4001"):
        made.row_of(B)


def test_reports_that_were_superseded_are_in_the_windows_all_the_same() -> None:
    inference = Sum()
    world = World(Modelled(), gnb="gnb1", models={AHEAD: LoopModel("ahead", WINDOW, inference, forecast)})
    world.step(3)
    asked = len(inference.seen)
    # The RIC takes no turn for three periods: of what came meanwhile only the newest is decided on.
    turn, world.ric.turn = world.ric.turn, lambda: 0  # type: ignore[method-assign]
    world.step(3)
    world.ric.turn = turn  # type: ignore[method-assign]
    before = world.ric.account.superseded
    world.exchange()
    assert world.ric.account.superseded == before + 2 * 4
    assert len(inference.seen) == asked + 1
    earlier, latest = np.array(inference.seen[asked - 1]), np.array(inference.seen[-1])
    assert not np.isnan(latest).any()
    assert not np.array_equal(latest[:, 0], earlier[:, -1]), "three new values each: nothing of before is left"
    world.ric.check()


def test_gathering_ends_early_enough_for_the_oldest_reports_deadline() -> None:
    """A batch of three gNBs, of which one never reports: the model's time is kept free of the waiting."""

    class Gathering(XApp):
        @on(load, model=AHEAD, deadline=ms(1000), gather=ms(900))
        def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
            return Decision.none(str(len(report)))

    for takes_ms, ticks in ((0.0, 9), (499.7, 5)):
        inference = Sum(takes_ms)
        inference.table = np.zeros((64, WINDOW.columns), np.float32)
        app = Gathering()
        world = World(app, gnb=None, models={AHEAD: LoopModel("ahead", WINDOW, inference, forecast)})
        world.step(4)
        world.disconnect(world.simulation.nodes[0])
        world.connect(world.simulation.nodes[0])
        for node in world.simulation.nodes[:1]:
            node.services[KPM_ID].clear()
        decided = len(world.decisions())
        world.step(1)
        assert len(world.decisions()) == decided, "one is still missing"
        for _ in range(ticks):
            assert len(world.decisions()) == decided
            world.step(1)
        assert len(world.decisions()) == decided + 1
        assert world.decisions()[-1]["cause"] == "", "the model answered, in time"


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="xApp 'modelled' needs the model 'ahead', which is not there"):
        World(Modelled())


def test_what_a_model_raises_is_told_by_its_own_name() -> None:
    def broken(_: kpm.Report) -> Forecast:
        raise ModelError("the device is lost")

    decided = loop_of(broken).give(load, report(1.0, 2.0))
    assert decided.answer.error == "ModelError: the device is lost"
