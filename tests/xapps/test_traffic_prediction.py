"""The xApp that forecasts load: there always is a forecast, and its bounds hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from ricloop import ms
from ricloop.core.errors import ConfigError
from ricloop.core.predictions import Forecast
from ricloop.core.time import ns
from ricloop.e2sm import kpm
from ricloop.runtime.loop.decider import Source
from ricloop.testing import TestLoop
from ricloop_xapps.traffic_prediction.xapp import AHEAD, FORECAST, PRB, Options, TrafficPrediction, load

START, PERIOD = 1_767_225_600_000_000_000, ns(ms(100))
QUANTILES = (0.05, 0.5, 0.9, 0.95, 0.98)


def report(step: int, loads: dict[int, float]) -> kpm.Report:
    return kpm.Report.of(list(loads), {PRB: list(loads.values())}, time=START + step * PERIOD)


def said(loop: TestLoop[TrafficPrediction]) -> Forecast:
    """What the last decision published."""
    ((need, value),) = loop.decided[-1].answer.decision.shared
    assert need == FORECAST
    assert isinstance(value, Forecast)
    return value


def flat(value: float, spread: float = 10) -> Callable[..., Forecast]:
    """A model that says `value` of every cell and horizon, and how far around it quantiles lie."""
    offsets = np.array([-spread, 0, spread, spread, spread])

    def predict(report: kpm.Report) -> Forecast:
        values = np.broadcast_to(value + offsets, (len(report), 24, 5)).astype(np.float32)
        return Forecast(cells=report.cells, metric=str(PRB), quantiles=QUANTILES, values=values)

    return predict


def test_without_a_model_the_day_before_is_said_and_before_there_is_one_the_last_value() -> None:
    loop = TestLoop(TrafficPrediction(Options(day_s=3.0)))
    for step in range(30):
        decided = loop.give(load, report(step, {1: 50 + step, 2: 20.0}))
    assert decided.answer.source is Source.RULE
    forecast = said(loop)
    # A day is 30 periods: what comes h periods after step 29 was seen at step h - 1.
    assert forecast.at(1).tolist() == [50.0, 20.0]
    assert forecast.at(24).tolist() == [73.0, 20.0]
    assert (forecast.time, forecast.period_ns) == (START + 29 * PERIOD, PERIOD)
    young = TestLoop(TrafficPrediction(Options(day_s=3.0)))
    young.give(load, report(0, {1: 61.0}))
    assert (said(young).at(1)[0], said(young).at(24)[0]) == (61.0, 61.0)
    assert (said(young).at(1, 0.05)[0], said(young).at(1, 0.95)[0]) == (0.0, 100.0), "nothing is known of its errors"


def test_the_model_s_own_quantiles_stand_until_enough_errors_are_known() -> None:
    loop = TestLoop(TrafficPrediction(), models={AHEAD: flat(50, spread=10)})
    for step in range(19):
        loop.give(load, report(step, {1: 60.0}))
        assert (said(loop).at(1, 0.05)[0], said(loop).at(1)[0], said(loop).at(1, 0.98)[0]) == (40, 50, 60)
    for step in range(19, 60):
        loop.give(load, report(step, {1: 60.0}))
    # Every error was +10, and so is every quantile of them; the median stays below none of its bounds.
    assert said(loop).at(1, 0.95)[0] == pytest.approx(60.0, abs=1e-3)
    assert said(loop).quality is not None
    assert said(loop).quality.mae == pytest.approx(10.0, abs=1e-3)  # type: ignore[union-attr]
    assert "by the model" in loop.decided[-1].answer.decision.reason


def noisy_days(cells: int, steps: int, seed: int) -> NDArray[np.float32]:
    """[steps, cells]: a day of 40 periods, and noise that triples halfway."""
    dice = np.random.default_rng(seed)
    day = 50 + 20 * np.sin(2 * np.pi * np.arange(steps) / 40)[:, None]
    spread = np.where(np.arange(steps) < steps // 2, 2.0, 6.0)[:, None]
    return np.clip(day + spread * dice.normal(size=(steps, cells)), 0, 100).astype(np.float32)


def test_bounds_hold_what_they_promise_also_when_noise_grows() -> None:
    loop = TestLoop(TrafficPrediction(Options(day_s=4.0, memory=100)))
    values = noisy_days(6, 800, seed=3)
    inside = np.zeros((800, 2))
    published: dict[int, Forecast] = {}
    for step, row in enumerate(values):
        for at, horizon in enumerate((1, 20)):
            if (forecast := published.get(step - horizon)) is not None:
                low, high = forecast.at(horizon, 0.05), forecast.at(horizon, 0.95)
                inside[step, at] = ((row >= low) & (row <= high)).mean()
        loop.give(load, report(step, dict(enumerate(row.tolist(), 1))))
        published[step] = said(loop)
    assert inside[150:].mean(0) == pytest.approx([0.9, 0.9], abs=0.03)
    for half in (slice(150, 400), slice(550, 800)):
        assert inside[half].mean(0) == pytest.approx([0.9, 0.9], abs=0.05)
    quality = said(loop).quality
    assert quality is not None
    assert quality.coverage == pytest.approx(0.93, abs=0.05), "outer quantiles are .05 and .98"


def test_a_cell_that_is_late_keeps_its_forecast_moved_on_to_now() -> None:
    loop = TestLoop(TrafficPrediction(Options(day_s=3.0)))
    for step in range(30):
        loop.give(load, report(step, {1: 50 + step, 2: 20 + step}))
    before = said(loop)
    loop.give(load, report(31, {1: 30.0}))
    now = said(loop)
    assert now.cells.tolist() == [1, 2]
    # Two periods later, what was three ahead is one ahead; beyond the end its last value stays.
    assert now.at(1)[now.row_of(2)] == before.at(3)[before.row_of(2)]
    assert now.at(24)[now.row_of(2)] == before.at(24)[before.row_of(2)]
    loop.give(load, report(80, {1: 30.0}))
    assert said(loop).cells.tolist() == [1], "nothing is said of what was too long ago"


def test_more_cells_than_there_was_room_for_change_nothing_for_those_before() -> None:
    few, many = (TestLoop(TrafficPrediction(Options(day_s=1.0))) for _ in range(2))
    values = noisy_days(3, 120, seed=5)
    for step, row in enumerate(values):
        loads = dict(enumerate(row.tolist(), 1))
        few.give(load, report(step, loads))
        if step >= 60:
            loads |= dict.fromkeys(range(100, 200), 10.0)
        many.give(load, report(step, loads))
    one, other = said(few), said(many)
    assert len(other.cells) == 103
    assert np.array_equal(one.at(3), other.at(3)[:3])
    # Its bounds wait their turn among more cells, but are taken of the same errors.
    assert np.abs(one.at(3, 0.95) - other.at(3, 0.95)[:3]).max() < 5


def test_settings_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"0\.5 must be among"):
        TrafficPrediction(Options(quantiles=(0.1, 0.9)))
    loop = TestLoop(TrafficPrediction(Options(horizons=48)), models={AHEAD: flat(50)})
    decided = loop.give(load, report(0, {1: 60.0}))
    assert decided.answer.source is Source.RULE
    assert "looks 24 periods ahead" in decided.answer.error
