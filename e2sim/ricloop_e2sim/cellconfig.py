"""What a DU's cells are configured to, as CCC names it (E2SM-CCC 8.8.2): read, and written where it is writable."""

from __future__ import annotations

from typing import Any

from ricloop.core.errors import DecodeError
from ricloop.core.ids import Cgi
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.attributes import fault_of
from ricloop.e2sm.ccc.control import Cause
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop_e2sim.cellstate import CellState
from ricloop_e2sim.world import World

DU_CELL, RATIOS = "O-NRCellDU", "O-RRMPolicyRatio"
_SHARES = ("rRMPolicyDedicatedRatio", "rRMPolicyMinRatio", "rRMPolicyMaxRatio")
OFFERED: ccc.Offered = {
    EnergySaving.name: {"cesSwitch": "RQ", EnergySaving.STATE: "TRQ", EnergySaving.CONTROL: "C"},
    DU_CELL: {"operationalState": "TR", "administrativeState": "R", "cellState": "TRQ"},
    RATIOS: {"resourceType": "RC", "rRMPolicyMemberList": "RC", **dict.fromkeys(_SHARES, "TRC")},
}
"""What every cell of the node offers; some 7 kB of JSON per cell in the E2 Setup."""

Refusal = tuple[Cause, str]
"""Why, for the outcome and for the log."""


class CellConfig:
    """Of the cells of one gNB."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ratios: list[dict[str, Any]] = [
            {
                "resourceType": "PRB_DL",
                "rRMPolicyMemberList": [],
                "rRMPolicyDedicatedRatio": 0,
                "rRMPolicyMinRatio": 0,
                "rRMPolicyMaxRatio": 100,
            }
            for _ in range(world.layout.cell_count)
        ]

    def values(self, cell: int, structure: str) -> dict[str, Any] | None:
        """Attributes of a cell's structure; None for one that it does not have."""
        if structure == EnergySaving.name:
            return EnergySaving(switch=True, saving=bool(self._world.cells.saving[cell])).values
        if structure == RATIOS:
            return dict(self._ratios[cell])
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
        """Do what a control asks of one structure of one cell; why not, where it cannot be done. Energy saving takes
        effect at the next tick, the rest at once."""
        layout = self._world.layout
        if control.cell is None:
            return "NotSupported", f"{layout.name}: nothing of the node can be written"
        name, cell = str(Cgi.unpack(control.cell)), layout.index_of(control.cell)
        if cell is None:
            return "NotAvailable", f"{layout.name} has no cell {name}"
        if control.structure == EnergySaving.name:
            return self._save(cell, name, control)
        if control.structure == RATIOS:
            return self._share(cell, name, control)
        return "NotSupported", f"cell {name}: {control.structure} cannot be written"

    def _save(self, cell: int, name: str, control: ccc.Controlled) -> Refusal | None:
        try:
            old, new = control.saving()
        except DecodeError as error:
            return "SemanticError", f"cell {name}: {error}"
        if new is None:
            return "SemanticError", f"cell {name}: the control gives no new energySavingControl"
        now = bool(self._world.cells.saving[cell])
        if old is not None and old != now:
            return "IncompatibleState", f"cell {name}: energy saving is {now}, not {old}"
        self._world.cells.command(cell, new)
        return None

    def _share(self, cell: int, name: str, control: ccc.Controlled) -> Refusal | None:
        now = self._ratios[cell]
        if unknown := sorted(control.new.keys() - now.keys()):
            return "NotSupported", f"cell {name}: {RATIOS} has no {unknown[0]}"
        if fault := fault_of(RATIOS, control.new):
            return "SemanticError", f"cell {name}: {fault}"
        if wrong := [key for key, value in control.old.items() if key in now and now[key] != value]:
            return "IncompatibleState", f"cell {name}: {wrong[0]} is {now[wrong[0]]}, not {control.old[wrong[0]]}"
        after = {**now, **control.new}
        if after["resourceType"] != now["resourceType"]:
            return "NotAvailable", f"cell {name}: there are ratios of {now['resourceType']} only"
        dedicated, least, most = (after[key] for key in _SHARES)
        if not dedicated <= least <= most:
            return "SemanticError", f"cell {name}: dedicated {dedicated} <= min {least} <= max {most} does not hold"
        self._ratios[cell] = after
        return None
