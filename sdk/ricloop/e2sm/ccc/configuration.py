"""What a handler reads of any structure: its attributes per cell or node, as they were reported last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from ricloop.core.ids import CellId, Cells, NodeId
from ricloop.e2sm.ccc.states import Changes
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.wire import fold

TargetT = TypeVar("TargetT", CellId, NodeId)


@dataclass(frozen=True, slots=True)
class Entry:
    """One structure of one target, as an indication or an answer tells it."""

    cell: CellId | None
    """None: the node."""
    structure: str
    """As clause 8 spells it."""
    values: Mapping[str, Any]
    """Names and words as the standard spells them."""
    deleted: bool = False
    node: NodeId | None = None
    """Whose it is, where it is no cell's: no message says it, so the runtime does."""

    @property
    def target(self) -> CellId | NodeId | None:
        """None for a node's that nobody has named yet."""
        return self.node if self.cell is None else self.cell


class Entries(tuple[Entry, ...]):
    """`Part.content` of CCC."""

    __slots__ = ()

    def of(self, structure: str) -> Iterator[Entry]:
        """Those of one structure, in any spelling."""
        return (entry for entry in self if fold(entry.structure) == fold(structure))

    def by(self, node: NodeId) -> Entries:
        """With the node that told them."""
        return Entries(entry if entry.cell is not None else replace(entry, node=node) for entry in self)


def saving_of(entries: Entries) -> Changes:
    """The energySavingState of each NR cell that has one here; None where the structure is gone."""
    states = Changes()
    for entry in entries.of(EnergySaving.name):
        saving = EnergySaving.read(entry.values, "O-CESManagementFunction").saving
        if entry.cell is not None and (entry.deleted or saving is not None):
            states[entry.cell] = None if entry.deleted else saving
    return states


@dataclass(frozen=True, eq=False)
class Configuration:
    """One structure: the attributes of every cell, or of every node, that has reported it."""

    structure: str
    by_cell: Mapping[CellId, Mapping[str, Any]] = field(default_factory=dict)
    """Attribute name to value, words as the standard spells them, numbers in its units."""
    by_node: Mapping[NodeId, Mapping[str, Any]] = field(default_factory=dict)
    """Of a structure at node level (`node=True`)."""

    @property
    def cells(self) -> Cells:
        """Those that have reported the structure, ascending."""
        return np.array(sorted(self.by_cell), np.uint64)

    def value(self, target: CellId | NodeId | Any, attribute: str) -> Any:
        """One attribute of a cell or node, its name in any spelling; None where it has not been reported."""
        values = self.by_node.get(target) if isinstance(target, NodeId) else self.by_cell.get(int(target))
        if not values:
            return None
        if attribute in values:
            return values[attribute]
        return next((value for key, value in values.items() if fold(key) == fold(attribute)), None)

    def updated(self, entries: Iterable[Entry]) -> Configuration:
        """With `entries` merged in: attributes that one does not name stay as they were."""
        cells = {cell: dict(values) for cell, values in self.by_cell.items()}
        nodes = {node: dict(values) for node, values in self.by_node.items()}
        for entry in entries:
            if entry.cell is not None:
                _merge(cells, entry.cell, entry)
            elif entry.node is not None:
                _merge(nodes, entry.node, entry)
        return Configuration(self.structure, cells, nodes)

    def without(self, targets: Collection[CellId | NodeId]) -> Configuration:
        """Without what these cells and nodes said."""
        return Configuration(
            self.structure,
            {cell: values for cell, values in self.by_cell.items() if cell not in targets},
            {node: values for node, values in self.by_node.items() if node not in targets},
        )

    @classmethod
    def of(cls, structure: str, told: Mapping[CellId | NodeId, Mapping[str, Any]]) -> Configuration:
        """From a mapping, for tests."""
        cells = {int(target): dict(values) for target, values in told.items() if not isinstance(target, NodeId)}
        nodes = {target: dict(values) for target, values in told.items() if isinstance(target, NodeId)}
        return cls(structure, cells, nodes)


def _merge(known: dict[TargetT, dict[str, Any]], target: TargetT, entry: Entry) -> None:
    if entry.deleted:
        known.pop(target, None)
    else:
        known.setdefault(target, {}).update(entry.values)
