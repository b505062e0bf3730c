"""Controls of single cells by CCC that change what a cell does: O-NRCellDU (E2SM-CCC 8.8.2.1) and O-NESPolicy.

administrativeState is written as TS 28.541 allows: LOCKED and SHUTTINGDOWN ask for what a sleep asks for, another cell
in service over the same area. A NES policy of advanced sleep modes puts the whole cell to sleep: SLEEP_MODE1 to 3 are
micro, light and deep sleep of TR 38.864 5.1, SLEEP_MODE0 ends it. Masks of symbols, slots and antennas, durations and
objectives are not kept, and a policy that has them is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ricloop_e2sim.e2node.nodeworld import NodeWorld, Operation, Refusal
from ricloop_e2sim.energy.cellstate import AdminState, Depth

DU_CELL: Final = "O-NRCellDU"
POLICY: Final = "O-NESPolicy"
STATE: Final = "administrativeState"
_POLICY_TAKES = ("policyType", "dataDir", "sleepMode")


def administer(
    world: NodeWorld, operation: Operation, cell: int, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Refusal | None:
    """O-NRCellDU: old and new values in the standard's spelling. None when done."""
    if others := sorted(new.keys() - {STATE}):
        return "NotSupported", f"{DU_CELL}.{others[0]} cannot be written"
    if not new:
        return "SemanticError", f"the control gives no new {STATE}"
    before, after = operation.administered(cell), AdminState[new[STATE]]
    if old.get(STATE, before.name) != before.name:
        return "IncompatibleState", f"{STATE} is {before.name}, not {old[STATE]}"
    if (before, after) == (AdminState.LOCKED, AdminState.SHUTTINGDOWN):
        return "IncompatibleState", "a cell that is LOCKED cannot shut down; unlock it first"
    if before is AdminState.UNLOCKED and after is not before and (reason := world.may_sleep(cell)):
        return "Unspecified", reason
    operation.administer(cell, after)
    return None


def save(
    world: NodeWorld, operation: Operation, cell: int, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Refusal | None:
    """O-NESPolicy. The old values only say which policy is meant: no report tells them."""
    if others := sorted(new.keys() - {*_POLICY_TAKES}):
        return "NotSupported", f"{POLICY}.{others[0]} cannot be written"
    kind, way = ({**old, **new}.get(key) for key in _POLICY_TAKES[:2])
    if kind != "ASM":
        return "NotSupported", f"{POLICY} with policyType {kind}: only ASM is served"
    if way == "UL":
        return "NotSupported", f"{POLICY} with dataDir UL: a cell sleeps as a whole"
    if "sleepMode" not in new:
        return "SemanticError", "the control gives no new sleepMode"
    before, after = operation.depth(cell), Depth(int(new["sleepMode"][-1]))
    if Depth.AWAKE < after < before:
        return "IncompatibleState", f"it is in {before.name} sleep, and has to wake before {after.name}"
    if after > before == Depth.AWAKE and (reason := world.may_sleep(cell)):
        return "Unspecified", reason
    world.cells.sleep(cell, after)
    return None
