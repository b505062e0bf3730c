"""What may be asked of a node's RC function: its event triggers, the conditions of its policies, and why not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId
from ricloop.e2ap.messages import Cause
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.mobility import cell_in
from ricloop_e2sim.arithmetic.dtypes import Bools, Ints
from ricloop_e2sim.e2node.causes import BAD_TRIGGER, NOT_SUPPORTED, UNREADABLE
from ricloop_e2sim.e2node.rc import function as offered

_CELL_CHANGES = (rc.ParameterTest(offered.CELL, rc.Compare("value-change")),)


def trigger_of(octets: bytes) -> rc.OnCallProcess | rc.OnUeChange | Cause:
    try:
        trigger = rc.decode_event_trigger(octets)
    except DecodeError:
        return UNREADABLE
    if isinstance(trigger, rc.OnCallProcess):
        known = (trigger.process, trigger.breakpoint) == (offered.MOBILITY, offered.PREPARATION)
        return trigger if known and not trigger.node and not trigger.ues else BAD_TRIGGER
    if not isinstance(trigger, rc.OnUeChange):
        return BAD_TRIGGER
    for one in trigger.events:
        if one.ues or not isinstance(one.trigger, rc.RrcState | rc.UeContext):
            return BAD_TRIGGER
        if isinstance(one.trigger, rc.UeContext) and one.trigger.testing != _CELL_CHANGES:
            return BAD_TRIGGER
    return trigger


def holds(trigger: object, before: Ints, now: Ints) -> Bools:
    """[users]: True where it happened between two ticks."""
    if isinstance(trigger, rc.RrcState):
        wanted = {state for state, _ in trigger.states}
        changed: Bools = (before >= 0) != (now >= 0)
        into = np.zeros(len(now), np.bool_)
        if wanted & {"rrc-connected", "any"}:
            into |= now >= 0
        if wanted & {"rrc-idle", "any"}:
            into |= now < 0
        return changed & into
    moved: Bools = (before != now) & (before >= 0) & (now >= 0)
    return moved


def target_of_rule(when: Sequence[rc.ParameterTest]) -> CellId | Cause | None:
    """The cell that a policy's condition names; None for every cell."""
    if not when:
        return None
    if len(when) > 1 or when[0].id != offered.NR_CGI:
        return NOT_SUPPORTED
    test = when[0].of
    cell = cell_in(test.value) if isinstance(test, rc.Compare) and test.condition == "equal" else None
    return NOT_SUPPORTED if cell is None else cell
