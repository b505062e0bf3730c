"""Bounds hold what they promise, whatever the errors do; and they are those of a trajectory computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop_models.conformal import Conformal


def run(conformal: Conformal, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """[steps, horizons, quantiles, entities]: the bounds of forecasts that always say 0, by the step they are due at;
    a value is seen, then the next forecast is made."""
    horizons, quantiles, entities = conformal.levels.shape
    due = np.full((len(values) + horizons, horizons, quantiles, entities), np.nan)
    for step, row in enumerate(values.astype(np.float32)):
        conformal.observe(step, row)
        bounds = conformal.issue(step, np.zeros((horizons, entities), np.float32))
        for horizon in range(horizons):
            due[step + 1 + horizon, horizon] = bounds[horizon]
    return due[: len(values)]


def test_a_trajectory_by_hand() -> None:
    """Errors 0, 1, 2, … are known; the level of the 0.5 quantile moves by 0.1 · 0.5 with each value."""
    conformal = Conformal(1, 1, [0.5], gamma=0.1, memory=4, least=2)
    said = run(conformal, np.array([[0.0], [1.0], [2.0], [0.5], [0.5], [9.0]]))[:, 0, 0, 0]
    # Of step 0 nothing was forecast. After step 2 there are two errors, 1 and 2, and the level is 0.5.
    assert np.isnan(said[:3]).all()
    assert said[3] == pytest.approx(1.5)
    # 0.5 came out under 1.5: the level is 0.45; of 0.5, 1, 2 it is 0.9 of the way to 1.
    assert said[4] == pytest.approx(0.95)
    # Under again: 0.4; of 0.5, 0.5, 1, 2 it is at place 1.2.
    assert said[5] == pytest.approx(0.6)
    # 9 came out over: 0.45; the oldest of four, 1, has gone: of 0.5, 0.5, 2, 9 it is at place 1.35.
    assert conformal.levels[0, 0, 0] == pytest.approx(0.45)
    assert conformal.issue(5, np.zeros((1, 1), np.float32))[0, 0, 0] == pytest.approx(0.5 + 0.35 * 1.5)


def test_an_error_arrives_as_many_steps_later_as_was_looked_ahead() -> None:
    conformal = Conformal(1, 3, [0.5], memory=10, least=1)
    conformal.issue(0, np.array([[10.0], [20.0], [30.0]], np.float32))
    for step, error in ((1, -9.0), (2, -18.0), (3, -27.0)):
        errors, _ = conformal.observe(step, np.array([float(step)], np.float32))
        expected = np.full(3, np.nan)
        expected[step - 1] = error
        np.testing.assert_array_equal(errors[:, 0], expected)


def shifting(steps: int, entities: int, seed: int) -> NDArray[np.float64]:
    """Noise of each entity's own size that doubles, then drifts away: no two thirds are alike."""
    dice = np.random.default_rng(seed)
    third = steps // 3
    size = np.concatenate([np.ones(third), 2 * np.ones(third), 2 * np.ones(steps - 2 * third)])
    drift = np.concatenate([np.zeros(2 * third), np.linspace(0, 8, steps - 2 * third)])
    return dice.normal(size=(steps, entities)) * size[:, None] * np.arange(1, entities + 1) + drift[:, None]


@pytest.mark.parametrize("horizon", [1, 12])
def test_the_share_under_a_bound_tends_to_its_quantile_while_everything_shifts(horizon: int) -> None:
    values = shifting(3000, 4, seed=horizon)
    bounds = run(Conformal(4, horizon, [0.1, 0.5, 0.95], gamma=0.01, memory=300), values)[200:, horizon - 1]
    share = (values[200:, None] <= bounds).mean(0)
    # Gibbs and Candès (2021), proposition 4.1: no farther than (1 + gamma) / (gamma · steps); 0.036 here.
    np.testing.assert_allclose(share, np.repeat([[0.1], [0.5], [0.95]], 4, axis=1), atol=0.036)


def test_without_adaptation_the_same_shift_breaks_the_promise() -> None:
    values = shifting(3000, 4, seed=1)
    fixed = np.quantile(values[:200], 0.95, axis=0)
    assert (values[200:] <= fixed).mean() < 0.85


def test_missing_values_and_missing_steps_teach_nothing() -> None:
    conformal = Conformal(2, 2, [0.9], memory=10, least=1)
    for step in range(6):
        conformal.observe(step, np.array([step, np.nan], np.float32))
        conformal.issue(step, np.zeros((2, 2), np.float32))
    levels = conformal.levels.copy()
    assert (levels[:, :, 0] != levels[:, :, 1]).all()
    assert levels[:, :, 1] == pytest.approx(0.9)
    conformal.observe(40, np.array([3, 3], np.float32))
    np.testing.assert_array_equal(conformal.levels, levels)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 2**32 - 1))
def test_entities_do_not_know_of_each_other_in_whatever_groups_they_are_sorted(
    entities: int, sorts: int, seed: int
) -> None:
    dice = np.random.default_rng(seed)
    values = dice.normal(size=(40, entities)).astype(np.float32)
    together = Conformal(entities, 2, [0.2, 0.8], memory=15, least=3, sorts=sorts)
    bounds = run(together, values)
    groups = -(-entities // sorts)
    for entity in range(entities):
        alone = Conformal(1, 2, [0.2, 0.8], memory=15, least=3)
        expected = run(alone, values[:, entity : entity + 1])
        np.testing.assert_allclose(
            np.isnan(bounds[5 + groups :, :, :, entity]), np.isnan(expected[5 + groups :, :, :, 0])
        )
        if groups == 1:
            np.testing.assert_allclose(bounds[:, :, :, entity], expected[:, :, :, 0], rtol=1e-5, atol=1e-6)


def test_it_goes_on_from_its_state_and_with_more_entities_as_if_nothing_had_happened() -> None:
    values = shifting(120, 3, seed=4)
    whole, before, after, wider = (Conformal(3, 4, [0.05, 0.95], memory=30) for _ in range(4))
    expected = run(whole, values)
    run(before, values[:60])
    after.restore(before.state())
    run(wider, values[:60])
    more = wider.grown(5)
    for step in range(60, 120):
        row = values[step].astype(np.float32)
        after.observe(step, row)
        more.observe(step, np.append(row, [1, 2]).astype(np.float32))
        said = after.issue(step, np.zeros((4, 3), np.float32))
        also = more.issue(step, np.zeros((4, 5), np.float32))
        np.testing.assert_array_equal(said, also[:, :, :3])
        if step < 119:
            np.testing.assert_array_equal(said[0], expected[step + 1, 0])
    with pytest.raises(ConfigError, match="'levels' is"):
        Conformal(4, 4, [0.05, 0.95], memory=30).restore(before.state())


@pytest.mark.parametrize("options", [{"gamma": 0}, {"memory": 5, "least": 6}, {"horizons": 0}, {"entities": 0}])
def test_what_cannot_be_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="conformal bounds need"):
        Conformal(**{"entities": 1, "horizons": 1, "quantiles": [0.5], **options})  # type: ignore[arg-type]
