"""RC controls of users: what is asked of a node, whether it may be, and what to answer (E2SM-RC 8.4).

A control is checked when it arrives and takes effect at the next tick.
"""

from __future__ import annotations

from collections.abc import Callable

from ricloop.core.errors import DecodeError
from ricloop.core.ids import Cgi
from ricloop.e2ap.messages import Cause, RicControlRequest
from ricloop.e2sm.rc import Handover, SliceQuota, quota
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.mobility import target_in
from ricloop.e2sm.rc.parameters import Structure
from ricloop_e2sim.e2node.causes import INVALID, NOT_EXECUTED, NOT_SUPPORTED
from ricloop_e2sim.e2node.rc import bearers, connections
from ricloop_e2sim.e2node.service import Answer, Scope

Act = Callable[[Scope, rc.ControlHeader, Structure], Answer]


def served(scope: Scope) -> dict[tuple[int, int], Act]:
    """By style and action: QoS of a bearer (8.4.2.1) and releases (8.4.5.4) where users have bearers, PRB quotas of
    slices (8.4.3.6) where a scheduler keeps them, handovers (8.4.4.1)."""
    cp, own, quotas = scope.role.cp, scope.role.cp and scope.world.bearers, scope.role.du and scope.world.quotas
    table: dict[tuple[int, int], Act] = {}
    if own:
        table[bearers.STYLE, bearers.ACTION] = _prioritise
    if quotas:
        table[SliceQuota.style, SliceQuota.action] = _share
    if cp:
        table[Handover.style, Handover.action] = _hand_over
    if own:
        table[connections.STYLE, connections.ACTION] = _release
    return table


def control_ue(scope: Scope, answered: Callable[[bytes, bool], Cause | None], asked: RicControlRequest) -> Answer:
    """Do what a control asks. `answered` hears the answer to a request for a handover, which is a control too."""
    try:
        header = rc.decode_control_header(asked.header, scope.dialect)
        message = rc.decode_control_message(asked.message)
        if not isinstance(header, rc.ControlHeader):
            return Answer(
                cause=NOT_SUPPORTED, reason=f"{type(header).__name__}: only control headers of Format 1 are served"
            )
        table = served(scope)
        act = table.get((header.style, header.action))
        if act is None:
            known = [f"{style}/{action}" for style, action in table]
            only = f"{' and '.join(known)} {'is' if len(known) == 1 else 'are'}"
            reason = f"style {header.style} action {header.action}: only {only} served"
            return Answer(cause=NOT_SUPPORTED, reason=reason)
        if act is _hand_over and header.accept is not None:
            cause = answered(asked.call_process_id or b"", header.accept)
            return Answer() if cause is None else Answer(cause=cause, reason="the answer fits no request that waits")
        return act(scope, header, message.parameters if isinstance(message, rc.ControlMessage) else {})
    except DecodeError as error:
        return Answer(cause=INVALID, reason=str(error))


def _hand_over(scope: Scope, header: rc.ControlHeader, parameters: Structure) -> Answer:
    target, world = target_in(parameters), scope.world
    if target is None:
        return Answer(cause=INVALID, reason="the control names no NR target cell")
    user = scope.names.find(header.ue)
    if user is None:
        return _stranger(header)
    cell = world.target_of(target)
    if cell is None:
        return Answer(cause=NOT_EXECUTED, reason=f"{world.layout.name} has no cell {Cgi.unpack(target)}")
    return _done(world.hand_over(user, cell))


def _prioritise(scope: Scope, header: rc.ControlHeader, parameters: Structure) -> Answer:
    bearer, level = bearers.asked(parameters)
    user = scope.names.find(header.ue)
    if user is None:
        return _stranger(header)
    if bearer != bearers.ONLY_DRB:
        return _done(f"user {user} has no DRB {bearer}; its one is {bearers.ONLY_DRB}")
    return _done(scope.world.prioritise(user, level))


def _release(scope: Scope, header: rc.ControlHeader, parameters: Structure) -> Answer:
    connections.check(parameters)
    user = scope.names.find(header.ue)
    return _stranger(header) if user is None else _done(scope.world.release(user))


def _share(scope: Scope, header: rc.ControlHeader, parameters: Structure) -> Answer:
    """The UE only says which DU is meant: it has to be one of its own."""
    wanted, here = quota.quotas(parameters) if parameters else [], scope.world.layout.gnb.plmn
    if not wanted:
        return Answer(cause=INVALID, reason="the control names no slice")
    if scope.names.find(header.ue) is None:
        return _stranger(header)
    for plmn, one, *_ in wanted:
        if plmn != here:
            return _done(f"slice {one} of PLMN {plmn}: here is {here}")
    return _done(scope.world.share([(one.octets, alone, least, most) for _, one, least, most, alone in wanted]))


def _stranger(header: rc.ControlHeader) -> Answer:
    return _done(f"no user is called {header.ue}")


def _done(refused: str) -> Answer:
    """`refused`: empty, or why it was not done."""
    return Answer(cause=NOT_EXECUTED, reason=refused) if refused else Answer()
