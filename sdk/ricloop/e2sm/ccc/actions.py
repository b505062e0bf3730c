"""The controls that CCC offers a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.ids import CellId, Cgi, Resource


@dataclass(frozen=True, slots=True)
class EnergySavingControl(Action):
    """Put a cell to sleep or wake it (8.8.2.5). Nothing moves its UEs away first: hand them over before."""

    cell: CellId
    saving: bool
    """True: toBeEnergySaving. False: toBeNotEnergySaving."""

    @property
    def resource(self) -> Resource:
        return Resource("cell", self.cell)

    @property
    def parameter(self) -> str:
        return "energy saving"

    def __str__(self) -> str:
        return f"{'put to sleep' if self.saving else 'wake'} {Cgi.unpack(self.cell)}"


def sleep(cell: CellId | Any) -> EnergySavingControl:
    """Put `cell` (an entry of `report.cells`) to sleep."""
    return EnergySavingControl(int(cell), True)


def wake(cell: CellId | Any) -> EnergySavingControl:
    """Wake `cell` (an entry of `report.cells`)."""
    return EnergySavingControl(int(cell), False)
