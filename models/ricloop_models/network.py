"""Networks written operation by operation. What is written is what is trained, exported and run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ricloop.engine.graph import Graph, Node


@dataclass(frozen=True, slots=True)
class Trainable:
    """A graph, and which of its constants are learned."""

    graph: Graph
    weights: tuple[str, ...]

    @property
    def parameters(self) -> int:
        return sum(self.graph.constants[name].size for name in self.weights)

    def trained(self, weights: dict[str, NDArray[np.float32]]) -> Graph:
        """The graph with these weights."""
        return replace(self.graph, constants={**self.graph.constants, **weights})


class Writer:
    """Every method adds an operation and returns the name of what it makes."""

    def __init__(self, name: str, columns: int, seed: int) -> None:
        self.input = "window"
        self._name, self._columns = name, columns
        self._dice = np.random.default_rng(seed)
        self._nodes: list[Node] = []
        self._constants: dict[str, NDArray[Any]] = {}
        self._weights: list[str] = []

    def op(self, op: str, *inputs: str, **attributes: int | float) -> str:
        """Any operation of ONNX that the engines know."""
        output = f"{op.lower()}_{len(self._nodes)}"
        self._nodes.append(Node(op, inputs, output, attributes))
        return output

    def constant(self, name: str, value: ArrayLike) -> str:
        """A number or a row that is not learned."""
        self._constants[name] = np.asarray(value, np.float32)
        return name

    def columns(self, x: str, start: int, end: int) -> str:
        """Columns `start` to `end` − 1."""
        names = []
        for bound in (start, end, 1):
            names.append(f"index_{bound}")
            self._constants[names[-1]] = np.array([bound], np.int64)
        return self.op("Slice", x, names[0], names[1], names[2])

    def total(self, x: str) -> str:
        """Sum over columns, shape [rows, 1]."""
        self._constants["index_1"] = np.array([1], np.int64)
        return self.op("ReduceSum", x, "index_1", keepdims=1)

    def dense(self, x: str, columns: int, outputs: int, name: str) -> str:
        """x·W + b, learned; drawn so that variances stay as they are through a ReLU (He)."""
        return self.op("Gemm", x, *self.weights(columns, outputs, name, gain=2))

    def weights(self, columns: int, outputs: int, name: str, gain: float = 1) -> tuple[str, str]:
        """W and b, learned, for a `Gemm` here and there: what a recurrent network does again and again. W is drawn
        with the variance `gain` / columns."""
        drawn = self._dice.normal(0, np.sqrt(gain / columns), (columns, outputs))
        return self._weight(f"{name}_w", drawn), self._weight(f"{name}_b", np.zeros(outputs))

    def affine(self, x: str, weights: ArrayLike, bias: ArrayLike, name: str) -> str:
        """x·weights + bias, both given: what was fitted in closed form."""
        return self.op("Gemm", x, self._weight(f"{name}_w", weights), self._weight(f"{name}_b", bias))

    def layer_norm(self, x: str, columns: int, name: str) -> str:
        """Each row to mean 0 and variance 1, then a learned scale and shift."""
        scale, shift = self._weight(f"{name}_scale", np.ones(columns)), self._weight(f"{name}_shift", np.zeros(columns))
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-5)

    def finish(self, output: str, outputs: int) -> Trainable:
        """The network."""
        graph = Graph(self._name, self.input, self._columns, output, outputs, tuple(self._nodes), self._constants)
        return Trainable(graph, tuple(self._weights))

    def _weight(self, name: str, value: ArrayLike) -> str:
        self._weights.append(name)
        return self.constant(name, value)
