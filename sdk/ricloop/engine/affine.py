"""Chains of affine operations become one product: y = x·W + b, whatever was written between x and y."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.engine.graph import Constants, Graph, Node

Wide: TypeAlias = NDArray[np.float64]
"""Folding is done in double precision, so that one product says what the chain said."""


@dataclass(frozen=True, eq=False)
class Affine:
    """x·weights + bias."""

    weights: Wide | None
    """[columns, outputs]; of one dimension: a diagonal; None: the identity."""
    bias: Wide | None

    def then(self, after: Affine) -> Affine:
        """First this one, then `after`."""
        bias = after.bias
        if self.bias is not None:
            through = after._apply(self.bias)
            bias = through if bias is None else through + bias
        one, two = self.weights, after.weights
        if one is None or two is None:
            return Affine(two if one is None else one, bias)
        if two.ndim == 1:
            return Affine(one * two, bias)
        return Affine(one[:, None] * two if one.ndim == 1 else one @ two, bias)

    def _apply(self, values: Wide) -> Wide:
        if self.weights is None:
            return values
        return values @ self.weights if self.weights.ndim == 2 else values * self.weights

    @property
    def work(self) -> int:
        """Multiplications of a row, and one more for another pass over the table."""
        return 1 if self.weights is None or self.weights.ndim == 1 else 1 + self.weights.size

    @property
    def single(self) -> bool:
        """True where one operation of ONNX does it."""
        return self.weights is None or self.weights.ndim == 2 or self.bias is None


def fold(graph: Graph) -> Graph:
    """The same answers with fewer operations, wherever one product is not more work than those that it replaces."""
    constants: dict[str, NDArray[Any]] = dict(graph.constants)
    uses = Counter(name for node in graph.nodes for name in node.inputs)
    uses[graph.output] += 1
    widths = {graph.input: graph.columns}
    """Columns of what is known to have them: a table of one column may be spread over many."""
    kept: dict[str, Node] = {}
    steps: dict[str, tuple[str, Affine]] = {}
    for node in graph.nodes:
        read = _affine(node, constants, widths)
        if read is not None:
            source, step = read
            widths[node.output] = _width(step, widths.get(source, 0))
            while source in steps and uses[source] == 1:
                first, earlier = steps[source]
                whole = earlier.then(step)
                if not whole.single or whole.work > earlier.work + step.work:
                    break
                del kept[source]
                source, step = first, whole
                node = _written(node.output, source, step, constants)
            steps[node.output] = source, step
        elif node.op in _SAME_WIDTH and node.inputs[0] in widths:
            widths[node.output] = widths[node.inputs[0]]
        kept[node.output] = node
    used = {name for node in kept.values() for name in node.inputs}
    left = {name: value for name, value in constants.items() if name in used}
    return replace(graph, nodes=tuple(kept.values()), constants=left)


_SAME_WIDTH = ("Relu", "Clip", "Sqrt", "LayerNormalization", "Sigmoid", "Tanh")


def _width(step: Affine, before: int) -> int:
    return before if step.weights is None or step.weights.ndim == 1 else step.weights.shape[1]


def _affine(node: Node, constants: Constants, widths: dict[str, int]) -> tuple[str, Affine] | None:
    """What a node does to its one input that is no constant, where that is affine."""
    if node.op in ("Gemm", "MatMul"):
        source, *rest = node.inputs
        plain = not node.integer("transA", 0) and node.real("alpha", 1.0) == 1.0 == node.real("beta", 1.0)
        if not plain or source in constants or not set(rest) <= set(constants):
            return None
        weights = constants[rest[0]].astype(np.float64)
        bias = constants[rest[1]].astype(np.float64).reshape(-1) if len(rest) == 2 else None
        return source, Affine(weights.T if node.integer("transB", 0) else weights, bias)
    if node.op not in ("Add", "Sub", "Mul", "Div") or len(node.inputs) != 2:
        return None
    one, two = node.inputs
    if one in constants and node.op in ("Add", "Mul"):
        one, two = two, one
    if one in constants or two not in constants:
        return None
    row = constants[two].astype(np.float64).reshape(-1)
    if widths.get(one) != row.size or constants[two].shape[-1] != row.size:
        return None
    if node.op in ("Add", "Sub"):
        return one, Affine(None, row if node.op == "Add" else -row)
    return one, Affine(row if node.op == "Mul" else 1 / row, None)


def _written(output: str, source: str, step: Affine, constants: dict[str, NDArray[Any]]) -> Node:
    """The one operation that does it."""
    inputs = [source]
    for part, value in (("weights", step.weights), ("bias", step.bias)):
        if value is not None:
            name = f"{output}.{part}"
            constants[name] = value.astype(np.float32)
            inputs.append(name)
    if step.weights is None:
        return Node("Add", tuple(inputs), output)
    if step.weights.ndim == 1:
        return Node("Mul", tuple(inputs), output)
    return Node("MatMul" if step.bias is None else "Gemm", tuple(inputs), output)
