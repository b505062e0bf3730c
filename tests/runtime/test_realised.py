"""Errors of forecasts, told when the truth comes: against a list of forecasts that is looked through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.predictions import Forecast
from ricloop.runtime.models.metrics import lifecycle_metrics
from ricloop.runtime.models.realised import Realised

PERIOD = 100_000_000


def said(cells: list[int], middle: float, horizons: int = 4) -> Forecast:
    values = np.full((len(cells), horizons, 3), middle, np.float32) + np.array([-10, 0, 10], np.float32)
    values += np.arange(horizons, dtype=np.float32)[None, :, None]
    return Forecast(cells=np.array(cells, np.uint64), metric="m", quantiles=(0.1, 0.5, 0.9), values=values)


def test_a_forecast_is_held_against_what_came_as_many_periods_later() -> None:
    realised = Realised(4, PERIOD)
    assert realised.horizons.tolist() == [1, 2, 4]
    realised.forecast(0, said([1, 2], 50.0))
    # One period later 50 was forecast, two later 51, four later 53.
    for period, came in ((1, [52.0, 45.0]), (2, [51.0, np.nan]), (4, [70.0, 53.0])):
        realised.truth(period * PERIOD, np.array([1, 2], np.uint64), np.array(came, np.float32))
    one, two, four = realised.by_horizon()
    assert one == {"horizon": 1, "count": 2, "mae": 3.5, "misses": 0.0}
    assert two == {"horizon": 2, "count": 1, "mae": 0.0, "misses": 0.0}
    assert four == {"horizon": 4, "count": 2, "mae": 8.5, "misses": 0.5}
    assert realised.error == pytest.approx((7 + 0 + 17) / 5)
    assert realised.lately() == pytest.approx((7 / 40, 0.0))
    assert np.isnan(realised.lately()).all(), "nothing came since"


def test_prometheus_is_told_the_error_of_each_horizon_apart() -> None:
    realised = Realised(4, PERIOD)
    realised.forecast(0, said([1], 50.0))
    for period in (1, 2, 4):
        realised.truth(period * PERIOD, np.array([1], np.uint64), np.array([52.0], np.float32))
    model = {"xapp": "ahead", "handler": "decide", "not_looked_at": 0, "shadow": None, "error": realised.by_horizon()}
    told = {"versions": {}, "drifting": [], "models": [model], "energy": None}
    (error,) = [metric for metric in lifecycle_metrics(told) if metric.name == "ricloop_model_error"]
    assert {sample.labels["horizon"]: sample.value for sample in error.samples} == {"1": 2.0, "2": 1.0, "4": 1.0}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(1, 5), min_size=1), st.floats(0, 100)), max_size=40))
def test_cells_come_and_go_and_periods_are_left_out(story: list[tuple[int, set[int], float]]) -> None:
    """Any story of gaps and changing cells: the sums are those of a plain search through all forecasts."""
    realised, kept, period = Realised(4, PERIOD), {}, 0
    plain = {1: [0, 0.0], 2: [0, 0.0], 4: [0, 0.0]}
    for gap, some, came in story:
        period += 1 + gap
        cells = sorted(some)
        realised.truth(period * PERIOD, np.array(cells, np.uint64), np.full(len(cells), came, np.float32))
        for horizon, sums in plain.items():
            for cell in cells:
                if (period - horizon, cell) in kept:
                    sums[0] += 1
                    sums[1] += abs(np.float32(came) - (kept[period - horizon, cell] + horizon - 1))
        realised.forecast(period * PERIOD, said(cells, round(came)))
        kept |= {(period, cell): round(came) for cell in cells}
    for row in realised.by_horizon():
        count, off = plain[row["horizon"]]
        assert row["count"] == count
        if count:
            assert row["mae"] == pytest.approx(off / count, abs=1e-4)


def test_clocks_of_nodes_may_be_off_by_less_than_half_a_period() -> None:
    realised, cell = Realised(1, PERIOD), np.array([7], np.uint64)
    realised.forecast(1_000 * PERIOD + 3_000_000, said([7], 5.0, horizons=1))
    realised.truth(1_001 * PERIOD - 4_000_000, cell, np.array([6.0], np.float32))
    assert realised.error == 1.0
