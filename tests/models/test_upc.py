"""UPC's counters: no cell on both sides of a fold, grains found by their step alone, and what both say of real rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_models.detection import area_under_roc
from ricloop_models.evaluate import grain, logistic
from ricloop_models.evaluate.anomaly_upc import _classified, off_grain
from ricloop_models.evaluate.upc import FILE, folds, read


def test_every_cell_is_tested_once_and_never_by_a_fold_that_learned_of_it() -> None:
    cell = np.random.default_rng(1).integers(0, 17, 900)
    parts = folds(cell, 5)
    np.testing.assert_array_equal(np.sum(parts, axis=0), 1)
    for test in parts:
        assert not set(cell[test]) & set(cell[~test])


@pytest.mark.parametrize("step", [0.101, 0.0123])
def test_the_step_of_a_lattice_is_found_and_values_of_another_are_off_it(step: float) -> None:
    dice = np.random.default_rng(2)
    times = dice.integers(1, 200, 3000)
    foreign = dice.random(3000) < 0.25
    values = np.round(times * np.where(foreign, step * 0.985, step), 3)
    found = grain.grain(values, 0.001, seed=1)
    assert found.step == pytest.approx(step, rel=1e-4)
    assert found.strength > grain.CLEAR
    away = grain.off(values, found.step, 0.001)
    assert (away[~foreign] <= 1.2).all()
    assert area_under_roc(away, foreign) > 0.95


def test_values_without_a_grain_have_none() -> None:
    values = np.random.default_rng(3).lognormal(0, 1, 3000)
    assert grain.grain(values, 0.001, seed=1).strength < grain.CLEAR


def test_logistic_regression_comes_to_the_weights_that_made_the_labels() -> None:
    dice = np.random.default_rng(4)
    x = dice.normal(size=(20_000, 2))
    label = dice.random(20_000) < 1 / (1 + np.exp(-(2 * x[:, 0] - x[:, 1] + 0.5)))
    assert logistic.fit(x, label, ridge=0) == pytest.approx([2, -1, 0.5], abs=0.1)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_text("Time,Cell\n0:15,A\n")
    with pytest.raises(ConfigError, match="no column CellName"):
        read(tmp_path)


def test_unusual_rows_of_the_sample_are_off_the_grain_of_the_others(sample_data: Callable[[str], Path]) -> None:
    upc = read(sample_data("lte_anomaly_upc").parent)
    assert (len(upc.cells), len(upc.metrics)) == (17, 11)
    away = off_grain(upc)
    assert area_under_roc(away.sum(axis=1), upc.unusual) > 0.95
    f1, _, _ = _classified(logistic.margin(away, logistic.fit(away, upc.unusual)), upc)
    assert isinstance(f1, float)
    assert f1 > 0.9
