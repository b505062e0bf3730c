"""The ridge is what least squares is, its iteration what iterating is, and its network says the same."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop.engine import onnx
from ricloop.engine.affine import fold
from ricloop.engine.numpy_engine import NumpyEngine
from ricloop_models import ridge
from ricloop_models.traffic_forecast import network
from tests.engine.networks import Made

LENGTH, HORIZONS = 12, 5


def tables(seed: int, rows: int = 200) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    dice = np.random.default_rng(seed)
    both = dice.uniform(0, 80, (rows, LENGTH + HORIZONS))
    both[dice.random(both.shape) < 0.05] = np.nan
    return both[:, :LENGTH], both[:, LENGTH:]


def by_lstsq(windows: NDArray[np.float64], wanted: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    """The same by rows that ask each weight to be 0, as strongly as the penalty says."""
    columns = windows.shape[1] + 1
    rows = np.vstack([np.hstack([windows, np.ones((len(windows), 1))]), np.sqrt(penalty) * np.eye(columns)])
    return np.linalg.lstsq(rows, np.vstack([wanted, np.zeros((columns, wanted.shape[1]))]), rcond=None)[0]


@pytest.mark.parametrize("penalty", [0.1, 30.0])
def test_the_closed_form_is_least_squares(penalty: float) -> None:
    windows, targets = tables(1)
    roots = np.sqrt(windows)
    mean = np.nanmean(roots, axis=1, keepdims=True)
    wanted = np.sqrt(targets) - mean
    whole = ~np.isnan(wanted).any(1)
    expected = by_lstsq(np.nan_to_num(roots - mean)[whole], wanted[whole], penalty)
    found = ridge.fit(windows, targets, penalty)
    np.testing.assert_allclose(np.vstack([found.weights, found.bias]), expected, atol=1e-10)


def test_one_step_taken_again_and_again_is_one_product() -> None:
    windows, _ = tables(2)
    following = np.random.default_rng(3).uniform(0, 80, len(windows))
    lags = (1, 2, 7)
    found = ridge.fit_recursive(windows, following, lags, HORIZONS, penalty=2.0)
    one = ridge.fit_recursive(windows, following, lags, 1, penalty=2.0)
    roots = np.sqrt(windows)
    mean = np.nanmean(roots, axis=1, keepdims=True)
    seen = np.nan_to_num(roots - mean)
    for horizon in range(HORIZONS):
        # The window moves on over what was said; its mean stays that of what was seen.
        said = seen[:, -LENGTH:] @ one.weights + one.bias
        np.testing.assert_allclose(found.roots(windows)[:, horizon], (said + mean)[:, 0])
        seen = np.hstack([seen, said])


def test_what_repeats_itself_is_found_out() -> None:
    series = np.tile(np.random.default_rng(4).uniform(5, 50, (2, 6)), (1, 20))
    windows, targets = ridge.cut(series, LENGTH, HORIZONS)
    found = ridge.fit(windows, targets, 1e-6)
    np.testing.assert_allclose(found.points(windows), targets, rtol=1e-3)


def test_lags_outside_the_window_are_refused() -> None:
    windows, targets = tables(5)
    with pytest.raises(ConfigError, match=r"lags are 1 to the window's 12, not \[1, 13\]"):
        ridge.fit_recursive(windows, targets[:, 0], (1, 13), HORIZONS, 1.0)


def test_the_network_says_what_the_ridge_says_folded_or_not() -> None:
    windows, targets = tables(6)
    found = ridge.fit(windows, targets, 10.0)
    offsets = np.array([[-0.5] * HORIZONS, [0.0] * HORIZONS, [0.25] * HORIZONS])
    graph = network(found, offsets, most=60.0).graph
    asked = windows.astype(np.float32)
    roots = found.roots(windows)[:, None, :] + offsets
    expected = np.minimum(np.square(np.maximum(roots, 0)), 60).reshape(len(windows), -1)
    engine = NumpyEngine(Made(graph, (asked, expected.astype(np.float32))), (256,))
    engine.input(256)[: len(asked)] = asked
    np.testing.assert_allclose(engine.run(256, len(asked)), expected, rtol=2e-5, atol=2e-5)
    products = [node.op for node in fold(onnx.read(onnx.write(graph))).nodes if node.op in ("Gemm", "MatMul")]
    assert len(products) <= 2


def test_an_offset_less_quantile_chain_folds_into_one_product() -> None:
    """Where copying points to quantiles costs no less than weighing the window for each."""
    windows, targets = tables(7)
    found = ridge.fit(windows[:, -2:], targets, 1.0)
    graph = network(found, np.zeros((1, HORIZONS)), most=1e9).graph
    assert [node.op for node in fold(graph).nodes].count("Gemm") == 1
