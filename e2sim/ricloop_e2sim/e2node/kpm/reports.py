"""KPM subscriptions of one node: what is admitted, when each is due, and the encoded reports (styles 1 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop.core.dialect import Dialect
from ricloop.core.errors import DecodeError
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationResponse,
)
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.condition import Condition
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.metrics import measure
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.e2node.kpm.conditions import can_test, matching
from ricloop_e2sim.e2node.measuring import Column, Meter, Reading
from ricloop_e2sim.e2node.nodeworld import Names, NodeWorld

NOT_SUPPORTED = Cause("ricRequest", "action-not-supported")
UNAVAILABLE = Cause("ricRequest", "requested-information-unavailable")
BAD_TRIGGER = Cause("ricRequest", "eventTriggerNotSupported")
UNREADABLE = Cause("protocol", "transfer-syntax-error")
DUPLICATE = Cause("ricRequest", "duplicate-action")
CELL_STYLE, UE_STYLE = 1, 4


@dataclass(slots=True)
class _Action:
    id: int
    cell: int | None
    """Index; None: the whole node."""
    columns: tuple[Column, ...]
    per_ue: bool
    conditions: tuple[Condition, ...] = ()
    sequence: int = -1


@dataclass(slots=True)
class _Subscription:
    request: RequestId
    actions: list[_Action]
    period_us: int
    due_us: int
    window: Meter


class KpmReports:
    """All admitted subscriptions of one node's KPM function."""

    def __init__(
        self,
        world: NodeWorld,
        names: Names,
        offered: frozenset[str],
        ue_offered: frozenset[str],
        *,
        stretch: bool,
        dialect: Dialect,
    ) -> None:
        """`stretch`: any period is served once per tick (replay); else it must be whole ticks."""
        self._world, self._names, self._stretch, self._dialect = world, names, stretch, dialect
        self._measures = world.measures()
        self._offered = {False: offered, True: ue_offered}
        self._live: dict[RequestId, _Subscription] = {}

    def subscribe(
        self, request: RequestId, trigger: bytes, actions: Sequence[ActionToBeSetup]
    ) -> tuple[list[int], list[ActionNotAdmitted]] | Cause:
        """What was admitted and what was not; a Cause where the event trigger cannot be served."""
        period_us = self._period(trigger)
        if isinstance(period_us, Cause):
            return period_us
        admitted, refused = [], []
        for action in actions:
            answer = self._admit(action)
            if isinstance(answer, Cause):
                refused.append(ActionNotAdmitted(action.id, answer))
            else:
                admitted.append(answer)
        if admitted:
            # On whole multiples of the period, so that the nodes of a gNB report the same windows.
            due = self._next_due(period_us)
            self._live[request] = _Subscription(request, admitted, period_us, due, self._measures.meter(period_us))
        return [action.id for action in admitted], refused

    def modify(self, asked: RicSubscriptionModificationRequest) -> RicSubscriptionModificationResponse | Cause:
        """Remove, change and add actions; a Cause, and nothing changes, where the event trigger cannot be served."""
        live = self._live[asked.request_id]
        if asked.event_trigger is not None:
            period_us = self._period(asked.event_trigger)
            if isinstance(period_us, Cause):
                return period_us
            live.period_us, live.due_us = period_us, self._next_due(period_us)
            live.window = self._measures.meter(period_us)
        actions = {action.id: action for action in live.actions}
        removed = [id for id in asked.remove if actions.pop(id, None)]
        changes = [(change.id, change.definition, True) for change in asked.modify]
        changes += [(new.id, new.definition if new.type is ActionType.REPORT else None, False) for new in asked.add]
        done: dict[bool, list[int]] = {True: [], False: []}
        refused: dict[bool, list[ActionNotAdmitted]] = {True: [], False: []}
        for id, definition, old in changes:
            answer: _Action | Cause
            if (id in actions) is not old:
                answer = NOT_SUPPORTED if old else DUPLICATE
            elif old and definition is None:
                answer = actions[id]
            else:
                answer = self._admit(ActionToBeSetup(id=id, definition=definition))
            if isinstance(answer, Cause):
                refused[old].append(ActionNotAdmitted(id, answer))
            else:
                answer.sequence = actions[id].sequence if old else -1
                actions[id] = answer
                done[old].append(id)
        live.actions = list(actions.values())
        return RicSubscriptionModificationResponse(
            request_id=asked.request_id,
            function_id=asked.function_id,
            removed=tuple(removed),
            not_removed=tuple(ActionNotAdmitted(id, NOT_SUPPORTED) for id in asked.remove if id not in removed),
            modified=tuple(done[True]),
            not_modified=tuple(refused[True]),
            added=tuple(done[False]),
            not_added=tuple(refused[False]),
        )

    def _period(self, trigger: bytes) -> int | Cause:
        """In microseconds."""
        tick_us = self._world.tick_us
        try:
            period_us = kpm.decode_event_trigger(trigger) * 1000
        except DecodeError:
            return UNREADABLE
        if self._stretch:
            period_us = tick_us
        return BAD_TRIGGER if period_us <= 0 or period_us % tick_us else period_us

    def _next_due(self, period_us: int) -> int:
        return (self._world.time_us // period_us + 1) * period_us

    def _admit(self, action: ActionToBeSetup) -> _Action | Cause:
        if action.type is not ActionType.REPORT or action.definition is None:
            return NOT_SUPPORTED
        try:
            asked = kpm.decode_action_definition(action.definition, self._dialect)
        except DecodeError:
            return UNREADABLE
        if asked.style not in (CELL_STYLE, UE_STYLE):
            return NOT_SUPPORTED
        per_ue = asked.style == UE_STYLE
        cell = None
        if asked.cell is not None:
            cell = self._world.layout.index_of(asked.cell)
            if cell is None:
                return UNAVAILABLE
        columns = [self._column(measurement, per_ue) for measurement in asked.measurements]
        known = tuple(column for column in columns if column is not None)
        conditions = tuple(asked.conditions)
        tests = self._measures.tests
        if len(known) < len(columns) or not all(can_test(condition, tests) for condition in conditions):
            return UNAVAILABLE
        return _Action(action.id, cell, known, per_ue, conditions)

    def _column(self, measurement: Measurement, per_ue: bool) -> Column | None:
        column = self._measures.column(measurement, per_ue)
        return column if column is not None and column.name in self._offered[per_ue] else None

    def unsubscribe(self, request: RequestId) -> None:
        self._live.pop(request, None)

    def clear(self) -> None:
        self._live.clear()

    def due(self, epoch_ns: int) -> list[tuple[RequestId, int, int, bytes, bytes]]:
        """(request, action, sequence, header, message) of every report whose window ends with the tick just made."""
        now = self._world.time_us
        ready = []
        for live in self._live.values():
            live.window.tick()
            if now < live.due_us:
                continue
            header = kpm.encode_indication_header(epoch_ns + (live.due_us - live.period_us) * 1000, self._dialect)
            reading = live.window.close()
            live.due_us += live.period_us
            made: dict[bool, dict[str, Floats]] = {False: {}, True: {}}
            for action in live.actions:
                known, bring = made[action.per_ue], reading.ues if action.per_ue else reading.cells
                for column in action.columns:
                    if column.key not in known:
                        known[column.key] = bring(column)
                table = np.array([known[column.key] for column in action.columns])
                message = self._users(action, reading, table) if action.per_ue else self._cells(action, table)
                if message is None:
                    continue
                action.sequence = (action.sequence + 1) & 0xFFFF
                ready.append((live.request, action.id, action.sequence, header, message))
        return ready

    def _cells(self, action: _Action, table: Floats) -> bytes:
        if action.cell is not None:
            return kpm.encode_cell_message(table[:, action.cell], dialect=self._dialect)
        whole = [_whole_node(column.name, row) for column, row in zip(action.columns, table, strict=True)]
        return kpm.encode_cell_message(whole, dialect=self._dialect)

    def _users(self, action: _Action, reading: Reading, table: Floats) -> bytes | None:
        """None where no user matches: the message cannot name nobody."""
        chosen = matching(action.conditions, reading)
        if action.cell is not None:
            chosen &= reading.at == action.cell
        if not chosen.any():
            return None
        users = [self._names.of(user) for user in reading.users[chosen].tolist()]
        return kpm.encode_ue_message(users, table[:, chosen].T, self._dialect)


_LEVELS = frozenset(("%", "ppm", "kbit/s", "0.1ms", "dB", "dBm", "V"))
"""Units of what does not add up."""
_UNITLESS = frozenset(("CQI", "CARR.AverageLayersDl", "CARR.AverageLayersUl", "DRB.PacketSuccessRateUlgNBUu"))
"""The same without a unit."""


def _averaged(name: str) -> bool:
    row = measure(name)
    return row.unit in _LEVELS or (row.unit == "ms" and row.kind == "DER") or name in _UNITLESS


def _whole_node(name: str, values: Floats) -> float:
    """A node-level value: the mean over cells of ratios and levels, else the sum."""
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan")
    return float(known.mean() if _averaged(name) else known.sum())
