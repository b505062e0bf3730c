"""From controls to the world: what is asked of a node, whether it may be, and what to answer.

A control is checked when it arrives and takes effect at the next tick.
"""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId, Cgi, Plmn
from ricloop.e2ap.messages import Cause, RicControlRequest
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.outcome import Cause as CccCause
from ricloop.e2sm.common import Slice
from ricloop.e2sm.rc import Handover, SliceQuota, quota
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.controls import AnyMessage
from ricloop.e2sm.rc.mobility import target_in
from ricloop_e2sim.e2node.ccc.config import CellConfig
from ricloop_e2sim.e2node.identity import Role
from ricloop_e2sim.e2node.nodeworld import Names, NodeWorld
from ricloop_e2sim.e2node.rc import bearers, connections
from ricloop_e2sim.e2node.rc.service import RcService

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


def control_ue(world: NodeWorld, role: Role, service: RcService, request: RicControlRequest) -> Answer:
    """RC style 1 action 1, QoS of a bearer (E2SM-RC 8.4.2.1); style 2 action 6, PRB quotas of slices (8.4.3.6); style 3
    action 1, a handover (8.4.4.1) or the answer to a request for one; style 4 action 4, a release (8.4.5.4)."""
    try:
        header = rc.decode_control_header(request.header, service.dialect)
        message = rc.decode_control_message(request.message)
        if not isinstance(header, rc.ControlHeader):
            return Answer(
                cause=NOT_SUPPORTED, reason=f"{type(header).__name__}: only control headers of Format 1 are served"
            )
        asked = header.style, header.action
        if role.cp and asked == (Handover.style, Handover.action):
            target = target_in(message.parameters) if isinstance(message, rc.ControlMessage) else None
            return _hand_over(world, service, request, header, target)
        if role.cp and world.bearers and asked == (bearers.STYLE, bearers.ACTION):
            return _prioritise(world, service.names, header, message)
        if role.cp and world.bearers and asked == (connections.STYLE, connections.ACTION):
            return _release(world, service.names, header, message)
        if role.du and world.quotas and asked == (SliceQuota.style, SliceQuota.action):
            wanted = quota.quotas(message.parameters) if isinstance(message, rc.ControlMessage) else []
            return _share(world, service.names, header, wanted)
    except DecodeError as error:
        return Answer(cause=INVALID, reason=str(error))
    own = role.cp and world.bearers
    served = ["1/1"] * own + ["2/6"] * (role.du and world.quotas) + ["3/1"] * role.cp + ["4/4"] * own
    only = f"{' and '.join(served)} {'is' if len(served) == 1 else 'are'}"
    return Answer(cause=NOT_SUPPORTED, reason=f"style {header.style} action {header.action}: only {only} served")


def _hand_over(
    world: NodeWorld, service: RcService, request: RicControlRequest, header: rc.ControlHeader, target: CellId | None
) -> Answer:
    if header.accept is not None:
        cause = service.answered(request.call_process_id or b"", header.accept)
        return Answer() if cause is None else Answer(cause=cause, reason="the answer fits no request that waits")
    if target is None:
        return Answer(cause=INVALID, reason="the control names no NR target cell")
    user = service.names.find(header.ue)
    if user is None:
        return Answer(cause=NOT_EXECUTED, reason=f"no user is called {header.ue}")
    cell = world.target_of(target)
    if cell is None:
        return Answer(cause=NOT_EXECUTED, reason=f"{world.layout.name} has no cell {Cgi.unpack(target)}")
    refused = world.hand_over(user, cell)
    return Answer(cause=NOT_EXECUTED, reason=refused) if refused else Answer()


def _prioritise(world: NodeWorld, names: Names, header: rc.ControlHeader, message: AnyMessage) -> Answer:
    bearer, level = bearers.asked(message.parameters if isinstance(message, rc.ControlMessage) else {})
    user = names.find(header.ue)
    if user is None:
        return Answer(cause=NOT_EXECUTED, reason=f"no user is called {header.ue}")
    if bearer != bearers.ONLY_DRB:
        return Answer(cause=NOT_EXECUTED, reason=f"user {user} has no DRB {bearer}; its one is {bearers.ONLY_DRB}")
    refused = world.prioritise(user, level)
    return Answer(cause=NOT_EXECUTED, reason=refused) if refused else Answer()


def _release(world: NodeWorld, names: Names, header: rc.ControlHeader, message: AnyMessage) -> Answer:
    connections.check(message.parameters if isinstance(message, rc.ControlMessage) else {})
    user = names.find(header.ue)
    if user is None:
        return Answer(cause=NOT_EXECUTED, reason=f"no user is called {header.ue}")
    refused = world.release(user)
    return Answer(cause=NOT_EXECUTED, reason=refused) if refused else Answer()


def _share(
    world: NodeWorld, names: Names, header: rc.ControlHeader, wanted: list[tuple[Plmn, Slice, int, int, int]]
) -> Answer:
    """The UE only says which DU is meant: it has to be one of its own."""
    if not wanted:
        return Answer(cause=INVALID, reason="the control names no slice")
    if names.find(header.ue) is None:
        return Answer(cause=NOT_EXECUTED, reason=f"no user is called {header.ue}")
    for plmn, one, *_ in wanted:
        if plmn != world.layout.gnb.plmn:
            return Answer(cause=NOT_EXECUTED, reason=f"slice {one} of PLMN {plmn}: here is {world.layout.gnb.plmn}")
    refused = world.share([(one.octets, alone, least, most) for _, one, least, most, alone in wanted])
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
