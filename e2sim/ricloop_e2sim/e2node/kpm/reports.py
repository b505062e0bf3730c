"""KPM of one node: its subscriptions, when each is due, and the encoded reports (styles 1 and 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicIndication,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationResponse,
    RicSubscriptionRequest,
)
from ricloop.e2sm.kpm import codec as kpm
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.e2node.causes import DUPLICATE, NOT_SUPPORTED
from ricloop_e2sim.e2node.kpm.admission import Action, Admission
from ricloop_e2sim.e2node.kpm.conditions import matching
from ricloop_e2sim.e2node.kpm.wholenode import whole_node
from ricloop_e2sim.e2node.measuring import Meter, Reading
from ricloop_e2sim.e2node.service import Admitted, Scope, Service

KPM_ID = 2
"""RAN function id, as srsRAN numbers it."""


@dataclass(slots=True)
class Subscription:
    """One that was admitted."""

    request: RequestId
    actions: list[Action]
    period_us: int
    due_us: int
    window: Meter


class KpmReports(Service):
    """A node's KPM function."""

    id, oid = KPM_ID, kpm.OID

    def __init__(self, scope: Scope, *, stretch: bool) -> None:
        """`stretch`: any period is served once per tick (replay); else it must be whole ticks."""
        self._scope, self._measures = scope, scope.world.measures()
        self._may = Admission(scope, self._measures, stretch=stretch)
        self.live: dict[RequestId, Subscription] = {}

    def definition(self) -> bytes:
        plain, bins = kpm.definition_of(self._may.cell_names, self._may.ue_names), self._measures.bins
        styles = tuple(
            replace(style, bins=tuple(map(bins.get, style.measurements)))
            if any(name in bins for name in style.measurements)
            else style
            for style in plain.report_styles
        )
        return kpm.encode_function_definition(replace(plain, report_styles=styles))

    # ------------------------------------------------------------------------------------------- subscriptions

    def subscribe(self, asked: RicSubscriptionRequest) -> Admitted | Cause:
        period_us = self._may.period(asked.event_trigger)
        if isinstance(period_us, Cause):
            return period_us
        admitted, refused = [], []
        for action in asked.actions:
            answer = self._may.action(action)
            if isinstance(answer, Cause):
                refused.append(ActionNotAdmitted(action.id, answer))
            else:
                admitted.append(answer)
        if admitted:
            window = self._measures.meter(period_us)
            due_us = self._next_due(period_us)
            self.live[asked.request_id] = Subscription(asked.request_id, admitted, period_us, due_us, window)
        return [action.id for action in admitted], refused

    def modify(self, asked: RicSubscriptionModificationRequest) -> RicSubscriptionModificationResponse | Cause:
        live = self.live[asked.request_id]
        if asked.event_trigger is not None:
            period_us = self._may.period(asked.event_trigger)
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
            answer: Action | Cause
            if (id in actions) is not old:
                answer = NOT_SUPPORTED if old else DUPLICATE
            elif old and definition is None:
                answer = actions[id]
            else:
                answer = self._may.action(ActionToBeSetup(id=id, definition=definition))
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

    def _next_due(self, period_us: int) -> int:
        """On whole multiples of the period, so that the nodes of a gNB report the same windows."""
        return (self._scope.world.time_us // period_us + 1) * period_us

    def unsubscribe(self, request: RequestId) -> None:
        self.live.pop(request, None)

    def clear(self) -> None:
        self.live.clear()

    # ------------------------------------------------------------------------------------------------ reports

    def due(self, end_ns: int) -> list[RicIndication]:
        """Every report whose window ends with the tick just made."""
        now = self._scope.world.time_us
        ready: list[RicIndication] = []
        for live in self.live.values():
            live.window.tick()
            if now >= live.due_us:
                ready += self._reports(live, end_ns - live.period_us * 1000)
                live.due_us += live.period_us
        return ready

    def _reports(self, live: Subscription, begin_ns: int) -> Iterator[RicIndication]:
        """Of the window that began at `begin_ns`."""
        header, reading = kpm.encode_indication_header(begin_ns, self._scope.dialect), live.window.close()
        made: dict[bool, dict[str, Floats]] = {False: {}, True: {}}
        for action in live.actions:
            known, bring = made[action.per_ue], reading.ues if action.per_ue else reading.cells
            for column in action.columns:
                if column.key not in known:
                    known[column.key] = bring(column)
            table = np.array([known[column.key] for column in action.columns])
            message = self._users(action, reading, table) if action.per_ue else self._cells(action, table)
            if message is not None:
                yield report(live.request, action, header, message)

    def _cells(self, action: Action, table: Floats) -> bytes:
        if action.cell is not None:
            return kpm.encode_cell_message(table[:, action.cell], dialect=self._scope.dialect)
        whole = [whole_node(column.name, row) for column, row in zip(action.columns, table, strict=True)]
        return kpm.encode_cell_message(whole, dialect=self._scope.dialect)

    def _users(self, action: Action, reading: Reading, table: Floats) -> bytes | None:
        """None where no user matches: the message cannot name nobody."""
        chosen = matching(action.conditions, reading)
        if action.cell is not None:
            chosen &= reading.at == action.cell
        if not chosen.any():
            return None
        users = [self._scope.names.of(user) for user in reading.users[chosen].tolist()]
        return kpm.encode_ue_message(users, table[:, chosen].T, self._scope.dialect)


def report(request: RequestId, action: Action, header: bytes, message: bytes) -> RicIndication:
    """The action's next."""
    action.sequence = (action.sequence + 1) & 0xFFFF
    return RicIndication(
        request_id=request,
        function_id=KPM_ID,
        action_id=action.id,
        sequence=action.sequence,
        header=header,
        message=message,
    )
