"""What a handler reads of any structure: its attributes per cell, as they were reported last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ricloop.core.ids import CellId, Cells
from ricloop.e2sm.ccc.states import Changes
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.wire import fold


@dataclass(frozen=True, slots=True)
class Entry:
    """One structure of one target, as an indication or an answer tells it."""

    cell: CellId | None
    """None: the node."""
    structure: str
    """As clause 8 spells it."""
    values: Mapping[str, Any]
    deleted: bool = False


class Entries(tuple[Entry, ...]):
    """`Part.content` of CCC."""

    __slots__ = ()

    def of(self, structure: str) -> Iterator[Entry]:
        """Those of one structure, in any spelling."""
        return (entry for entry in self if fold(entry.structure) == fold(structure))


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
    """One structure: attributes per cell, and of the node that reported last."""

    structure: str
    by_cell: Mapping[CellId, Mapping[str, Any]] = field(default_factory=dict)
    """Attribute name to value, as the node spells both."""
    node: Mapping[str, Any] | None = None
    """Of a structure at node level."""

    @property
    def cells(self) -> Cells:
        """Those that have reported the structure, ascending."""
        return np.array(sorted(self.by_cell), np.uint64)

    def value(self, cell: CellId | Any, attribute: str) -> Any:
        """One attribute, its name in any spelling; None where it has not been reported."""
        return _found(self.by_cell.get(int(cell), {}), attribute)

    def node_value(self, attribute: str) -> Any:
        """As `value`, of the node."""
        return _found(self.node or {}, attribute)

    def updated(self, entries: Iterable[Entry]) -> Configuration:
        """With `entries` merged in: attributes that one does not name stay as they were."""
        cells = {cell: dict(values) for cell, values in self.by_cell.items()}
        node = self.node
        for entry in entries:
            if entry.cell is None:
                node = None if entry.deleted else {**(node or {}), **entry.values}
            elif entry.deleted:
                cells.pop(entry.cell, None)
            else:
                cells.setdefault(entry.cell, {}).update(entry.values)
        return Configuration(self.structure, cells, node)

    @classmethod
    def of(cls, structure: str, by_cell: Mapping[CellId, Mapping[str, Any]]) -> Configuration:
        """From a mapping, for tests."""
        return cls(structure, {int(cell): dict(values) for cell, values in by_cell.items()})


def _found(values: Mapping[str, Any], attribute: str) -> Any:
    if attribute in values:
        return values[attribute]
    return next((value for key, value in values.items() if fold(key) == fold(attribute)), None)
