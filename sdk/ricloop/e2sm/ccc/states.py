"""What a handler reads: which cells save energy now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import CellId, Cells, NodeId

Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Known:
    """All that nodes have reported, for the old values of a control."""

    states: States
    configurations: Mapping[tuple[CellId | NodeId, str], Mapping[str, Any]]
    """By cell or node, and folded name of the structure."""


class Changes(dict[CellId, bool | None]):
    """What one indication says of energy saving: cell to its state, None where it has none any more."""


@dataclass(frozen=True, eq=False)
class States:
    """The last reported energy saving state of each cell that has reported one. Cells in ascending order."""

    cells: Cells
    saving: Flags
    """Shape [cells]: True where the cell saves energy (isEnergySaving)."""

    def asleep(self, cells: Iterable[CellId] | Cells) -> Flags:
        """Shape of `cells`: True where the cell is known to save energy. An unknown cell is False: ask `known`."""
        found, at = self._find(cells)
        return found & self.saving[at] if len(self.cells) else found

    def known(self, cells: Iterable[CellId] | Cells) -> Flags:
        """Shape of `cells`: True where the cell has reported its state."""
        return self._find(cells)[0]

    def state_of(self, cell: CellId) -> bool | None:
        """True, False, or None where the cell has not reported its state."""
        at = int(self.cells.searchsorted(np.uint64(cell)))
        return bool(self.saving[at]) if at < len(self.cells) and self.cells[at] == cell else None

    def updated(self, changes: Mapping[CellId, bool | None]) -> States:
        """With `changes` merged in; None forgets a cell."""
        merged: dict[CellId, bool | None] = dict(zip(self.cells.tolist(), self.saving.tolist(), strict=True))
        merged.update(changes)
        return States.of({cell: saving for cell, saving in merged.items() if saving is not None})

    @classmethod
    def of(cls, states: Mapping[CellId, bool]) -> States:
        """From a mapping, for tests: `States.of({cell: True})`."""
        cells = sorted(int(cell) for cell in states)
        return cls(np.array(cells, np.uint64), np.array([bool(states[cell]) for cell in cells], np.bool_))

    def __len__(self) -> int:
        return len(self.cells)

    def _find(self, cells: Iterable[CellId] | Cells) -> tuple[Flags, NDArray[np.intp]]:
        asked = cells if isinstance(cells, np.ndarray) else np.fromiter((int(cell) for cell in cells), np.uint64)
        if not len(self.cells):
            return np.zeros(asked.shape, np.bool_), np.zeros(asked.shape, np.intp)
        at = np.minimum(np.searchsorted(self.cells, asked), len(self.cells) - 1)
        return self.cells[at] == asked, at
