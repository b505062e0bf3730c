"""What a DU and its cells are configured to, as CCC names it (E2SM-CCC 8.8): read, and written where it is writable."""

from __future__ import annotations

from typing import Any

from ricloop.core.errors import DecodeError
from ricloop.core.ids import Cgi
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.checks import checked
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop_e2sim.e2node.ccc import writes as cellwrites
from ricloop_e2sim.e2node.ccc.ratios import RATIOS, SHARES
from ricloop_e2sim.e2node.ccc.writes import DU_CELL, POLICY
from ricloop_e2sim.e2node.identity import DU_ID
from ricloop_e2sim.e2node.nodeworld import NodeWorld, Refusal
from ricloop_e2sim.energy.cellstate import AdminState, CellState, Depth

DU = "O-GNBDUFunction"
OFFERED: ccc.Offered = {
    EnergySaving.name: {"cesSwitch": "TRQC", EnergySaving.STATE: "TRQ", EnergySaving.CONTROL: "C"},
    DU_CELL: {"operationalState": "TR", "administrativeState": "R", "cellState": "TRQ"},
    RATIOS: {"resourceType": "RC", "rRMPolicyMemberList": "RC", **dict.fromkeys(SHARES, "TRC")},
}
"""What every cell of the node offers; some 8 kB of JSON per cell in the E2 Setup."""
OPERATED: ccc.Offered = {
    **OFFERED,
    DU_CELL: {**OFFERED[DU_CELL], "administrativeState": "TRC"},
    POLICY: dict.fromkeys(("policyType", "dataDir", "sleepMode"), "C"),
}
"""Where cells do more than sleep and wake; 10 kB."""
OFFERED_OF_NODE: ccc.Offered = {DU: {"gnbDuId": "RQ", "gnbDuName": "TRQ"}, RATIOS: {"rRMPolicyMaxRatio": "TRC"}}


class CellConfig:
    """Of one gNB's DU and cells."""

    def __init__(self, world: NodeWorld) -> None:
        self._world, self._ratios = world, world.ratios()
        self._switch = [True] * world.layout.cell_count
        """cesSwitch: off, and no cell is put to sleep by energySavingControl. One that sleeps already may wake."""
        self.offered: ccc.Offered = OFFERED if world.operation is None else OPERATED
        """By every cell."""

    def values(self, cell: int | None, structure: str) -> dict[str, Any] | None:
        """Attributes of a structure of a cell, or of the node; None for one that it does not have."""
        if structure == RATIOS:
            return self._ratios.values(cell)
        if cell is None:
            return {"gnbDuId": DU_ID, "gnbDuName": f"{self._world.layout.name}-du"} if structure == DU else None
        if structure == EnergySaving.name:
            return EnergySaving(switch=self._switch[cell], saving=bool(self._world.cells.saving[cell])).values
        if structure == DU_CELL:
            state = CellState(int(self._world.cells.state[cell]))
            operation = self._world.operation
            administered = AdminState.UNLOCKED if operation is None else operation.administered(cell)
            works = state is CellState.ACTIVE
            return {
                "operationalState": "ENABLED" if works else "DISABLED",
                "administrativeState": administered.name,
                "cellState": "ACTIVE" if works and administered is not AdminState.LOCKED else "INACTIVE",
            }
        return None

    def write(self, control: ccc.Controlled) -> Refusal | None:
        """Do what a control asks of one structure of one target; why not, where it cannot be done. What cells do takes
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
        operation = self._world.operation
        act = {DU_CELL: cellwrites.administer, POLICY: cellwrites.save}.get(control.structure)
        if act is None or operation is None or cell is None:
            return "NotSupported", f"{name}: {control.structure} cannot be written"
        try:
            old, new = checked(control.structure, control.old), checked(control.structure, control.new)
        except ValueError as fault:
            return "SemanticError", f"{name}: {fault}"
        refused = act(self._world, operation, cell, old, new)
        return refused and (refused[0], f"{name}: {refused[1]}")

    def _save(self, cell: int, name: str, control: ccc.Controlled) -> Refusal | None:
        try:
            old, new = control.saving()
            was, shall = (EnergySaving.read(*one).switch for one in ((control.old, "old"), (control.new, "new")))
        except DecodeError as error:
            return "SemanticError", f"{name}: {error}"
        if new is None and shall is None:
            return "SemanticError", f"{name}: the control gives neither energySavingControl nor cesSwitch anew"
        now, switch = bool(self._world.cells.saving[cell]), self._switch[cell]
        if old is not None and old != now:
            return "IncompatibleState", f"{name}: energy saving is {now}, not {old}"
        if was is not None and was != switch:
            return "IncompatibleState", f"{name}: cesSwitch is {switch}, not {was}"
        switch = switch if shall is None else shall
        if new and not now:
            if not switch:
                return "IncompatibleState", f"{name}: cesSwitch is off"
            if reason := self._world.may_sleep(cell):
                return "Unspecified", f"{name}: {reason}"
        self._switch[cell] = switch
        if new is not None:
            self._world.cells.sleep(cell, Depth.DEEP if new else Depth.AWAKE)
        return None
