"""From controls to the world: what is asked of a node, whether it may be, and what to answer.

A control is checked when it arrives and takes effect at the next tick.
"""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import DecodeError
from ricloop.core.ids import Cgi
from ricloop.e2ap.messages import Cause, RicControlRequest
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.outcome import Cause as CccCause
from ricloop.e2sm.rc import Handover
from ricloop.e2sm.rc import codec as rc
from ricloop_e2sim.cellconfig import CellConfig
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


def configure(config: CellConfig, request: RicControlRequest, time_unix_ns: int) -> Answer:
    """CCC: structures of cells (E2SM-CCC 8.8.2).

    What cannot be done to one target is listed as failed in the acknowledge; only a message without a sense fails.
    """
    try:
        controls = ccc.decode_control(request.header, request.message)
    except DecodeError as error:
        return Answer(cause=INVALID, reason=str(error))
    if not controls:
        return Answer(cause=NOT_SUPPORTED, reason="the control names nothing")
    accepted: list[ccc.Controlled] = []
    failed: list[tuple[ccc.Controlled, CccCause]] = []
    reasons = []
    for control in controls:
        refused = config.write(control)
        if refused is None:
            accepted.append(control)
        else:
            failed.append((control, refused[0]))
            reasons.append(refused[1])
    outcome = ccc.encode_outcome(accepted, failed, received_unix_ns=time_unix_ns)
    return Answer(outcome, reason="; ".join(reasons))
