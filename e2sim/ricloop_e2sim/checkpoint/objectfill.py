"""Gives a graph of objects the state that `objectstate` took of another, constructed the same way."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import Enum
from itertools import zip_longest
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop_e2sim.checkpoint.objectstate import OWN, State, captured, fields_of, is_frozen, name_of


def fill(root: object, state: State) -> None:
    """Raises ConfigError where the two are not built alike; `root` is of no use then."""
    _Filling(state.nodes, state.blocks).node(0, root)


class _Filling:
    """Everywhere `fresh` is what the new graph has in the place of what was taken; None: nothing."""

    def __init__(self, nodes: Sequence[dict[str, Any]], blocks: Sequence[NDArray[Any]]) -> None:
        self._nodes, self._blocks = nodes, blocks
        self._made: dict[int, Any] = {}
        """What can change is in it before it is full: what it holds may hold it."""
        self._filled: set[int] = set()
        """Places: each is one place of the graph that was taken, never two."""

    def value(self, saved: Any, fresh: Any) -> Any:
        if not isinstance(saved, dict):
            return saved
        ((kind, content),) = saved.items()
        if kind == "node":
            return self.node(content, fresh)
        if kind == "slice":
            return slice(*(self.value(one, None) for one in content))
        if kind == "number":
            return np.dtype(content[0]).type(content[1])
        return _class(content[0])[content[1]]

    def node(self, number: int, fresh: Any) -> Any:
        if number not in self._made:
            self._made[number] = self._make(number, self._nodes[number], fresh)
        return self._made[number]

    def _make(self, number: int, node: dict[str, Any], fresh: Any) -> Any:
        kind = next(iter(node))
        content = node[kind]
        if kind == "array":
            return self._array(node)
        if kind == "dict":
            return self._dict(number, content, fresh)
        if kind in ("list", "tuple"):
            return self._sequence(number, content, fresh, changes=kind == "list")
        if kind == "value":
            made = self._made[number] = object.__new__(_class(content))
            return self._fields(made, fresh, node["fields"])
        if kind == "function":
            same = type(fresh) is FunctionType and name_of(fresh) == content
            if not same or captured(fresh) != [self.value(one, None) for one in node["captured"]]:
                raise _unlike(content, fresh)
            return fresh
        if id(fresh) in self._filled:
            raise _unlike(f"second {kind if kind == 'generator' else content}", fresh)
        self._filled.add(id(fresh))
        if kind == "generator":
            if type(fresh) is not np.random.Generator or fresh.bit_generator.state.keys() != content.keys():
                raise _unlike(kind, fresh)
            fresh.bit_generator.state = content
            return fresh
        if name_of(type(fresh)) != content or not fields_of(fresh).keys() <= node["fields"].keys():
            raise _unlike(content, fresh)
        self._made[number] = fresh
        return self._fields(fresh, fresh, node["fields"])

    def _fields(self, owner: Any, fresh: Any, fields: dict[str, Any]) -> Any:
        for name, saved in fields.items():
            object.__setattr__(owner, name, self.value(saved, getattr(fresh, name, None)))
        return owner

    def _dict(self, number: int, content: list[Any], fresh: Any) -> dict[Any, Any]:
        known = fresh if isinstance(fresh, dict) else {}
        made: dict[Any, Any] = {}
        self._made[number] = made
        for saved_key, saved in content:
            key = self.value(saved_key, None)
            made[key] = self.value(saved, known.get(key))
        return made

    def _sequence(self, number: int, content: list[Any], fresh: Any, *, changes: bool) -> list[Any] | tuple[Any, ...]:
        beside = fresh if isinstance(fresh, list | tuple) else ()
        parts = (self.value(saved, other) for saved, other in zip_longest(content, beside[: len(content)]))
        if not changes:
            return tuple(parts)
        made: list[Any] = []
        self._made[number] = made
        made.extend(parts)
        return made

    def _array(self, node: dict[str, Any]) -> NDArray[Any]:
        array: NDArray[Any] = np.ndarray(
            node["shape"],
            np.dtype(node["dtype"]),
            self._blocks[node["array"]],
            node["offset"],
            node["strides"],
        )
        array.flags.writeable = node["writeable"]
        return array


def _unlike(expected: str, fresh: object) -> ConfigError:
    return ConfigError(f"a {expected} was kept where this version has none of its own, but a {name_of(type(fresh))}")


def _class(name: str) -> Any:
    """An enumeration or a frozen dataclass of ours, and nothing else that a file might name."""
    module, _, kind = name.partition(":")
    found = getattr(sys.modules.get(module), kind, None) if module.startswith(OWN) else None
    if not isinstance(found, type) or not (is_frozen(found) or issubclass(found, Enum)):
        raise ConfigError(f"a {name} was kept, and this version has no such value")
    return found
