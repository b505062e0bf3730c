"""From controls to the world: what is asked of a node, whether it may be, and what to answer.

A control is checked when it arrives and takes effect at the next tick.
"""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import DecodeError
from ricloop.core.ids import Cgi
from ricloop.e2ap.messages import Cause, RicControlRequest
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.control import Cause as CccCause
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.rc import Handover
from ricloop.e2sm.rc import codec as rc
from ricloop_e2sim.identity import UeNames
from ricloop_e2sim.rcservice import RcService
from ricloop_e2sim.world import World

INVALID = Cause("ricRequest", "control-message-invalid")
NOT_EXECUTED = Cause("ricRequest", "control-failed-to-execute")
NOT_SUPPORTED = Cause("ricRequest", "action-not-supported")


@dataclass(frozen=True, slots=True)
class Answer:
    """To one control. `cause` None: acknowledge."""

    outcome: bytes | None = None
    cause: Cause | None = None
    reason: str = ""
    """For the log: names the cell or user."""


def control_ue(world: World, names: UeNames, service: RcService, request: RicControlRequest) -> Answer:
    """RC style 3 action 1: a handover (E2SM-RC 8.4.4.1), or the answer to a request for one."""
    try:
        header = rc.decode_control_header(request.header, service.dialect)
        target = rc.decode_handover(request.message)
    except DecodeError as error:
        return Answer(cause=INVALID, reason=str(error))
    if not isinstance(header, rc.ControlHeader):
        return Answer(
            cause=NOT_SUPPORTED, reason=f"{type(header).__name__}: only control headers of Format 1 are served"
        )
    if (header.style, header.action) != (Handover.style, Handover.action):
        return Answer(cause=NOT_SUPPORTED, reason=f"style {header.style} action {header.action}: only 3/1 is served")
    if header.accept is not None:
        cause = service.answered(request.call_process_id or b"", header.accept)
        return Answer() if cause is None else Answer(cause=cause, reason="the answer fits no request that waits")
    if target is None:
        return Answer(cause=INVALID, reason="the control names no NR target cell")
    user = names.find(header.ue)
    if user is None:
        return Answer(cause=NOT_EXECUTED, reason=f"no user is called {header.ue}")
    cell = world.layout.index_of(target)
    if cell is None:
        return Answer(cause=NOT_EXECUTED, reason=f"{world.layout.name} has no cell {Cgi.unpack(target)}")
    refused = world.hand_over(user, cell)
    return Answer(cause=NOT_EXECUTED, reason=refused) if refused else Answer()


def save_energy(world: World, request: RicControlRequest, time_unix_ns: int) -> Answer:
    """CCC style 2, O-CESManagementFunction.energySavingControl (E2SM-CCC 8.8.2.5).

    What cannot be done to one cell is listed as failed in the acknowledge; only a message without a sense fails.
    """
    try:
        controls = ccc.decode_control(request.header, request.message)
    except DecodeError as error:
        return Answer(cause=INVALID, reason=str(error))
    if not controls:
        return Answer(cause=NOT_SUPPORTED, reason="only cell-level structures are served")
    accepted: list[ccc.CellControl] = []
    failed: list[tuple[ccc.CellControl, CccCause]] = []
    reasons = []
    for control in controls:
        cell = world.layout.index_of(control.cell)
        cause, reason = _refusal(world, cell, control)
        if cause is not None or cell is None or control.new is None:
            failed.append((control, cause or "Unspecified"))
            reasons.append(reason)
        else:
            world.cells.command(cell, control.new)
            accepted.append(control)
    outcome = ccc.encode_outcome(accepted, failed, received_unix_ns=time_unix_ns)
    return Answer(outcome, reason="; ".join(reasons))


def _refusal(world: World, cell: int | None, control: ccc.CellControl) -> tuple[CccCause | None, str]:
    name = str(Cgi.unpack(control.cell))
    if cell is None:
        return "NotAvailable", f"{world.layout.name} has no cell {name}"
    if control.structure != EnergySaving.name:
        return "NotSupported", f"cell {name}: {control.structure} cannot be written"
    if control.new is None:
        return "SemanticError", f"cell {name}: the control gives no new energySavingControl"
    now = bool(world.cells.saving[cell])
    if control.old is not None and control.old != now:
        return "IncompatibleState", f"cell {name}: energy saving is {now}, not {control.old}"
    return None, ""
