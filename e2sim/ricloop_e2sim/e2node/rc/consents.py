"""The RIC's say in a node's own handovers: inserts that ask it, policies that decide for it (E2SM-RC 7.5.4, 7.7.4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicIndication,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationResponse,
)
from ricloop.e2ap.waits import MILLISECONDS
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.mobility import target_of
from ricloop_e2sim.e2node.causes import NOT_ASKED, NOT_SUPPORTED, UNAVAILABLE, UNREADABLE
from ricloop_e2sim.e2node.rc import function as offered
from ricloop_e2sim.e2node.rc.asked import target_of_rule
from ricloop_e2sim.e2node.returns import Insert, Question, Returns, Rule
from ricloop_e2sim.e2node.service import Scope

_DEFAULT_WAIT = "w100ms"


@dataclass(slots=True)
class Consents:
    """What one node was asked of it."""

    _scope: Scope
    _returns: Returns
    _sequence: int = -1
    """Of inserts."""

    def admit(self, request: RequestId, action: ActionToBeSetup, asked: object) -> Cause | None:
        """None when admitted."""
        if action.type is ActionType.INSERT and isinstance(asked, rc.InsertAction):
            return self._insert(request, action, asked)
        if action.type is ActionType.POLICY and isinstance(asked, rc.PolicyAction):
            rule = self._rule(asked)
            if isinstance(rule, Cause):
                return rule
            self._returns.policies[request] = rule
            return None
        return NOT_SUPPORTED

    def modify(self, asked: RicSubscriptionModificationRequest) -> RicSubscriptionModificationResponse | Cause:
        """Policies change in place; nothing else does."""
        known = asked.request_id in self._returns.policies
        if not known or asked.event_trigger is not None or asked.add or asked.remove:
            return NOT_SUPPORTED
        modified, refused = [], []
        for change in asked.modify:
            rule = NOT_SUPPORTED if change.definition is None else self._rule_of(change.definition)
            if isinstance(rule, Cause):
                refused.append(ActionNotAdmitted(change.id, rule))
            else:
                self._returns.policies[asked.request_id] = rule
                modified.append(change.id)
        return RicSubscriptionModificationResponse(
            request_id=asked.request_id,
            function_id=asked.function_id,
            modified=tuple(modified),
            not_modified=tuple(refused),
        )

    def answered(self, process: bytes, accept: bool) -> Cause | None:
        """The RIC answers a question; a Cause where nobody waits for it."""
        try:
            known = self._returns.answer(rc.decode_call_process_id(process), accept)
        except DecodeError:
            return UNREADABLE
        return None if known else NOT_ASKED

    def forget(self, request: RequestId) -> None:
        self._returns.forget(request)

    def clear(self) -> None:
        self._returns.clear()

    def due(self) -> Iterator[RicIndication]:
        """The questions of the tick just made."""
        asked, self._returns.new = self._returns.new, []
        return map(self._question, asked)

    def _insert(self, request: RequestId, action: ActionToBeSetup, asked: rc.InsertAction) -> Cause | None:
        if (asked.style, asked.indication) != (offered.MOBILITY_STYLE, offered.HANDOVER) or asked.ue is not None:
            return NOT_SUPPORTED
        if any(one.id != offered.TARGET for one in asked.parameters):
            return UNAVAILABLE
        then = action.subsequent
        wait = MILLISECONDS[_DEFAULT_WAIT if then is None else then.time_to_wait]
        goes_on = then is not None and then.type == "continue"
        self._returns.inserts[request] = Insert(request, action.id, wait * 1000, goes_on)
        return None

    def _rule_of(self, definition: bytes) -> Rule | Cause:
        try:
            asked = rc.decode_action_definition(definition, self._scope.dialect)
        except DecodeError:
            return UNREADABLE
        return self._rule(asked) if isinstance(asked, rc.PolicyAction) else NOT_SUPPORTED

    def _rule(self, asked: rc.PolicyAction) -> Rule | Cause:
        """Which users may go, by the cell that they would go to."""
        if asked.style != offered.MOBILITY_STYLE:
            return NOT_SUPPORTED
        decided: list[tuple[CellId | None, bool]] = []
        for one in asked.rules:
            cell = target_of_rule(one.when)
            if one.action != offered.HANDOVER or one.parameters or one.accept is None or isinstance(cell, Cause):
                return NOT_SUPPORTED
            decided.append((cell, one.accept))
        world = self._scope.world

        def rule(target: int) -> bool | None:
            wanted = world.cell_of(target)
            return next((accept for cell, accept in decided if cell is None or cell == wanted), None)

        return rule

    def _question(self, one: Question) -> RicIndication:
        self._sequence = (self._sequence + 1) & 0xFFFF
        scope, target = self._scope, target_of(self._scope.world.cell_of(one.target))
        header = rc.InsertHeader(scope.names.of(one.user), offered.MOBILITY_STYLE, offered.HANDOVER)
        return RicIndication(
            request_id=one.insert.request,
            function_id=offered.RC_ID,
            action_id=one.insert.action,
            sequence=self._sequence,
            type=ActionType.INSERT,
            header=rc.encode_indication_header(header, scope.dialect),
            message=rc.encode_indication_message(rc.InsertMessage(target), scope.dialect),
            call_process_id=rc.encode_call_process_id(one.process),
        )
