"""ONNX operations by numpy. Each is laid out once over fixed buffers, and then runs without making anything.

`OPERATIONS[op](node, *inputs)` gives the buffer of the output and the work that fills it; None where the output is a
view of the input. Semantics: the ONNX operator specification, opset 17.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.engine.buffers import aligned
from ricloop.engine.graph import Node

Array: TypeAlias = NDArray[Any]
Laid: TypeAlias = tuple[Array, Callable[[], Any] | None]


def _unary(work: np.ufunc, dtype: type[np.generic] = np.float32) -> Callable[..., Laid]:
    def lay(node: Node, a: Array) -> Laid:
        out = aligned(a.shape, dtype)
        return out, lambda: work(a, out=out)

    return lay


def _binary(work: np.ufunc) -> Callable[..., Laid]:
    def lay(node: Node, a: Array, b: Array) -> Laid:
        out = aligned(np.broadcast_shapes(a.shape, b.shape))
        return out, lambda: work(a, b, out=out)

    return lay


def _relu(node: Node, a: Array) -> Laid:
    out, zero = aligned(a.shape), np.float32(0)
    return out, lambda: np.maximum(a, zero, out=out)


def _clip(node: Node, a: Array, low: Array, high: Array) -> Laid:
    out = aligned(a.shape)
    return out, lambda: np.clip(a, low, high, out=out)


def _cast(node: Node, a: Array) -> Laid:
    if node.integer("to", 0) != 1:
        raise ValueError("only to float")
    out = aligned(a.shape)
    return out, lambda: np.copyto(out, a)


def _where(node: Node, condition: Array, a: Array, b: Array) -> Laid:
    out = aligned(np.broadcast_shapes(condition.shape, a.shape, b.shape))

    def work() -> None:
        np.copyto(out, b)
        np.copyto(out, a, where=condition)

    return out, work


def _slice(node: Node, a: Array, starts: Array, ends: Array, axes: Array) -> Laid:
    if axes.tolist() != [1]:
        raise ValueError("only of columns")
    return a[:, int(starts[0]) : int(ends[0])], None


def _concat(node: Node, *parts: Array) -> Laid:
    if node.integer("axis", 0) != 1:
        raise ValueError("only of columns")
    out = aligned((parts[0].shape[0], sum(part.shape[1] for part in parts)))
    ends = np.cumsum([part.shape[1] for part in parts])
    places = [(out[:, end - part.shape[1] : end], part) for end, part in zip(ends, parts, strict=True)]

    def work() -> None:
        for place, part in places:
            np.copyto(place, part)

    return out, work


def _reduce_sum(node: Node, a: Array, axes: Array) -> Laid:
    if axes.tolist() != [1] or node.integer("keepdims", 1) != 1:
        raise ValueError("only over columns, with keepdims")
    out = aligned((a.shape[0], 1))
    return out, lambda: np.sum(a, axis=1, keepdims=True, out=out)


def _gemm(node: Node, a: Array, b: Array, c: Array | None = None) -> Laid:
    if node.integer("transA", 0) or node.real("alpha", 1.0) != 1.0 or node.real("beta", 1.0) != 1.0:
        raise ValueError("only with transA 0, alpha 1 and beta 1")
    weights = np.ascontiguousarray(b.T if node.integer("transB", 0) else b)
    if a.shape[1] != weights.shape[0]:
        raise ValueError(f"{a.shape[1]} columns times {weights.shape[0]} rows")
    out = aligned((a.shape[0], weights.shape[1]))

    def work() -> None:
        np.matmul(a, weights, out=out)
        if c is not None:
            np.add(out, c, out=out)

    return out, work


def _layer_norm(node: Node, a: Array, scale: Array, bias: Array) -> Laid:
    if node.integer("axis", -1) not in (-1, 1):
        raise ValueError("only over columns")
    out, square = aligned(a.shape), aligned(a.shape)
    mean, spread = aligned((a.shape[0], 1)), aligned((a.shape[0], 1))
    epsilon, columns = np.float32(node.real("epsilon", 1e-5)), np.float32(a.shape[1])

    def work() -> None:
        np.sum(a, axis=1, keepdims=True, out=mean)
        np.divide(mean, columns, out=mean)
        np.subtract(a, mean, out=out)
        np.multiply(out, out, out=square)
        np.sum(square, axis=1, keepdims=True, out=spread)
        np.divide(spread, columns, out=spread)
        np.add(spread, epsilon, out=spread)
        np.sqrt(spread, out=spread)
        np.divide(out, spread, out=out)
        np.multiply(out, scale, out=out)
        np.add(out, bias, out=out)

    return out, work


def _sigmoid(node: Node, a: Array) -> Laid:
    # By tanh, which neither overflows nor needs a branch: 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2.
    out, half = aligned(a.shape), np.float32(0.5)

    def work() -> None:
        np.multiply(a, half, out=out)
        np.tanh(out, out=out)
        np.multiply(out, half, out=out)
        np.add(out, half, out=out)

    return out, work


OPERATIONS: Mapping[str, Callable[..., Laid]] = {
    "Add": _binary(np.add),
    "Cast": _cast,
    "Clip": _clip,
    "Concat": _concat,
    "Div": _binary(np.divide),
    "Gemm": _gemm,
    "IsNaN": _unary(np.isnan, np.bool_),
    "LayerNormalization": _layer_norm,
    "MatMul": _gemm,
    "Max": _binary(np.maximum),
    "Min": _binary(np.minimum),
    "Mul": _binary(np.multiply),
    "ReduceSum": _reduce_sum,
    "Relu": _relu,
    "Sigmoid": _sigmoid,
    "Slice": _slice,
    "Sqrt": _unary(np.sqrt),
    "Sub": _binary(np.subtract),
    "Tanh": _unary(np.tanh),
    "Where": _where,
}
