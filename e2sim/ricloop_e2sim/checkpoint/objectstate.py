"""The state of a graph of objects as plain data and blocks of memory; `objectfill` puts it back.

Everything that is reached from a root is one of two. Values (numbers, text, members of enumerations, slices, lists,
tuples, dicts, frozen dataclasses, arrays) are written down, and made anew. Places (objects of this simulator's own
classes, and generators) are written down as what they hold, and filled: they are those of a graph that was constructed
the same way, since others may know them. Functions stay those of that graph, too. What two hold together, they hold
together afterwards: arrays that are views of one memory are views of one memory again, with the same strides.

Anything else is refused on the way down, so nothing can be left out unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import FunctionType
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.typing import NDArray

OWN = ("ricloop.", "ricloop_e2sim.")
"""Modules whose classes are looked into; of all others nothing is known about what they hide."""
PLAIN = (type(None), bool, int, float, str)
NUMBERS = "biuf"
"""Kinds of arrays' elements."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What was found."""

    nodes: list[dict[str, Any]]
    """JSON-able; the first is of the root."""
    blocks: list[NDArray[Any]]
    """Memory of arrays, each once, one-dimensional, in the order of its addresses: shared with what was taken."""


def take(root: object) -> State:
    """Write down everything that is reached from `root`. Raises TypeError naming where something unknown is held."""
    found = _Taking()
    found.node(root, type(root).__name__)
    return State(found.nodes, found.blocks)


class _Taking:
    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []
        self.blocks: list[NDArray[Any]] = []
        self._number: dict[int, int] = {}
        self._block: dict[int, int] = {}
        self._kept: list[object] = []
        """Everything numbered: what lives keeps its identity to itself."""

    def value(self, value: Any, path: str) -> Any:
        """JSON: itself, or a mapping that says what it is."""
        if isinstance(value, Enum):
            return {"member": [name_of(type(value)), value.name]}
        if type(value) in PLAIN:
            return value
        if isinstance(value, np.generic) and value.dtype.kind in NUMBERS:
            return {"number": [value.dtype.str, value.item()]}
        if type(value) is slice:
            return {"slice": [self.value(one, path) for one in (value.start, value.stop, value.step)]}
        return {"node": self.node(value, path)}

    def node(self, value: Any, path: str) -> int:
        if id(value) in self._number:
            return self._number[id(value)]
        number = self._number[id(value)] = len(self.nodes)
        self._kept.append(value)
        node: dict[str, Any] = {}
        self.nodes.append(node)
        node |= self._content(value, path)
        return number

    def _content(self, value: Any, path: str) -> dict[str, Any]:
        kind = type(value)
        if kind is np.ndarray and value.dtype.kind in NUMBERS:
            return self._array(value, path)
        if kind is list or kind is tuple:
            return {kind.__name__: [self.value(one, f"{path}[{place}]") for place, one in enumerate(value)]}
        if kind is dict:
            return {
                "dict": [[self.value(key, path), self.value(one, f"{path}[{key!r}]")] for key, one in value.items()]
            }
        if kind is np.random.Generator:
            return {"generator": value.bit_generator.state}
        if kind is FunctionType and all(type(one) in PLAIN or isinstance(one, np.generic) for one in captured(value)):
            return {"function": name_of(value), "captured": [self.value(one, path) for one in captured(value)]}
        if kind.__module__.startswith(OWN) and all(base.__module__.startswith(OWN) for base in kind.__mro__[:-1]):
            fields = {name: self.value(one, f"{path}.{name}") for name, one in fields_of(value).items()}
            return {"value" if is_frozen(kind) else "place": name_of(kind), "fields": fields}
        raise TypeError(f"{path} holds a {kind.__module__}.{kind.__qualname__}: no checkpoint can keep that")

    def _array(self, array: NDArray[Any], path: str) -> dict[str, Any]:
        owner = array
        while array.size and isinstance(owner.base, np.ndarray):
            owner = owner.base
        low, high = byte_bounds(owner)
        if array.size and high - low != owner.nbytes:
            raise TypeError(f"{path} is an array in memory with gaps: no checkpoint can keep that")
        if id(owner) not in self._block:
            self._block[id(owner)] = len(self.blocks)
            self._kept.append(owner)
            self.blocks.append(owner.ravel(order="K"))
        return {
            "array": self._block[id(owner)],
            "offset": array.__array_interface__["data"][0] - low if array.size else 0,
            "dtype": array.dtype.str,
            "shape": list(array.shape),
            "strides": list(array.strides),
            "writeable": array.flags.writeable,
        }


def name_of(kind: type | FunctionType) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def is_frozen(kind: Any) -> bool:
    return "__dataclass_params__" in vars(kind) and bool(vars(kind)["__dataclass_params__"].frozen)


def fields_of(value: object) -> dict[str, Any]:
    """By name: of `__dict__`, and of the slots of all its classes."""
    slots = [name for kind in type(value).__mro__ for name in vars(kind).get("__slots__", ())]
    return {name: getattr(value, name) for name in slots if hasattr(value, name)} | getattr(value, "__dict__", {})


def captured(function: FunctionType) -> list[Any]:
    return [cell.cell_contents for cell in function.__closure__ or ()]
