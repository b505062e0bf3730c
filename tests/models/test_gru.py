"""The recurrent network takes the steps that PyTorch's own cell takes, and every engine says the same of a window."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.engine import onnx
from ricloop.engine.numpy_engine import NumpyEngine
from ricloop.engine.onnxruntime_engine import OnnxRuntimeEngine
from ricloop_models.network import Writer
from ricloop_models.traffic_forecast_gru import HIDDEN, HORIZONS, LENGTH, QUANTILES, SEGMENT, _step, network
from tests.engine.networks import Made


def test_a_step_is_that_of_torch_s_cell() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'ricloop[ml]'")
    w = Writer("step", SEGMENT + HIDDEN, seed=3)
    read, kept = w.weights(SEGMENT, 3 * HIDDEN, "read"), w.weights(HIDDEN, 3 * HIDDEN, "kept")
    segment, state = w.columns(w.input, 0, SEGMENT), w.columns(w.input, SEGMENT, SEGMENT + HIDDEN)
    graph = w.finish(_step(w, segment, state, read, kept), HIDDEN).graph
    asked = np.random.default_rng(4).normal(size=(8, SEGMENT + HIDDEN)).astype(np.float32)

    cell = torch.nn.GRUCell(SEGMENT, HIDDEN)
    with torch.no_grad():
        cell.weight_ih[:] = torch.from_numpy(graph.constants["read_w"].T.copy())
        cell.weight_hh[:] = torch.from_numpy(graph.constants["kept_w"].T.copy())
        cell.bias_ih.zero_()
        cell.bias_hh.zero_()
        expected = cell(torch.from_numpy(asked[:, :SEGMENT]), torch.from_numpy(asked[:, SEGMENT:])).numpy()
    engine = NumpyEngine(Made(graph, (asked, expected)), (8,))
    engine.input(8)[:] = asked
    np.testing.assert_allclose(engine.run(8, 8), expected, atol=2e-6)


def test_engines_agree_and_quantiles_ascend_whatever_the_weights() -> None:
    graph = network(seed=5).graph
    dice = np.random.default_rng(6)
    asked = dice.uniform(0, 100, (32, LENGTH)).astype(np.float32)
    asked[dice.random(asked.shape) < 0.3] = np.nan
    asked[0], asked[1] = np.nan, 40
    made = Made(graph, (asked, np.zeros((32, graph.outputs), np.float32)))
    said = []
    for engine in (NumpyEngine(made, (32,)), OnnxRuntimeEngine(made, (32,))):
        engine.input(32)[:] = asked
        said.append(engine.run(32, 32).copy())
    np.testing.assert_allclose(said[0], said[1], rtol=1e-4, atol=1e-3)
    cube = said[0].reshape(32, len(QUANTILES), HORIZONS)
    assert (np.diff(cube, axis=1) >= 0).all()
    assert ((cube >= 0) & (cube <= 100)).all()
    assert (cube[0] == cube[0, :1]).all() or np.abs(cube[0]).max() < 1, "nothing known: about nothing"
    assert onnx.read(onnx.write(graph)).columns == LENGTH
