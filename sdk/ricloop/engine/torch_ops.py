"""ONNX operations by PyTorch: for the reference engine, for CUDA graphs and, as they can be derived, for training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ricloop.core.model import ModelError
from ricloop.engine.graph import Graph, Node


def _gemm(node: Node, a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
    weights = b.T if node.integer("transB", 0) else b
    return a @ weights if c is None else torch.addmm(c, a, weights)


def _slice(node: Node, a: Tensor, starts: Tensor, ends: Tensor, axes: Tensor) -> Tensor:
    return a[:, int(starts[0]) : int(ends[0])]


def _layer_norm(node: Node, a: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    return functional.layer_norm(a, scale.shape, scale, bias, node.real("epsilon", 1e-5))


OPERATIONS: Mapping[str, Callable[..., Tensor]] = {
    "Add": lambda node, a, b: a + b,
    "Cast": lambda node, a: a.float(),
    "Clip": lambda node, a, low, high: torch.clamp(a, low, high),
    "Concat": lambda node, *parts: torch.cat(parts, dim=1),
    "Div": lambda node, a, b: a / b,
    "Gemm": _gemm,
    "IsNaN": lambda node, a: torch.isnan(a),
    "LayerNormalization": _layer_norm,
    "MatMul": _gemm,
    "Max": lambda node, a, b: torch.maximum(a, b),
    "Min": lambda node, a, b: torch.minimum(a, b),
    "Mul": lambda node, a, b: a * b,
    "ReduceSum": lambda node, a, axes: a.sum(1, keepdim=True),
    "Relu": lambda node, a: torch.relu(a),
    "Sigmoid": lambda node, a: torch.sigmoid(a),
    "Slice": _slice,
    "Sqrt": lambda node, a: torch.sqrt(a),
    "Sub": lambda node, a, b: a - b,
    "Tanh": lambda node, a: torch.tanh(a),
    "Where": lambda node, condition, a, b: torch.where(condition, a, b),
}


def tensors(graph: Graph, device: Any = "cpu") -> dict[str, Tensor]:
    """The constants as tensors. Whole numbers stay on the CPU: they are bounds of slices, not data."""
    return {
        name: torch.tensor(value).to("cpu" if value.dtype.kind == "i" else device)
        for name, value in graph.constants.items()
    }


def forward(graph: Graph, constants: Mapping[str, Tensor], table: Tensor) -> Tensor:
    """The answers to a table, shape [rows, outputs]. Raises ModelError for an operation that is not known."""
    values = {**constants, graph.input: table}
    for node in graph.nodes:
        if node.op not in OPERATIONS:
            raise ModelError(f"operation {node.op} ({node.output}) is not known to the torch engines")
        values[node.output] = OPERATIONS[node.op](node, *(values[name] for name in node.inputs))
    return values[graph.output]
