"""Drift: alarms where there is one, none where there is none, and an end to it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cells
from ricloop.core.model import Table, Window
from ricloop.core.predictions import Forecast
from ricloop.core.time import Deadline, ManualClock
from ricloop.e2sm import kpm
from ricloop.runtime.inference.predict import LoopModel
from ricloop.runtime.models.detectors import NAMES, PageHinkley, detector
from ricloop.runtime.models.drift import Change, Drift, stability
from ricloop.runtime.models.reference import DAYS
from ricloop.runtime.models.signals import Signals
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from tests.runtime.world import AuditList

river = pytest.mark.skipif(find_spec("river") is None, reason='river is not installed: pip install "ricloop[ml]"')


def correlated(rng: np.random.Generator, count: int, signals: int, rho: float) -> np.ndarray[Any, Any]:
    """A stationary autoregressive series of mean 0 and variance 1, shape [count, signals]."""
    noise = rng.normal(size=(count, signals))
    found = noise.copy()
    for at in range(1, count):
        found[at] = rho * found[at - 1] + np.sqrt(1 - rho**2) * noise[at]
    return found


def told(
    drift: Drift, values: np.ndarray[Any, Any], name: str = "score", day: Callable[[int], float] = lambda _: 0.0
) -> list[tuple[int, Change]]:
    return [
        (at, change)
        for at, row in enumerate(values)
        for change in drift.take(
            {"time": float(at), "day": day(at), "signals": {f"{name}{n}": float(v) for n, v in enumerate(row)}}
        )
    ]


@pytest.mark.parametrize(("rho", "most"), [(0.0, 0), (0.5, 0), (0.8, 4)])
def test_stationary_signals_raise_no_alarm_or_as_few_as_stated(rho: float, most: int) -> None:
    """20 signals over 2,000 records: `detectors.FIRES` states one in 18,000 values at an autocorrelation of 0.8."""
    series = 5 + 2 * correlated(np.random.default_rng(3), 2000, 20, rho)
    began = [change for _, change in told(Drift("x.y", "m"), series) if change.state == "drifting"]
    assert len(began) <= most


def test_an_injected_drift_is_told_and_clears_when_it_is_over() -> None:
    series = 5 + 2 * correlated(np.random.default_rng(4), 600, 6, 0.5)
    series[300:400] *= 3.0
    found = told(Drift("x.y", "m"), series)
    for signal in (f"score{n}" for n in range(6)):
        (began, first), (ended, last) = [(at, change) for at, change in found if change.signal == signal]
        assert (first.state, last.state, last.why) == ("drifting", "ok", "back")
        assert 300 <= began < 320
        assert 400 <= ended < 480
        assert first.reference == pytest.approx(5.0, abs=1.0)


def test_a_level_that_stays_becomes_the_new_reference() -> None:
    series = np.random.default_rng(5).normal(0, 1, (1400, 1))
    series[200:] += 6.0
    found = told(Drift("x.y", "m"), series)
    assert [(change.state, change.why) for _, change in found] == [("drifting", "page-hinkley"), ("ok", "re-based")]
    assert told(Drift("x.y", "m"), series[200:]) == [], "it is normal for who knows nothing else"


def test_the_time_of_day_is_no_drift_and_is_not_judged_before_it_was_seen() -> None:
    rng, length = np.random.default_rng(6), 240
    days = np.concatenate([50 - 40 * np.cos(2 * np.pi * np.arange(length) / length) for _ in range(5)])
    series = (days + rng.normal(0, 1, len(days)))[:, None]
    day = lambda at: at % length / length  # noqa: E731
    drift = Drift("x.y", "m")
    assert told(drift, series, "input:", day) == []
    assert set(drift.states().values()) == {"ok"}
    young = Drift("x.y", "m")
    assert told(young, series[: DAYS * length], "input:", day) == []
    shifted = series.copy()
    # At noon of the fourth day half of what is usual: nothing that a whole day does not show, but not at noon.
    shifted[3 * length + 100 : 3 * length + 140] *= 0.5
    (began, first), (ended, last) = told(Drift("x.y", "m"), shifted, "input:", day)
    assert (first.state, last.state) == ("drifting", "ok")
    assert 3 * length + 100 <= began < 3 * length + 120
    assert ended >= 3 * length + 140
    # The same signal held against its beginning calls every noon a drift: that is what the day's reference is for.
    assert told(Drift("x.y", "m"), series, "score", day)


def test_a_distribution_that_changes_around_the_same_mean_is_told() -> None:
    rng = np.random.default_rng(7)
    series = np.concatenate([rng.normal(0, 1, 1000), rng.choice([-1.0, 1.0], 600) + rng.normal(0, 0.05, 600)])[:, None]
    found = told(Drift("x.y", "m"), series)
    assert [(change.state, change.why) for _, change in found][:1] == [("drifting", "distribution")]
    assert found[0][0] >= 1000


def test_values_that_are_not_known_are_not_judged() -> None:
    series = np.random.default_rng(8).normal(0, 1, (400, 2))
    series[200:, 1] = np.nan
    drift = Drift("x.y", "m")
    for row in series:
        values = {"score": float(row[0]), "error": None if np.isnan(row[1]) else float(row[1])}
        assert drift.take({"time": 0.0, "day": 0.0, "signals": values}) == []
    assert drift.states() == {"score": "ok", "error": "ok"}


def test_page_hinkley_adds_up_what_is_beyond_the_allowance() -> None:
    found = PageHinkley(2, allowed=1.0, fires=5.0)
    # 3, 3, 3: 2 + 2 + 2 = 6 is more than 5; downwards -4, -4: 3 + 3.
    fired = [found.update(np.array(row)).tolist() for row in ([3.0, -4.0], [3.0, -4.0], [3.0, 0.0], [3.0, 0.0])]
    assert fired == [[False, False], [False, True], [True, False], [False, False]]


def test_stability_is_none_of_the_same_and_known_for_two_bins() -> None:
    before, now = np.array([[49.5, 49.5]]), np.array([[79.5, 19.5]])
    p, q = 0.5, 80 / 100
    expected = (q - p) * np.log(q / p) + ((1 - q) - (1 - p)) * np.log((1 - q) / (1 - p))
    assert stability(before, now) == pytest.approx([expected])
    assert stability(now, now) == pytest.approx([0.0])


@river
@pytest.mark.parametrize("name", ["river-adwin", "river-page-hinkley"])
def test_rivers_detectors_tell_the_same_drift(name: str) -> None:
    series = 5 + 2 * correlated(np.random.default_rng(9), 500, 2, 0.3)
    series[250:350] += 10.0
    found = told(Drift("x.y", "m", detector(name)), series)
    assert [(c.state, c.why) for _, c in found if c.signal == "score0"] == [("drifting", name), ("ok", "back")]
    assert all(250 <= at < 300 for at, change in found if change.state == "drifting")


def test_a_detector_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"no drift detector 'adwin'. Did you mean 'river-adwin'"):
        detector("adwin")
    monkeypatch.setitem(sys.modules, "river", None)
    with pytest.raises(ConfigError, match=r'needs river: pip install "ricloop\[ml\]", or use page-hinkley'):
        detector("river-kswin")
    assert detector("auto") is PageHinkley
    assert "page-hinkley" in NAMES


load = kpm.every(ms(100), PRB := kpm.Metric("RRU.PrbTotDl"))
AHEAD = model("ahead", Forecast)
WINDOW = Window(("RRU.PrbTotDl",), length=1)


class Same:
    """Forecasts what it sees."""

    def __init__(self) -> None:
        self.table = np.zeros((64, 1), np.float32)

    def input(self, rows: int) -> Table:
        return self.table

    def expected_ns(self, rows: int) -> int:
        return 0

    def infer(self, rows: int) -> Table:
        return np.nan_to_num(self.table[:rows])

    def missed(self) -> None:
        """It does not learn."""


class Forecasting(XApp):
    @on(load, model=AHEAD)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        return Decision.none()


def test_in_a_ric_scaled_inputs_are_told_and_cleared_and_kept_for_the_end() -> None:
    """A day of 20 s; on the fourth, a node counts in other units for 3 s."""

    def forecast(answers: Table, cells: Cells) -> Forecast:
        return Forecast(cells=cells, metric="RRU.PrbTotDl", quantiles=(0.5,), values=answers[:, :, None])

    day, cells, dice = 20_000_000_000, np.arange(1, 6), np.random.default_rng(2)
    made = LoopModel("ahead", WINDOW, Same(), forecast, day_ns=day, version="ahead@1.0.0+1")
    audit, clock = AuditList(), ManualClock()
    ric = NearRtRic([Forecasting()], clock=clock, audit=audit, models={AHEAD: made})
    (decider,) = ric.runners[0].deciders.values()
    for number in range(900):
        clock.advance(ms(100))
        usual = 50 - 40 * np.cos(2 * np.pi * clock.now() / day) + dice.normal(0, 2, len(cells))
        wrong = 700 <= number < 730
        report = kpm.Report.of(cells.tolist(), {PRB: usual * (0.1 if wrong else 1.0)}, time=clock.now())
        decider.see(report)
        decider.answer(report, (), Deadline(clock.now(), 10_000_000))
        ric.lifecycle.spare()
        if number in (729, 899):
            text = exposition(snapshot(ric)).decode()
            gauge = 'ricloop_drift{handler="forecasting.decide",model="ahead@1.0.0+1",signal="input:RRU.PrbTotDl"}'
            assert f"{gauge} {float(wrong)}" in text
    told = [change for change in ric.summary()["lifecycle"]["drifts"] if change["signal"] == "input:RRU.PrbTotDl"]
    assert [change["state"] for change in told] == ["drifting", "ok"]
    assert 70.0 <= told[0]["time"] < 72.0
    assert 73.0 <= told[1]["time"] < 76.0
    kept = [record for record in audit.records if record["kind"] == "drift"]
    assert [record["state"] for record in kept if record["signal"] == told[0]["signal"]] == ["drifting", "ok"]
    others = {change["signal"] for change in ric.lifecycle.drifts} - {"input:RRU.PrbTotDl"}
    assert others <= {"spread:RRU.PrbTotDl", "error"}, "the jumps are errors, and smaller numbers differ by less"
    assert not any(ric.lifecycle.drifting.values())


def test_a_report_that_comes_after_those_of_other_nodes_does_not_turn_time_back() -> None:
    """Else the same time of the day would come again and again, and be taken for that of several days."""
    period = 100_000_000
    signals = Signals(("RRU.PrbTotDl",), period, 200 * period)
    times = []
    for at in (0, 0, 1, 0, 1, 2, 1, 2, 3):
        if signals.due(at * period):
            times.append(signals.record(at * period, None)["time"])
        signals.seen(np.full((1, 4), float(at), np.float32))
    assert times == [0.0, 0.1, 0.2]
