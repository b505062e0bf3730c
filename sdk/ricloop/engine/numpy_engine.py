"""`numpy`: no runtime but what ricloop needs anyway. Chains of affine operations are folded into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ricloop.core.errors import nearest
from ricloop.core.model import BUCKETS, ModelError, Network, Table
from ricloop.engine import onnx
from ricloop.engine.affine import fold
from ricloop.engine.buffers import aligned
from ricloop.engine.graph import Graph
from ricloop.engine.numpy_ops import OPERATIONS, Array


class NumpyEngine:
    """Every operation of a bucket laid out over its own buffers when the engine is made.

    One thread where OPENBLAS_NUM_THREADS=1 was there before numpy was imported, as the command `ricloop` sees to.
    """

    name = "numpy"

    def __init__(self, network: Network, buckets: Sequence[int] = BUCKETS) -> None:
        """Raises ModelError naming an operation that it does not know."""
        graph = fold(onnx.read(network.onnx, network.name))
        self.buckets: tuple[int, ...] = tuple(sorted(buckets))
        self._model = network.name
        self._plans: dict[int, _Plan] = {bucket: _Plan(graph, bucket, network.name) for bucket in self.buckets}

    def input(self, bucket: int) -> Table:
        return self._plan(bucket).input

    def run(self, bucket: int, rows: int) -> Table:
        plan = self._plan(bucket)
        # NaN and infinities in rows that nobody asked for are nobody's mistake.
        with np.errstate(all="ignore"):
            for work in plan.works:
                work()
        return plan.output[:rows]

    def close(self) -> None:
        self._plans.clear()

    def _plan(self, bucket: int) -> _Plan:
        if bucket not in self._plans:
            has = ", ".join(map(str, self._plans)) or "none: it was closed"
            raise ModelError(f"model {self._model}: the engine has no bucket of {bucket} rows; it has {has}")
        return self._plans[bucket]


class _Plan:
    def __init__(self, graph: Graph, rows: int, model: str) -> None:
        self.input: Table = aligned((rows, graph.columns))
        self.works: list[Callable[[], Any]] = []
        values: dict[str, Array] = {**graph.constants, graph.input: self.input}
        for node in graph.nodes:
            where = f"model {model}: operation {node.op} ({node.output})"
            if node.op not in OPERATIONS:
                raise ModelError(
                    f"{where} is not known to the numpy engine.{nearest(node.op, OPERATIONS)} "
                    "Name another engine, as onnxruntime"
                )
            try:
                inputs = [values[name] for name in node.inputs]
                values[node.output], work = OPERATIONS[node.op](node, *inputs)
            except KeyError as error:
                raise ModelError(f"{where} needs {error}, which nothing before it makes") from error
            except (ValueError, TypeError, IndexError) as error:
                raise ModelError(f"{where} as it stands cannot be run by the numpy engine: {error}") from error
            if work is not None:
                self.works.append(work)
        output = values.get(graph.output)
        if output is None or output.shape != (rows, graph.outputs) or output.dtype != np.float32:
            found = "nothing" if output is None else f"{output.dtype} of shape {list(output.shape)}"
            raise ModelError(f"model {model}: its output should be float32 of shape {[rows, graph.outputs]}: {found}")
        self.output: Table = output
