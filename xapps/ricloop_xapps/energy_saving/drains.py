"""Emptying cells by handover, and calling that off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ricloop import Action, Latest
from ricloop.e2sm import kpm, rc
from ricloop_xapps.energy_saving.trend import Cells


class Drains:
    """Per capacity cell that is being emptied, the users that were handed to its cover."""

    def __init__(self) -> None:
        self._moved: dict[int, dict[int, None]] = {}

    def running(self, cells: Cells) -> NDArray[np.bool_]:
        """[cells]: which ones are being emptied."""
        return np.array([cell in self._moved for cell in cells.tolist()], np.bool_)

    def done(self, cells: Cells) -> None:
        """These are asleep."""
        for cell in cells.tolist():
            self._moved.pop(cell, None)

    def empty(self, located: Latest[kpm.UeReport], cells: Cells, covers: Cells) -> Iterator[Action]:
        """Hand every user of `cells` to its cover, and remember it."""
        if located.known:
            for cell, cover in zip(cells.tolist(), covers.tolist(), strict=True):
                for ue in located.value.in_cell(cell).tolist():
                    self._moved.setdefault(cell, {})[ue] = None
                    yield rc.handover(ue, cover)

    def give_back(self, located: Latest[kpm.UeReport], cells: Cells, covers: Cells) -> Iterator[Action]:
        """Hand the users of drains that were called off back to `cells`."""
        if located.known:
            for cell, cover in zip(cells.tolist(), covers.tolist(), strict=True):
                moved = self._moved.pop(cell, {})
                for ue in located.value.in_cell(cover).tolist():
                    if ue in moved:
                        yield rc.handover(ue, cell)
