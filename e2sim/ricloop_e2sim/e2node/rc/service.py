"""RC subscriptions and queries of one CU-CP or gNB: reports of UE events, inserts, policies (E2SM-RC 7.2 to 7.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ricloop.core.dialect import Dialect
from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicIndication,
    RicQueryRequest,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationResponse,
    RicSubscriptionRequest,
)
from ricloop.e2ap.waits import MILLISECONDS
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.mobility import cell_octets, target_of
from ricloop_e2sim.e2node.nodeworld import Changes, Names, NodeWorld
from ricloop_e2sim.e2node.rc import function as offered
from ricloop_e2sim.e2node.rc.asked import (
    BAD_QUERY,
    BAD_TRIGGER,
    NOT_ASKED,
    NOT_SUPPORTED,
    UNAVAILABLE,
    UNREADABLE,
    holds,
    target_of_rule,
    trigger_of,
)
from ricloop_e2sim.e2node.returns import Insert, Question, Returns, Rule

_DEFAULT_WAIT = "w100ms"
_REPORTED = frozenset((offered.STATE, offered.FORMER_STATE, offered.CELL))


@dataclass(slots=True)
class _Reported:
    """One report action: its conditions, and what it brings."""

    action: int
    conditions: tuple[rc.UeChange, ...]
    parameters: tuple[int, ...]
    sequence: int = -1


@dataclass(slots=True)
class RcService:
    """All admitted subscriptions of one node's RC function."""

    world: NodeWorld
    names: Names
    dialect: Dialect
    returns: Returns | None
    """None: there are no inserts and no policies."""
    _reports: dict[RequestId, list[_Reported]] = field(default_factory=dict)
    _sequence: int = -1
    """Of inserts."""

    # ------------------------------------------------------------------------------------------- subscriptions

    def subscribe(self, request: RicSubscriptionRequest) -> tuple[list[int], list[ActionNotAdmitted]] | Cause:
        """What was admitted and what was not; a Cause where the event trigger cannot be served."""
        trigger = trigger_of(request.event_trigger)
        if isinstance(trigger, Cause):
            return trigger
        admitted, refused = [], []
        for action in request.actions:
            cause = self._admit(request.request_id, trigger, action)
            if cause is None:
                admitted.append(action.id)
            else:
                refused.append(ActionNotAdmitted(action.id, cause))
        return admitted, refused

    def modify(self, asked: RicSubscriptionModificationRequest) -> RicSubscriptionModificationResponse | Cause:
        """Policies change in place; nothing else does."""
        if (
            self.returns is None
            or asked.request_id not in self.returns.policies
            or asked.event_trigger is not None
            or asked.add
            or asked.remove
        ):
            return NOT_SUPPORTED
        modified, refused = [], []
        for change in asked.modify:
            rule = NOT_SUPPORTED if change.definition is None else self._rule(change.definition)
            if isinstance(rule, Cause):
                refused.append(ActionNotAdmitted(change.id, rule))
            else:
                self.returns.policies[asked.request_id] = rule
                modified.append(change.id)
        return RicSubscriptionModificationResponse(
            request_id=asked.request_id,
            function_id=asked.function_id,
            modified=tuple(modified),
            not_modified=tuple(refused),
        )

    def unsubscribe(self, request: RequestId) -> None:
        self._reports.pop(request, None)
        if self.returns is not None:
            self.returns.forget(request)

    def clear(self) -> None:
        self._reports.clear()
        if self.returns is not None:
            self.returns.clear()

    def _admit(
        self, request: RequestId, trigger: rc.OnCallProcess | rc.OnUeChange, action: ActionToBeSetup
    ) -> Cause | None:
        if action.definition is None:
            return NOT_SUPPORTED
        try:
            asked = rc.decode_action_definition(action.definition, self.dialect)
        except DecodeError:
            return UNREADABLE
        if action.type is ActionType.REPORT and isinstance(asked, rc.ReportAction) and asked.style == offered.UE_STYLE:
            if not isinstance(trigger, rc.OnUeChange):
                return BAD_TRIGGER
            if not {one.id for one in asked.parameters} <= _REPORTED:
                return UNAVAILABLE
            wanted = tuple(one.id for one in asked.parameters)
            self._reports.setdefault(request, []).append(_Reported(action.id, trigger.events, wanted))
            return None
        if not isinstance(trigger, rc.OnCallProcess):
            return BAD_TRIGGER
        if self.returns is None:
            return NOT_SUPPORTED
        if action.type is ActionType.INSERT and isinstance(asked, rc.InsertAction):
            return self._insert(self.returns, request, action, asked)
        if action.type is ActionType.POLICY and isinstance(asked, rc.PolicyAction):
            rule = self._rule(action.definition)
            if isinstance(rule, Cause):
                return rule
            self.returns.policies[request] = rule
            return None
        return NOT_SUPPORTED

    @staticmethod
    def _insert(returns: Returns, request: RequestId, action: ActionToBeSetup, asked: rc.InsertAction) -> Cause | None:
        if (asked.style, asked.indication) != (offered.MOBILITY_STYLE, offered.HANDOVER) or asked.ue is not None:
            return NOT_SUPPORTED
        if any(one.id != offered.TARGET for one in asked.parameters):
            return UNAVAILABLE
        then = action.subsequent
        wait = MILLISECONDS[_DEFAULT_WAIT if then is None else then.time_to_wait]
        goes_on = then is not None and then.type == "continue"
        returns.inserts[request] = Insert(request, action.id, wait * 1000, goes_on)
        return None

    def _rule(self, definition: bytes) -> Rule | Cause:
        """Which users may go, by the cell that they would go to."""
        try:
            asked = rc.decode_action_definition(definition, self.dialect)
        except DecodeError:
            return UNREADABLE
        if not isinstance(asked, rc.PolicyAction) or asked.style != offered.MOBILITY_STYLE:
            return NOT_SUPPORTED
        decided: list[tuple[CellId | None, bool]] = []
        for one in asked.rules:
            cell = target_of_rule(one.when)
            if one.action != offered.HANDOVER or one.parameters or one.accept is None or isinstance(cell, Cause):
                return NOT_SUPPORTED
            decided.append((cell, one.accept))

        def rule(target: int) -> bool | None:
            wanted = self.world.cell_of(target)
            return next((accept for cell, accept in decided if cell is None or cell == wanted), None)

        return rule

    # -------------------------------------------------------------------------------------------- indications

    def due(self, function_id: int) -> list[RicIndication]:
        """Everything that happened in the tick just made."""
        found = []
        for request, actions in self._reports.items():
            changes = self.world.changes()
            for told in actions:
                for header, message in self._happened(told, changes):
                    told.sequence = (told.sequence + 1) & 0xFFFF
                    found.append(
                        RicIndication(
                            request_id=request,
                            function_id=function_id,
                            action_id=told.action,
                            sequence=told.sequence,
                            header=header,
                            message=message,
                        )
                    )
        if self.returns is not None:
            asked, self.returns.new = self.returns.new, []
            found += [self._question(one, function_id) for one in asked]
        return found

    def _happened(self, told: _Reported, changes: Changes) -> list[tuple[bytes, bytes]]:
        """A message per condition that held, about every user for which it did."""
        messages = []
        for condition in told.conditions:
            held = holds(condition.trigger, changes.before, changes.now)
            if not held.any():
                continue
            listed = tuple(
                (
                    self.names.of(user),
                    _values(told.parameters, before >= 0, int(changes.cells[now]) if now >= 0 else None),
                )
                for user, before, now in zip(
                    changes.user[held].tolist(), changes.before[held].tolist(), changes.now[held].tolist(), strict=True
                )
            )
            header = rc.encode_indication_header(rc.ReportHeader(condition.condition), self.dialect)
            messages.append((header, rc.encode_indication_message(rc.UeMessage(listed), self.dialect)))
        return messages

    def _question(self, one: Question, function_id: int) -> RicIndication:
        self._sequence = (self._sequence + 1) & 0xFFFF
        header = rc.InsertHeader(self.names.of(one.user), offered.MOBILITY_STYLE, offered.HANDOVER)
        return RicIndication(
            request_id=one.insert.request,
            function_id=function_id,
            action_id=one.insert.action,
            sequence=self._sequence,
            type=ActionType.INSERT,
            header=rc.encode_indication_header(header, self.dialect),
            message=rc.encode_indication_message(
                rc.InsertMessage(target_of(self.world.cell_of(one.target))), self.dialect
            ),
            call_process_id=rc.encode_call_process_id(one.process),
        )

    # ------------------------------------------------------------------------------------------------- answers

    def answered(self, process: bytes, accept: bool) -> Cause | None:
        """The RIC answers a question; a Cause where nobody waits for it."""
        if self.returns is None:
            return NOT_ASKED
        try:
            known = self.returns.answer(rc.decode_call_process_id(process), accept)
        except DecodeError:
            return UNREADABLE
        return None if known else NOT_ASKED

    def query(self, request: RicQueryRequest) -> bytes | Cause:
        """The outcome: the state and the cell of the UEs that were asked for, or of all that are connected."""
        try:
            header = rc.decode_query_header(request.header)
            asked = rc.decode_query_definition(request.definition)
        except DecodeError:
            return UNREADABLE
        wanted = [one.id for one in asked]
        if header.style != offered.UE_STYLE or not {*wanted} <= {offered.STATE, offered.CELL} or header.node:
            return BAD_QUERY
        if any(one.ue is None or one.testing for one in header.ues):
            return BAD_QUERY
        chosen = [(self.names.find(one.ue), one.id) for one in header.ues if one.ue is not None]
        users: list[tuple[int | None, int | None]] = [*chosen]
        if not users:
            users = [(user, None) for user in np.flatnonzero(self.world.serving >= 0).tolist()]
        answers = tuple(
            rc.UeAnswer(self.names.of(user), self._known(user, wanted), selection)
            for user, selection in users
            if user is not None
        )
        return rc.encode_query_outcome(rc.UeAnswers(answers))

    def _known(self, user: int, wanted: Sequence[int]) -> dict[int, rc.Element | None]:
        here = int(self.world.serving[user])
        cell = int(self.world.layout.cells[here]) if here >= 0 else None
        values = _values((offered.STATE, offered.CELL), here >= 0, cell)
        return {id_: values.get(id_) for id_ in wanted}


def _values(parameters: Sequence[int], was_connected: bool, cell: CellId | None) -> dict[int, rc.Element]:
    """Of a user that is in this cell now; None: in none."""
    values = {
        offered.STATE: rc.Element(offered.IDLE if cell is None else offered.CONNECTED),
        offered.FORMER_STATE: rc.Element(offered.CONNECTED if was_connected else offered.IDLE),
    }
    if cell is not None:
        values[offered.CELL] = rc.Element(cell_octets(cell))
    # Without a cell there is no Cell Global ID: the message then says what is left of what was asked.
    return {id_: values[id_] for id_ in parameters if id_ in values} or {offered.STATE: values[offered.STATE]}
