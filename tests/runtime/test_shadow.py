"""A challenger in the shadow: the same inputs, time that is left over, and figures that a hand can follow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cells
from ricloop.core.model import ModelError, Table, Window
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.core.time import NS_PER_MS, Clock, ManualClock
from ricloop.e2sm import kpm
from ricloop.features import Windows
from ricloop.runtime.inference.predict import LoopModel, Version
from ricloop.runtime.models import follow
from ricloop.runtime.models.follow import Follow
from ricloop.runtime.models.shadow import Shadow
from tests.runtime.world import World

PRB, CONNECTED = kpm.Metric("RRU.PrbTotDl"), kpm.Metric("RRC.ConnMean")
load = kpm.every(ms(100), PRB, CONNECTED)
AHEAD = model("ahead", Forecast)
WINDOW = Window(("RRU.PrbTotDl",), length=2)
PERIOD = 100 * NS_PER_MS
CELLS = (1, 2)


class Plus:
    """Forecasts the newest value and so much more, for two periods ahead."""

    def __init__(self, more: float, window: Window = WINDOW, takes_ns: int = 1000) -> None:
        self.more, self.takes_ns, self.window = more, takes_ns, window
        self.table = np.zeros((64, window.columns), np.float32)
        self.asked = 0
        self.fails: Exception | None = None

    def input(self, rows: int) -> Table:
        return self.table

    def expected_ns(self, rows: int) -> int:
        return self.takes_ns

    def infer(self, rows: int) -> Table:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return np.nan_to_num(self.table[:rows, self.window.length - 1 : self.window.length]) + np.float32(self.more)

    def missed(self) -> None:
        """It does not learn."""


def forecast(answers: Table, cells: Cells) -> Forecast:
    values = np.repeat(answers[:, :, None], 2, axis=1)
    return Forecast(cells=cells, metric="RRU.PrbTotDl", quantiles=(0.5,), values=values)


def version(inference: Plus, name: str = "ahead@2.0.0+cafe") -> Version:
    return Version(name, inference.window, inference, forecast)


def champion(clock: Clock, more: float = 0.0) -> tuple[LoopModel, Follow]:
    made = LoopModel("ahead", WINDOW, Plus(more), forecast, version="ahead@1.0.0+beef")
    made.check(load)
    made.follower = Follow(made, clock, lambda model, record: None)
    return made, made.follower


def report(number: int, *prb: float, cells: tuple[int, ...] = CELLS) -> kpm.Report:
    return kpm.Report.of(cells, {PRB: prb, CONNECTED: [1.0] * len(cells)}, time=number * PERIOD)


def ask(made: LoopModel, given: kpm.Report) -> None:
    """As the loop does."""
    made.see(given)
    made.answered(given, made(given), 500)


def test_both_are_asked_about_the_same_and_held_against_what_came() -> None:
    made, followed = champion(ManualClock())
    followed.challenge(version(Plus(10.0)))
    for number, value in enumerate((20.0, 30.0, 40.0)):
        ask(made, report(number, value, value + 100))
    followed.spare(None)
    assert followed.shadow is not None
    found = followed.shadow.report()
    assert (found["champion"], found["challenger"]) == ("ahead@1.0.0+beef", "ahead@2.0.0+cafe")
    assert (found["decisions"], found["faults"], found["skipped"]) == (3, 0, 0)
    # Medians of two horizons: 20 120 30 130 40 140 against 10 more each: 12 · 10 / (2 · 480 + 2 · 480 + 120).
    assert found["disagreement"] == pytest.approx(120 / (960 + 960 + 120))
    # One ahead: 20 of 30, 30 of 40; two ahead: 20 of 40. The challenger is 0, 0 and 10 off.
    assert found["champion_error"] == pytest.approx((10 + 10 + 20) / 3)
    assert found["challenger_error"] == pytest.approx((0 + 0 + 10) / 3)
    assert [row["mae"] for row in found["horizons"]["challenger"]] == pytest.approx([0.0, 10.0])
    assert found["time_us"]["champion"] == {"p50": 0.5, "p99": 0.5}


def test_alarms_that_differ_are_counted_by_cell() -> None:
    def anomalies(limit: float) -> Any:
        def said(answers: Table, cells: Cells) -> Anomalies:
            scores = answers[:, 0]
            return Anomalies(cells=cells, scores=scores, threshold=limit, metrics=("RRU.PrbTotDl",), residuals=answers)

        return said

    made = LoopModel("odd", WINDOW, Plus(0.0), anomalies(50.0), version="odd@1.0.0+1")
    made.check(load)
    made.follower = followed = Follow(made, ManualClock(), lambda model, record: None)
    followed.challenge(Version("odd@2.0.0+2", WINDOW, Plus(0.0), anomalies(30.0)))
    ask(made, report(0, 20.0, 60.0))
    ask(made, report(1, 40.0, 60.0))
    followed.spare(None)
    assert followed.shadow is not None
    found = followed.shadow.report()
    assert found["disagreement"] == 0.25
    assert found["alarms"] == {"champion": 2, "challenger": 3}
    assert found["champion_error"] is None


def test_without_time_it_is_not_asked_and_its_windows_are_kept_all_the_same() -> None:
    clock = ManualClock()
    made, followed = champion(clock)
    slow = Plus(0.0, takes_ns=5 * NS_PER_MS)
    followed.challenge(version(slow))
    ask(made, report(0, 1.0, 2.0))
    followed.spare(clock.now() + 4 * NS_PER_MS)
    assert (slow.asked, followed.waiting) == (0, False)
    ask(made, report(1, 3.0, 4.0))
    followed.spare(clock.now() + 6 * NS_PER_MS)
    assert slow.asked == 1
    assert slow.table[:2].tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert followed.shadow is not None
    assert followed.shadow.report()["skip_reasons"] == {"no time": 1}


def test_nothing_is_begun_when_the_next_report_is_expected() -> None:
    clock = ManualClock()
    made, followed = champion(clock)
    ask(made, report(0, 1.0, 2.0))
    assert followed.expected_at(clock.now()) == PERIOD
    clock.advance(ms(30))
    ask(made, report(0, 1.0, cells=(3,)))
    assert followed.expected_at(clock.now()) == PERIOD, "the first sender is the next one"
    followed.spare(clock.now())
    assert followed.waiting, "the time was over before it began"
    clock.advance(ms(500))
    assert followed.expected_at(clock.now()) is None, "both are gone"


def test_a_challenger_that_fails_is_counted_and_disturbs_nobody() -> None:
    made, followed = champion(ManualClock())
    broken = Plus(0.0)
    followed.challenge(version(broken))
    for number, fails in enumerate((ModelError("no"), ValueError("what"), None)):
        broken.fails = fails
        broken.more = np.nan if fails is None else 0.0
        ask(made, report(number, 1.0, 2.0))
        followed.spare(None)
    assert followed.shadow is not None
    assert followed.shadow.report()["fault_kinds"] == {"failed": 2, "not finite": 1}
    assert followed.shadow.compared == 0


def test_one_that_looks_at_more_is_not_asked_before_its_windows_are_filled() -> None:
    made, followed = champion(ManualClock())
    wide = Plus(0.0, Window(("RRC.ConnMean", "RRU.PrbTotDl"), length=3))
    followed.challenge(version(wide))
    for number in range(4):
        ask(made, report(number, 10.0 * number, 5.0))
    followed.spare(None)
    assert followed.shadow is not None
    assert followed.shadow.skipped == {"filling": 2}
    assert wide.table[0].tolist() == [1.0, 1.0, 1.0, 10.0, 20.0, 30.0]


def test_one_that_comes_later_begins_with_the_champions_windows() -> None:
    made, followed = champion(ManualClock())
    ask(made, report(0, 7.0, 8.0))
    late = Plus(0.0)
    followed.challenge(version(late))
    ask(made, report(1, 9.0, 10.0))
    followed.spare(None)
    assert late.table[:2].tolist() == [[7.0, 9.0], [8.0, 10.0]]


def test_what_nobody_has_time_for_is_bounded_and_counted_and_its_windows_begin_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(follow, "MOST", 10)
    made, followed = champion(ManualClock())
    late = Plus(0.0)
    followed.challenge(version(late))
    for number in range(7):
        ask(made, report(number, float(number), 0.0))
    assert len(followed._line) == 3, "all that there was is given up at once"
    assert followed.dropped == 11
    followed.spare(None)
    assert late.table[0].tolist() == [5.0, 6.0], "no hole in its windows"
    assert followed.shadow is not None
    assert followed.shadow.skipped == {"overflow": 1}


def test_windows_that_are_copied_go_their_own_way() -> None:
    windows, cells = Windows(WINDOW, cells=1), np.array(CELLS, np.uint64)
    windows.put(cells, np.array([[1.0, 2.0]], np.float32))
    copied, table = windows.copy(), np.zeros((2, 2), np.float32)
    windows.put(cells, np.array([[3.0, 4.0]], np.float32))
    copied.put(np.array([9, 1], np.uint64), np.array([[5.0, 6.0]], np.float32))
    copied.fill(cells, 0, table)
    assert table[0].tolist() == [1.0, 6.0]
    assert not copied.filled(cells)
    assert windows.filled()


def test_in_a_ric_the_challenger_decides_nothing_and_is_told_about() -> None:
    class Forecasting(XApp):
        @on(load, model=AHEAD)
        def decide(self, given: kpm.Report, ahead: Forecast) -> Decision:
            return Decision.none(f"{float(ahead.at(1)[0] - given[PRB][0]):.0f}")

    made = LoopModel("ahead", WINDOW, Plus(1.0), forecast, version="ahead@1.0.0+beef")
    world = World(Forecasting(), models={AHEAD: made})
    with pytest.raises(ConfigError, match=r"--shadow ahaed: no model of that name is at work here. Did you mean"):
        world.ric.lifecycle.challenge("ahaed", lambda one: version(Plus(2.0)))
    world.ric.lifecycle.challenge("ahead", lambda one: version(Plus(2.0)))
    world.step(20)
    (row,) = world.ric.summary()["lifecycle"]["models"]
    answered = [d for d in world.decisions() if d["model"]]
    assert len(answered) >= 5
    assert {d["reason"] for d in answered} == {"1"}
    assert row["shadow"]["decisions"] == len(answered)
    assert row["shadow"]["champion_error"] > 0
    assert row["error"][0]["count"] > 0
    assert row["time_us"] == {"p50": 0.0, "p99": 0.0}, "by a clock that stands still"
    assert isinstance(world.ric.lifecycle.at_work[0].follow.shadow, Shadow)
