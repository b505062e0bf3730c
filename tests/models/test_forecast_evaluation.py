"""Forecasters are compared on what they could know, and scored by what the words mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rich.progress import Progress

from ricloop_models.evaluate.forecast_scores import marks, row, scale
from ricloop_models.evaluate.forecasters import BASELINES, DAY, LOOK, WEEK, ridge_recursive
from ricloop_models.evaluate.registry import evaluation
from ricloop_models.evaluate.rolling import Rolled, hourly, roll

FORECASTERS = {"ours": ridge_recursive, **BASELINES}


def weekly(entities: int, hours: int, seed: int, noise: float = 0.0) -> NDArray[np.float64]:
    """A week that repeats itself, and noise."""
    dice = np.random.default_rng(seed)
    week = dice.uniform(5, 50, (entities, WEEK))
    return np.abs(np.tile(week, (1, hours // WEEK + 1))[:, :hours] + noise * dice.normal(size=(entities, hours)))


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(sorted(FORECASTERS)), st.integers(0, 2**32 - 1))
def test_what_comes_after_an_origin_changes_neither_its_forecast_nor_its_bounds(name: str, seed: int) -> None:
    values = weekly(2, 640, seed, noise=3)
    origins = range(560, 620)
    said = hourly(values, FORECASTERS[name], origins, 6, range(600, 620), 40)
    other = values.copy()
    other[:, 610:] = np.random.default_rng(seed).uniform(0, 500, other[:, 610:].shape)
    changed = hourly(other, FORECASTERS[name], origins, 6, range(600, 620), 40)
    np.testing.assert_array_equal(said.points[:11], changed.points[:11])
    np.testing.assert_array_equal(said.bounds[:11], changed.bounds[:11])
    # What came, though, is another thing now, and later bounds know of it.
    assert not np.array_equal(said.actual[:11], changed.actual[:11])
    assert not np.array_equal(said.bounds[11:], changed.bounds[11:])


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(sorted(BASELINES)), st.integers(0, 2**32 - 1))
def test_another_entity_changes_no_baseline(name: str, seed: int) -> None:
    values = weekly(3, 700, seed, noise=3)
    alone, _ = roll(values[:1], BASELINES[name], range(690, 700), 24)
    together, _ = roll(values, BASELINES[name], range(690, 700), 24)
    if not name.startswith("ridge"):
        np.testing.assert_array_equal(alone[:, :, 0], together[:, :, 0])


@pytest.mark.parametrize("name", ["ours", "one week before", "mean of 4 weeks"])
def test_a_week_that_repeats_itself_is_forecast_without_error(name: str) -> None:
    values = weekly(3, 6 * WEEK, seed=1)
    points, actual = roll(values, FORECASTERS[name], range(5 * WEEK, 5 * WEEK + 2), WEEK)
    known = ~np.isnan(actual)
    assert np.abs(points - actual)[known].mean() < 0.05 * actual[known].mean()


def test_baselines_say_what_their_names_say_and_look_past_gaps() -> None:
    values = np.arange(5.0 * WEEK)[None]
    at = 5 * WEEK
    said = {name: roll(values, fit, range(at, at + 1), 30)[0][0, :, 0] for name, fit in BASELINES.items()}
    hours = at + np.arange(30)
    np.testing.assert_array_equal(said["last value"], np.full(30, at - 1))
    np.testing.assert_array_equal(said["one day before"], np.where(hours < at + DAY, hours - DAY, hours - 2 * DAY))
    np.testing.assert_array_equal(said["one week before"], hours - WEEK)
    np.testing.assert_array_equal(said["mean of 4 weeks"], hours - 2.5 * WEEK)
    np.testing.assert_array_equal(said["mean of 7 days"][:DAY], hours[:DAY] - 4 * DAY)
    values[0, [at - 1, at - WEEK]] = np.nan
    said = {name: roll(values, fit, range(at, at + 1), 1)[0][0, 0, 0] for name, fit in BASELINES.items()}
    assert (said["last value"], said["one week before"]) == (at - 2, at - 2 * WEEK)
    assert said["mean of 4 weeks"] == at - 3 * WEEK


def test_scores_are_what_their_names_say() -> None:
    actual = np.array([[[10.0], [20.0]], [[30.0], [np.nan]]])
    points = np.array([[[12.0], [20.0]], [[26.0], [1.0]]])
    bounds = np.stack([points - 3, points - 1, points + 1, points + 3], axis=2)
    rolled = Rolled(points, actual, bounds)
    found = marks(rolled, np.array([4.0]))
    assert found.mae == pytest.approx([2.0])
    assert found.mase == pytest.approx([0.5])
    assert found.coverage == pytest.approx([2 / 3]), "30 is over 29"
    # Errors -2, 0 and 4. Pinball by hand at .05 .25 .5 .75 .95, where the bounds are 3, 1, 0, 1, 3 away.
    by_level = [
        np.mean([0.05 * 1, 0.05 * 3, 0.05 * 7]),
        np.mean([0.75 * 1, 0.25 * 1, 0.25 * 5]),
        np.mean([1.0, 0.0, 2.0]),
        np.mean([0.25 * 3, 0.25 * 1, 0.75 * 3]),
        np.mean([0.05 * 5, 0.05 * 3, 0.95 * 1]),
    ]
    assert found.crps == pytest.approx([2 * np.mean(by_level)])
    mae, wape, mase, crps, coverage, worst, within, width = row(rolled, np.array([4.0]))
    assert (mae, mase, worst) == (2.0, 0.5, None)
    assert (wape, coverage, within, width) == pytest.approx((6 / 60, 2 / 3, 0.0, 6.0))
    assert crps == pytest.approx(found.crps[0])
    assert scale(np.arange(100.0)[None] ** 1) == pytest.approx([DAY])


def test_on_noise_that_keeps_its_size_the_interval_holds_ninety_percent() -> None:
    values = weekly(6, 1400, seed=2, noise=4)
    rolled = hourly(values, BASELINES["mean of 4 weeks"], range(LOOK, 1395), 3, range(1000, 1395), 250)
    assert row(rolled, scale(values[:, :1000]))[4] == pytest.approx(0.9, abs=0.015)


def test_the_public_sets_are_forecast_as_well_as_promised(sample_data: Callable[[str], Path]) -> None:
    """The marks that the README prints, without the baselines that take their time."""
    from ricloop_models import series

    milan = series.read(sample_data("milan_ferreira")).values
    said, came = roll(milan, ridge_recursive, range(1320, 1488), WEEK)
    assert np.abs(said[0] - came[0]).mean() <= 2.95
    assert np.abs(said[:, 0] - came[:, 0]).mean() <= 2.35
    lte = series.read(sample_data("lte_varunkurri")).values
    start = lte.shape[1] - 8 * WEEK
    days = range(start, lte.shape[1] - DAY + 1, DAY)
    day, came = roll(lte, ridge_recursive, days, DAY, refit=9 * WEEK)
    naive, _ = roll(lte, BASELINES["one week before"], days, DAY)
    unit = scale(lte[:, :start])
    ours, theirs = (np.mean(np.nanmean(np.abs(said - came), axis=(0, 1)) / unit) for said in (day, naive))
    assert ours <= 1.30
    assert ours <= 0.85 * theirs


def test_absent_data_is_named_and_left_out(tmp_path: Path) -> None:
    found = evaluation("traffic-forecast")(tmp_path, Progress(disable=True))
    assert found.tables == ()
    assert [Path(path).name for path in found.absent] == ["milan_ferreira", "lte_varunkurri"]
