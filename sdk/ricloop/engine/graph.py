"""A network as a list of operations on tables: what an ONNX file says, of those that this package reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from numpy.typing import NDArray

Attribute: TypeAlias = int | float | str | tuple[int, ...]
Constants: TypeAlias = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of ONNX, with one output."""

    op: str
    """`Gemm`, `Relu` …"""
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def integer(self, name: str, default: int) -> int:
        """An attribute that is a whole number."""
        found = self.attributes.get(name, default)
        return found if isinstance(found, int) else default

    def real(self, name: str, default: float) -> float:
        """An attribute that is a number."""
        found = self.attributes.get(name, default)
        return float(found) if isinstance(found, int | float) else default


@dataclass(frozen=True, slots=True)
class Graph:
    """One input [rows, columns], one output [rows, outputs], both float32; every row is answered alone."""

    name: str
    input: str
    columns: int
    output: str
    outputs: int
    nodes: tuple[Node, ...]
    """In an order in which they can run."""
    constants: Constants
    """Weights, and what else does not depend on the input."""
