"""`torch-cudagraph`: one captured CUDA graph per bucket. Copy in, kernels and copy out are one launch.

Addresses and shapes never change: pinned memory that the caller writes to and reads from, tables on the device, a side
stream. A CUDA error may leave the device in any state, so the engine is quarantined by the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from ricloop.core.model import BUCKETS, ModelError, Network, Table
from ricloop.engine import onnx, torch_ops

WARM_UPS = 3
"""Runs before the capture: libraries choose their kernels and make their workspaces in the first ones."""


class Device(Protocol):
    """What the engine asks of a GPU. Errors are RuntimeErrors."""

    name: Any
    """As torch names it: `cuda`."""

    def pinned(self, shape: Sequence[int]) -> Tensor:
        """Zeros in memory of the host that the device copies from and to by itself."""

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        """Run `work` `WARM_UPS` times, then record it; what is returned runs it again and waits until it is done."""


class Cuda:
    """The first GPU."""

    name = "cuda"

    def __init__(self) -> None:
        """Raises ModelError where there is none."""
        if not torch.cuda.is_available():
            built = f"built for CUDA {torch.version.cuda}" if torch.version.cuda else "built without CUDA"
            raise ModelError(f"engine torch-cudagraph: torch {torch.__version__} ({built}) finds no GPU")
        self._stream: Any = torch.cuda.Stream()

    def pinned(self, shape: Sequence[int]) -> Tensor:
        return torch.zeros(*shape, pin_memory=True)

    def capture(self, work: Callable[[], None]) -> Callable[[], None]:
        stream, graph, done = self._stream, torch.cuda.CUDAGraph(), torch.cuda.Event()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UPS):
                work()
        stream.synchronize()
        with torch.cuda.graph(graph, stream=stream):
            work()

        def replay() -> None:
            with torch.cuda.stream(stream):
                graph.replay()
                done.record(stream)
            done.synchronize()

        return replay


@dataclass(frozen=True, slots=True, eq=False)
class _Bucket:
    asked: Tensor
    """Pinned, as is `said`."""
    said: Tensor
    table: Table
    """The numpy view of `asked`."""
    answer: Table
    replay: Callable[[], None]


class CudaGraphEngine:
    """Static buffers and a graph per bucket; a replay is one launch, whatever the number of operations."""

    name = "torch-cudagraph"

    def __init__(self, network: Network, buckets: Sequence[int] = BUCKETS, device: Device | None = None) -> None:
        """Raises ModelError where there is no GPU, or it fails."""
        self._graph = onnx.read(network.onnx, network.name)
        self._failure = ""
        try:
            self._device = device or Cuda()
            self._constants = torch_ops.tensors(self._graph, self._device.name)
            self._buckets = {bucket: self._prepare(bucket) for bucket in sorted(buckets)}
        except RuntimeError as error:
            raise ModelError(f"model {network.name}: the GPU failed while it was made ready: {error}") from error
        self.buckets: tuple[int, ...] = tuple(self._buckets)

    def _prepare(self, bucket: int) -> _Bucket:
        asked = self._device.pinned((bucket, self._graph.columns))
        said = self._device.pinned((bucket, self._graph.outputs))
        inside = torch.zeros(asked.shape, device=self._device.name)

        def work() -> None:
            with torch.inference_mode():
                inside.copy_(asked, non_blocking=True)
                said.copy_(torch_ops.forward(self._graph, self._constants, inside), non_blocking=True)

        return _Bucket(asked, said, asked.numpy(), said.numpy(), self._device.capture(work))

    def input(self, bucket: int) -> Table:
        return self._of(bucket).table

    def run(self, bucket: int, rows: int) -> Table:
        found = self._of(bucket)
        try:
            found.replay()
        except RuntimeError as error:
            self._failure = str(error)
            self._of(bucket)
        return found.answer[:rows]

    def close(self) -> None:
        self._buckets.clear()

    def _of(self, bucket: int) -> _Bucket:
        if self._failure:
            raise ModelError(
                f"model {self._graph.name}: the GPU failed and is not used again: {self._failure}. "
                "Run on another engine, and start this process anew to use the GPU again"
            )
        if bucket not in self._buckets:
            has = ", ".join(map(str, self._buckets)) or "none: it was closed"
            raise ModelError(f"model {self._graph.name}: the engine has no bucket of {bucket} rows; it has {has}")
        return self._buckets[bucket]
