"""Every engine gives the same answers, in buffers that it made once."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ricloop.core.model import BUCKETS, ModelError
from ricloop.engine import ENGINES, make, onnx
from ricloop.engine.affine import fold
from ricloop.engine.buffers import ALIGNMENT
from ricloop.engine.choose import error_of, verify
from ricloop.engine.graph import Graph, Node
from tests.engine.networks import COLUMNS, WIDTH, drawn, everything, made, plain

NEEDS_TORCH = pytest.mark.skipif(find_spec("torch") is None, reason="torch is not installed: pip install 'ricloop[ml]'")


def gpu_missing() -> str:
    if find_spec("torch") is None:
        return "torch is not installed: pip install 'ricloop[ml]'"
    import torch

    return "" if torch.cuda.is_available() else "torch finds no GPU"


NEEDS_GPU = [pytest.mark.gpu, pytest.mark.skipif(bool(gpu_missing()), reason=gpu_missing() or "there is one")]
EVERY = [
    pytest.param(name, marks={"torch": [NEEDS_TORCH], "torch-cudagraph": NEEDS_GPU}.get(name, [])) for name in ENGINES
]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("bucket", "rows"), [(1, 1), (32, 32), (32, 7), (256, 200), (1024, 1023), (4096, 4096)])
def test_every_engine_gives_the_answers_that_were_written_down(name: str, bucket: int, rows: int) -> None:
    network = made()
    engine = make(name, network, (bucket,))
    table = drawn(rows, seed=rows)
    engine.input(bucket)[:rows] = table
    expected = plain(table, network.graph)
    assert error_of(engine.run(bucket, rows), expected, expected) < 1e-5
    engine.close()


@pytest.mark.parametrize("name", EVERY)
def test_rows_beyond_those_asked_for_change_nothing(name: str) -> None:
    engine = make(name, made(), (32,))
    engine.input(32)[:] = 0
    engine.input(32)[:9] = drawn(9)
    before = engine.run(32, 9).copy()
    for other in (np.nan, np.inf, -1e30):
        engine.input(32)[9:] = other
        np.testing.assert_array_equal(engine.run(32, 9), before)


@pytest.mark.parametrize("name", EVERY)
def test_buffers_are_aligned_and_the_same_each_time(name: str) -> None:
    engine = make(name, made(), BUCKETS)
    assert tuple(engine.buckets) == BUCKETS
    for bucket in BUCKETS:
        table = engine.input(bucket)
        assert table.shape == (bucket, COLUMNS)
        assert table.dtype == np.float32
        assert table.flags.c_contiguous
        assert table.ctypes.data % ALIGNMENT == 0
        first, second = engine.run(bucket, bucket), engine.run(bucket, bucket)
        assert engine.input(bucket) is table
        assert first.ctypes.data == second.ctypes.data


@pytest.mark.parametrize("name", EVERY)
def test_a_run_allocates_nothing_of_a_batch_s_size(name: str) -> None:
    engine = make(name, made(), (4096,))
    engine.input(4096)[:] = drawn(4096)
    engine.run(4096, 4096)
    tracemalloc.start()
    for _ in range(3):
        engine.run(4096, 4096)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4096 * WIDTH * 4, "less than the smallest table in between; numpy works in chunks of 8192 values"


@pytest.mark.parametrize("name", EVERY)
def test_a_bucket_that_is_not_there_is_named_with_those_that_are(name: str) -> None:
    engine = make(name, made(), (1, 32))
    with pytest.raises(ModelError, match="no bucket of 7 rows; it has 1, 32"):
        engine.input(7)
    engine.close()
    engine.close()
    with pytest.raises(ModelError, match="closed"):
        engine.run(1, 1)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    "damage",
    [
        lambda octets: b"",
        lambda octets: octets[: len(octets) // 2],
        lambda octets: b"\xff" * 64,
        lambda octets: octets[:40] + bytes(200) + octets[240:],
    ],
)
def test_a_corrupt_file_is_a_model_error(name: str, damage: Callable[[bytes], bytes]) -> None:
    network = made()
    network.__dict__["onnx"] = damage(network.onnx)
    with pytest.raises(ModelError, match="everything"):
        make(name, network, (1,))


@pytest.mark.parametrize("name", ["numpy", pytest.param("torch", marks=NEEDS_TORCH)])
def test_an_operation_that_is_not_known_is_named(name: str) -> None:
    network = made()
    graph = network.graph
    network = replace(network, graph=replace(graph, nodes=(*graph.nodes[:-1], Node("Erf", ("h8",), graph.output))))
    with pytest.raises(ModelError, match="operation Erf"):
        make(name, network, (1,))


def test_an_engine_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="Did you mean 'onnxruntime'"):
        make("onnxruntim", made())
    with pytest.raises(ModelError, match="from 1, not"):
        make("numpy", made(), (0, 32))


def test_wrong_answers_are_found() -> None:
    network = made()
    asked, said = network.golden
    with pytest.raises(ModelError, match="engine numpy is off by"):
        verify(make("numpy", network), replace(network, golden=(asked, said * np.float32(1.001))))


def affine_chain() -> Graph:
    dice = np.random.default_rng(3)
    constants = {
        "shift": dice.normal(size=COLUMNS).astype(np.float32),
        "scale": dice.normal(size=COLUMNS).astype(np.float32),
        "w1": dice.normal(size=(COLUMNS, 20)).astype(np.float32),
        "b1": dice.normal(size=20).astype(np.float32),
        "w2": dice.normal(size=(20, 5)).astype(np.float32),
        "last": dice.normal(size=5).astype(np.float32),
    }
    nodes = (
        Node("Sub", ("table", "shift"), "a"),
        Node("Mul", ("a", "scale"), "b"),
        Node("Gemm", ("b", "w1", "b1"), "c"),
        Node("MatMul", ("c", "w2"), "d"),
        Node("Add", ("last", "d"), "said"),
    )
    return Graph("chain", "table", COLUMNS, "said", 5, nodes, constants)


def test_a_chain_of_affine_operations_is_one_product() -> None:
    graph = affine_chain()
    folded = fold(graph)
    assert [node.op for node in folded.nodes] == ["Gemm"]
    table = drawn(32, missing=0).astype(float)
    wide = {name: value.astype(float) for name, value in graph.constants.items()}
    expected = ((table - wide["shift"]) * wide["scale"] @ wide["w1"] + wide["b1"]) @ wide["w2"] + wide["last"]
    node = folded.nodes[0]
    said = table @ folded.constants[node.inputs[1]] + folded.constants[node.inputs[2]]
    np.testing.assert_allclose(said, expected, rtol=1e-5, atol=1e-5)


def test_what_is_used_twice_or_is_not_affine_is_not_folded() -> None:
    graph = affine_chain()
    twice = Node("Gemm", ("b", "w1", "b1"), "other")
    kept = fold(replace(graph, nodes=(*graph.nodes[:3], twice, *graph.nodes[3:])))
    assert [node.op for node in kept.nodes] == ["Sub", "Mul", "Gemm", "Gemm"]
    bent = tuple(replace(node, op="Relu", inputs=("c",)) if node.output == "d" else node for node in graph.nodes)
    assert [node.op for node in fold(replace(graph, nodes=bent)).nodes][:2] == ["Gemm", "Relu"]


def test_a_narrow_middle_stays_narrow() -> None:
    """Two thin products are less work than the one wide one."""
    dice = np.random.default_rng(0)
    thin = {"w1": dice.normal(size=(64, 2)).astype(np.float32), "w2": dice.normal(size=(2, 64)).astype(np.float32)}
    nodes = (Node("MatMul", ("x", "w1"), "h"), Node("MatMul", ("h", "w2"), "y"))
    assert len(fold(Graph("thin", "x", 64, "y", 64, nodes, thin)).nodes) == 2


def test_a_file_is_read_as_it_was_written() -> None:
    graph = everything()
    octets = onnx.write(graph)
    again = onnx.read(octets)
    assert (again.name, again.input, again.columns, again.output, again.outputs) == (
        graph.name,
        graph.input,
        graph.columns,
        graph.output,
        graph.outputs,
    )
    assert [(n.op, n.inputs, n.output) for n in again.nodes] == [(n.op, n.inputs, n.output) for n in graph.nodes]
    assert onnx.write(again) == octets


@pytest.mark.parametrize("seed", range(40))
def test_damaged_files_give_answers_or_model_errors_and_nothing_else(seed: int) -> None:
    dice = np.random.default_rng(seed)
    octets = bytearray(made().onnx)
    for place in dice.integers(0, len(octets), 8):
        octets[place] = dice.integers(256)
    network = made()
    network.__dict__["onnx"] = bytes(octets)
    with suppress(ModelError):
        assert make("numpy", network, (4,)).run(4, 4).shape == (4, 3)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in Linux's /proc")
def test_the_default_engine_starts_no_thread() -> None:
    program = (
        "import os, onnxruntime\n"
        "from ricloop.engine import make\n"
        "from tests.engine.networks import made\n"
        "threads = lambda: len(os.listdir('/proc/self/task'))\n"
        "before = threads()\n"
        "make('onnxruntime', made(), (1, 4096)).run(4096, 4096)\n"
        "assert threads() == before\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_importing_the_engines_and_running_the_default_one_imports_no_torch() -> None:
    program = (
        "import sys, ricloop.engine\n"
        "assert not {'torch', 'onnxruntime'} & set(sys.modules), 'imported too early'\n"
        "from tests.engine.networks import made\n"
        "from ricloop.core.time import ManualClock\n"
        "ricloop.engine.choose(made(), buckets=(1,), clock=ManualClock())\n"
        "assert 'onnxruntime' in sys.modules and 'torch' not in sys.modules, 'torch was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
