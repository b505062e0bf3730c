"""What a DU and its cells are configured to, as CCC names it (E2SM-CCC 8.8): read, and written where it is writable."""

from __future__ import annotations

from typing import Any

from ricloop.core.errors import DecodeError
from ricloop.core.ids import Cgi
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop_e2sim.cellstate import CellState
from ricloop_e2sim.identity import DU_ID
from ricloop_e2sim.keptratios import RATIOS, SHARES
from ricloop_e2sim.nodeworld import NodeWorld, Refusal

DU, DU_CELL = "O-GNBDUFunction", "O-NRCellDU"
OFFERED: ccc.Offered = {
    EnergySaving.name: {"cesSwitch": "RQ", EnergySaving.STATE: "TRQ", EnergySaving.CONTROL: "C"},
    DU_CELL: {"operationalState": "TR", "administrativeState": "R", "cellState": "TRQ"},
    RATIOS: {"resourceType": "RC", "rRMPolicyMemberList": "RC", **dict.fromkeys(SHARES, "TRC")},
}
"""What every cell of the node offers; some 7 kB of JSON per cell in the E2 Setup."""
OFFERED_OF_NODE: ccc.Offered = {DU: {"gnbDuId": "RQ", "gnbDuName": "TRQ"}, RATIOS: {"rRMPolicyMaxRatio": "TRC"}}


class CellConfig:
    """Of one gNB's DU and cells."""

    def __init__(self, world: NodeWorld) -> None:
        self._world, self._ratios = world, world.ratios()

    def values(self, cell: int | None, structure: str) -> dict[str, Any] | None:
        """Attributes of a structure of a cell, or of the node; None for one that it does not have."""
        if structure == RATIOS:
            return self._ratios.values(cell)
        if cell is None:
            return {"gnbDuId": DU_ID, "gnbDuName": f"{self._world.layout.name}-du"} if structure == DU else None
        if structure == EnergySaving.name:
            return EnergySaving(switch=True, saving=bool(self._world.cells.saving[cell])).values
        if structure == DU_CELL:
            state = CellState(int(self._world.cells.state[cell]))
            active = state is CellState.ACTIVE
            return {
                "operationalState": "ENABLED" if active else "DISABLED",
                "administrativeState": "UNLOCKED",
                "cellState": "ACTIVE" if active else "INACTIVE",
            }
        return None

    def write(self, control: ccc.Controlled) -> Refusal | None:
        """Do what a control asks of one structure of one target; why not, where it cannot be done. Energy saving takes
        effect at the next tick, the rest at once."""
        layout = self._world.layout
        cell = None if control.cell is None else layout.index_of(control.cell)
        name = f"node {layout.name}" if control.cell is None else f"cell {Cgi.unpack(control.cell)}"
        if control.cell is not None and cell is None:
            return "NotAvailable", f"{layout.name} has no {name}"
        if control.structure == RATIOS:
            return self._ratios.write(cell, name, control)
        if control.structure == EnergySaving.name and cell is not None:
            return self._save(cell, name, control)
        return "NotSupported", f"{name}: {control.structure} cannot be written"

    def _save(self, cell: int, name: str, control: ccc.Controlled) -> Refusal | None:
        try:
            old, new = control.saving()
        except DecodeError as error:
            return "SemanticError", f"{name}: {error}"
        if new is None:
            return "SemanticError", f"{name}: the control gives no new energySavingControl"
        now = bool(self._world.cells.saving[cell])
        if old is not None and old != now:
            return "IncompatibleState", f"{name}: energy saving is {now}, not {old}"
        if new and not now and (reason := self._world.may_sleep(cell)):
            return "Unspecified", f"{name}: {reason}"
        self._world.cells.command(cell, new)
        return None
