"""The controls that RC offers a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ricloop.core.ids import CellId, Cgi, Resource, UeHandle
from ricloop.e2sm.common import MovesUe


@dataclass(frozen=True, slots=True)
class Handover(MovesUe):
    """Move a UE to another cell (style 3 action 1; E2SM-RC 7.6.4.1, 8.4.4.1)."""

    ue: UeHandle
    target: CellId

    @property
    def resource(self) -> Resource:
        return Resource("ue", self.ue)

    @property
    def parameter(self) -> str:
        return "serving cell"

    def __str__(self) -> str:
        return f"hand UE {self.ue} over to {Cgi.unpack(self.target)}"


def handover(ue: UeHandle | Any, target_cell: CellId | Any) -> Handover:
    """Move `ue` (a handle of a UeReport) to `target_cell` (an entry of `report.cells`)."""
    return Handover(int(ue), int(target_cell))
