"""`torch`: the reference that the other engines' answers and times are compared with. One thread, no gradients."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from ricloop.core.model import BUCKETS, ModelError, Network, Table
from ricloop.engine import onnx, torch_ops
from ricloop.engine.buffers import aligned


class TorchEngine:
    """Eager operations on buffers shared with numpy. What lies between is made anew in torch's allocator each time."""

    name = "torch"

    def __init__(self, network: Network, buckets: Sequence[int] = BUCKETS) -> None:
        """Raises ModelError naming an operation that it does not know."""
        torch.set_num_threads(1)
        self._graph = onnx.read(network.onnx, network.name)
        self._constants = torch_ops.tensors(self._graph)
        self.buckets: tuple[int, ...] = tuple(sorted(buckets))
        self._tables: dict[int, tuple[Table, Table, Tensor, Tensor]] = {}
        for bucket in self.buckets:
            table, answer = aligned((bucket, self._graph.columns)), aligned((bucket, self._graph.outputs))
            self._tables[bucket] = table, answer, torch.from_numpy(table), torch.from_numpy(answer)
            self.run(bucket, bucket)

    def input(self, bucket: int) -> Table:
        return self._of(bucket)[0]

    def run(self, bucket: int, rows: int) -> Table:
        _, answer, asked, said = self._of(bucket)
        try:
            with torch.inference_mode():
                said.copy_(torch_ops.forward(self._graph, self._constants, asked))
        except (RuntimeError, KeyError, IndexError, TypeError) as error:
            raise ModelError(f"model {self._graph.name}: torch failed: {error}") from error
        return answer[:rows]

    def close(self) -> None:
        self._tables.clear()

    def _of(self, bucket: int) -> tuple[Table, Table, Tensor, Tensor]:
        if bucket not in self._tables:
            has = ", ".join(map(str, self._tables)) or "none: it was closed"
            raise ModelError(f"model {self._graph.name}: the engine has no bucket of {bucket} rows; it has {has}")
        return self._tables[bucket]
