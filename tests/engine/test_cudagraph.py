"""The buffers of `torch-cudagraph` on a device that is the CPU; a test with the marker `gpu` needs a real one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from ricloop.core.model import ModelError
from ricloop.engine.choose import error_of
from tests.engine.networks import drawn, made, plain

torch: Any = pytest.importorskip("torch", reason="torch is not installed: pip install 'ricloop[ml]'")

from ricloop.engine.torch_cudagraph import WARM_UPS, CudaGraphEngine  # noqa: E402


class Pretended:
    """A device that records what a GPU would be asked to do."""

    name = "cpu"

    def __init__(self) -> None:
        self.pinned_shapes: list[tuple[int, ...]] = []
        self.captured: list[int] = []
        self.broken = False

    def pinned(self, shape: Sequence[int]) -> Any:
        self.pinned_shapes.append(tuple(shape))
        return torch.zeros(*shape)

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        for _ in range(WARM_UPS):
            work()
        self.captured.append(0)
        number = len(self.captured) - 1

        def replay() -> None:
            if self.broken:
                raise RuntimeError("CUDA error: an illegal memory access was encountered")
            self.captured[number] += 1
            work()

        return replay


def test_a_graph_per_bucket_is_captured_once_and_replayed() -> None:
    device, network = Pretended(), made()
    engine = CudaGraphEngine(network, (1, 32), device)
    assert device.pinned_shapes == [(1, 12), (1, 3), (32, 12), (32, 3)]
    assert device.captured == [0, 0]
    for seed in range(3):
        table = drawn(20, seed)
        engine.input(32)[:20] = table
        expected = plain(table, network.graph)
        assert error_of(engine.run(32, 20), expected, expected) < 1e-5
    assert device.captured == [0, 3]
    assert engine.input(32) is engine.input(32)
    assert np.shares_memory(engine.run(32, 1), engine.run(32, 32))


def test_after_a_device_error_the_engine_is_not_used_again() -> None:
    device = Pretended()
    engine = CudaGraphEngine(made(), (1,), device)
    device.broken = True
    with pytest.raises(ModelError, match="illegal memory access"):
        engine.run(1, 1)
    device.broken = False
    with pytest.raises(ModelError, match="not used again"):
        engine.run(1, 1)
    with pytest.raises(ModelError, match="not used again"):
        engine.input(1)


def test_a_machine_without_a_gpu_says_so() -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ModelError, match="finds no GPU"):
        CudaGraphEngine(made(), (1,))
