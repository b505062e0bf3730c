"""Small networks for tests, with every operation that the engines know."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.model import Table
from ricloop.engine import onnx
from ricloop.engine.graph import Graph, Node

COLUMNS, WIDTH = 12, 8

EVERY_NODE = (
    Node("Slice", ("table", "from2", "to", "columns"), "late"),
    Node("Slice", ("table", "from0", "from2", "columns"), "early"),
    Node("IsNaN", ("late",), "absent"),
    Node("Cast", ("absent",), "absent01", {"to": 1}),
    Node("ReduceSum", ("absent01", "columns"), "lost", {"keepdims": 1}),
    Node("Sub", ("few", "lost"), "some"),
    Node("Max", ("some", "one"), "count"),
    Node("Where", ("absent", "zero", "late"), "filled"),
    Node("ReduceSum", ("filled", "columns"), "sum", {"keepdims": 1}),
    Node("Div", ("sum", "count"), "mean"),
    Node("Sub", ("late", "mean"), "off"),
    Node("Where", ("absent", "zero", "off"), "centred"),
    Node("Mul", ("centred", "centred"), "square"),
    Node("ReduceSum", ("square", "columns"), "squares", {"keepdims": 1}),
    Node("Add", ("squares", "one"), "more"),
    Node("Sqrt", ("more",), "spread"),
    Node("Div", ("centred", "spread"), "normed"),
    Node("IsNaN", ("early",), "early_absent"),
    Node("Where", ("early_absent", "zero", "early"), "early_filled"),
    Node("Concat", ("normed", "early_filled"), "seen", {"axis": 1}),
    Node("Gemm", ("seen", "w1", "b1"), "h1"),
    Node("Relu", ("h1",), "h2"),
    Node("Gemm", ("h2", "w2", "b2"), "h3", {"transB": 1}),
    Node("Sigmoid", ("h3",), "gate"),
    Node("Tanh", ("h3",), "new"),
    Node("Mul", ("gate", "new"), "through"),
    Node("Add", ("h2", "through"), "h4"),
    Node("LayerNormalization", ("h4", "scale", "bias"), "h5", {"axis": -1, "epsilon": 1e-5}),
    Node("MatMul", ("h5", "w3"), "h6"),
    Node("Mul", ("h6", "row"), "h7"),
    Node("Min", ("h7", "spread"), "h8"),
    Node("Clip", ("h8", "low", "high"), "said"),
)
"""Every operation once or more: NaN are filled, rows normed, and columns go through a small network."""


@dataclass(frozen=True, eq=False)
class Made:
    """A network for engines; its golden answers are given by whoever makes it."""

    graph: Graph
    golden: tuple[Table, Table]
    tolerance: float = 1e-5

    @property
    def name(self) -> str:
        return self.graph.name

    @cached_property
    def onnx(self) -> bytes:
        return onnx.write(self.graph)


def drawn(rows: int, seed: int = 1, missing: float = 0.2) -> Table:
    """[rows, COLUMNS], a part of it NaN."""
    dice = np.random.default_rng(seed)
    table = dice.normal(3, 2, (rows, COLUMNS)).astype(np.float32)
    table[dice.random(table.shape) < missing] = np.nan
    return table


def everything(seed: int = 0) -> Graph:
    """The network of `EVERY_NODE`, with weights that are drawn."""
    dice = np.random.default_rng(seed)

    def weights(*shape: int) -> NDArray[np.float32]:
        return dice.normal(0, 1 / np.sqrt(shape[0]), shape).astype(np.float32)

    constants: dict[str, NDArray[Any]] = {
        "zero": np.float32([0]),
        "one": np.float32([1]),
        "few": np.float32([COLUMNS - 2]),
        "from0": np.array([0]),
        "from2": np.array([2]),
        "to": np.array([COLUMNS]),
        "columns": np.array([1]),
        "w1": weights(COLUMNS, WIDTH),
        "b1": weights(WIDTH),
        "w2": weights(WIDTH, WIDTH).T.copy(),
        "b2": weights(WIDTH),
        "scale": weights(WIDTH),
        "bias": weights(WIDTH),
        "w3": weights(WIDTH, 3),
        "low": np.float32(-4),
        "high": np.float32(40),
        "row": weights(3),
    }
    return Graph("everything", "table", COLUMNS, "said", 3, EVERY_NODE, constants)


def plain(table: Table, graph: Graph) -> Table:
    """What `everything` says of a table, written down a second time, in double precision."""
    constants = {name: value.astype(float) for name, value in graph.constants.items()}
    late, early = table[:, 2:].astype(float), np.nan_to_num(table[:, :2].astype(float))
    known = ~np.isnan(late)
    mean = np.where(known, late, 0).sum(1, keepdims=True) / np.maximum(known.sum(1, keepdims=True), 1)
    centred = np.where(known, late - mean, 0)
    spread = np.sqrt((centred**2).sum(1, keepdims=True) + 1)
    seen = np.hstack([centred / spread, early])
    h2 = np.maximum(seen @ constants["w1"] + constants["b1"], 0)
    h3 = h2 @ constants["w2"].T + constants["b2"]
    h4 = h2 + np.tanh(h3) / (1 + np.exp(-h3))
    away = h4 - h4.mean(1, keepdims=True)
    h5 = away / np.sqrt((away**2).mean(1, keepdims=True) + 1e-5) * constants["scale"] + constants["bias"]
    said = np.minimum(h5 @ constants["w3"] * constants["row"], spread)
    return np.clip(said, -4, 40).astype(np.float32)


def made() -> Made:
    """`everything`, with golden answers that no engine gave."""
    graph, asked = everything(), drawn(64)
    return Made(graph, (asked, plain(asked, graph)))
