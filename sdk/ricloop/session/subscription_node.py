"""RIC Subscription, Delete and Modification at the node (E2AP 8.2.1, 8.2.2, 8.2.7, 8.2.8): which subscription a
message, or an answer of the application, is about.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import messages as m
from ricloop.session.endpoint import (
    DUPLICATE_REQUEST,
    UNKNOWN_FUNCTION,
    UNKNOWN_REQUEST,
    UNSPECIFIED,
    WRONG_STATE,
    Endpoint,
)
from ricloop.session.entries import Entries
from ricloop.session.events import NodeEvent
from ricloop.session.subscription import MAX_SUBSCRIPTIONS
from ricloop.session.subscription_node_table import (
    TABLE,
    Input,
    NodeSubscription,
    State,
    fail_delete,
    fail_modification,
    refusal,
)
from ricloop.session.timers import SessionTimers

DUPLICATE_ACTION = m.Cause("ricRequest", "duplicate-action")
FULL = m.Cause("ricRequest", "function-resource-limit")


class NodeSubscriptions:
    """All subscriptions of one association."""

    def __init__(self, end: Endpoint[NodeEvent], functions: Collection[int], timers: SessionTimers) -> None:
        self._end, self._functions = end, functions
        self._entries: Entries[NodeSubscription] = Entries(
            end,
            TABLE,
            State.ABSENT,
            waits={State.REQUIRING: timers.modification},
            timeout=Input.TIMEOUT,
            active=(State.ACTIVE, State.MODIFYING, State.REQUIRING),
        )

    @property
    def active(self) -> Mapping[m.RequestId, NodeSubscription]:
        """Those that we admitted and nobody deleted."""
        return self._entries.active

    # ----------------------------------------------------------------------------------- what the node answers

    def admit(
        self, request_id: m.RequestId, admitted: Sequence[int], not_admitted: Sequence[m.ActionNotAdmitted]
    ) -> bool:
        entry = self._entries.live.get(request_id)
        if entry is None:
            return False
        asked = {action.id for action in entry.request.actions}
        strangers = {*admitted, *(a.id for a in not_admitted)} - asked
        if strangers:
            raise LocalProtocolError(
                f"subscription {request_id} has the actions {sorted(asked)}, not {sorted(strangers)}"
            )
        if not admitted:
            return self.refuse(request_id, not_admitted[0].cause if not_admitted else UNSPECIFIED)
        return self._answer(entry, Input.ADMIT, (tuple(admitted), tuple(not_admitted)))

    def refuse(self, request_id: m.RequestId, cause: m.Cause) -> bool:
        entry = self._entries.live.get(request_id)
        return entry is not None and self._answer(entry, Input.REFUSE, cause)

    def modified(self, answer: m.RicSubscriptionModificationResponse) -> bool:
        entry = self._entries.live.get(answer.request_id)
        return entry is not None and self._answer(entry, Input.MODIFIED, answer)

    def refuse_modification(self, request_id: m.RequestId, cause: m.Cause) -> bool:
        entry = self._entries.live.get(request_id)
        return entry is not None and self._answer(entry, Input.NOT_MODIFIED, cause)

    def functions_gone(self, functions: frozenset[int]) -> None:
        """These RAN functions are no more: what was subscribed of them ends, and what was asked is not answered."""
        for entry in [entry for entry in self._entries.live.values() if entry.function_id in functions]:
            self._entries.step(entry, Input.GONE, UNKNOWN_FUNCTION)

    def require(self, message: m.RicSubscriptionModificationRequired) -> None:
        entry = self._entries.active.get(message.request_id)
        if entry is None or not self._entries.step(entry, Input.REQUIRE, message):
            raise LocalProtocolError(f"subscription {message.request_id} cannot be modified now: it is not active")

    def forget(self) -> None:
        self._entries.forget()

    def _answer(self, entry: NodeSubscription, given: Input, argument: object) -> bool:
        if not self._entries.step(entry, given, argument):
            raise LocalProtocolError(f"subscription {entry.request_id} is {entry.state.value}: answer it once")
        return True

    # ------------------------------------------------------------------------------------------- what arrives

    def requested(self, message: m.RicSubscriptionRequest) -> None:
        entry = self._entries.live.get(message.request_id) or NodeSubscription(message)
        unfit = self._unfit(message)
        if unfit is None and self._entries.step(entry, Input.REQUEST, message):
            return
        kind, reason, cause = unfit or ("unexpected", f"it is {entry.state.value} already", DUPLICATE_REQUEST)
        self._end.misbehaved(kind, f"subscription {message.request_id}: {reason}")
        self._end.send(refusal(message, cause))

    def delete_requested(self, message: m.RicSubscriptionDeleteRequest) -> None:
        entry = self._entries.live.get(message.request_id)
        cause = UNKNOWN_REQUEST
        if entry is not None and entry.function_id != message.function_id:
            cause = UNKNOWN_FUNCTION
        elif entry is not None and self._entries.step(entry, Input.DELETE):
            return
        kind = "unknown_function" if cause is UNKNOWN_FUNCTION else "unknown_request"
        self._end.misbehaved(kind, f"deletion of subscription {message.request_id}: {cause.value}")
        fail_delete(self._end, message.request_id, message.function_id, cause)

    def modification_requested(self, message: m.RicSubscriptionModificationRequest) -> None:
        entry = self._entries.live.get(message.request_id)
        cause = UNKNOWN_REQUEST if entry is None else WRONG_STATE
        if entry is not None and entry.function_id != message.function_id:
            cause = UNKNOWN_FUNCTION
        elif entry is not None and self._entries.step(entry, Input.MODIFY, message):
            return
        kind = {UNKNOWN_REQUEST: "unknown_request", UNKNOWN_FUNCTION: "unknown_function"}.get(cause, "unexpected")
        self._end.misbehaved(kind, f"modification of subscription {message.request_id}: {cause.value}")
        fail_modification(self._end, message.request_id, message.function_id, cause)

    def confirmed(self, message: m.RicSubscriptionModificationConfirm) -> None:
        self._required_answered(message, Input.CONFIRMED, message)

    def refused(self, message: m.RicSubscriptionModificationRefuse) -> None:
        self._required_answered(message, Input.REFUSED, message.cause)

    def _required_answered(
        self,
        message: m.RicSubscriptionModificationConfirm | m.RicSubscriptionModificationRefuse,
        given: Input,
        argument: object,
    ) -> None:
        entry = self._entries.live.get(message.request_id)
        if entry is None or entry.function_id != message.function_id or not self._entries.step(entry, given, argument):
            reason = f"{given.value} for request {message.request_id} answers nothing that we asked"
            self._end.error(
                "unexpected", reason, WRONG_STATE, request_id=message.request_id, function_id=message.function_id
            )

    def error_about(self, error: m.ErrorIndication) -> None:
        entry = self._entries.live.get(error.request_id)
        if entry is not None and error.cause == UNKNOWN_REQUEST:
            self._entries.step(entry, Input.UNKNOWN)

    def _unfit(self, message: m.RicSubscriptionRequest) -> tuple[str, str, m.Cause] | None:
        """Why a request cannot even be asked about: (kind of misbehaviour, reason, cause)."""
        if message.function_id not in self._functions:
            reason = f"RAN function {message.function_id} is not one of {sorted(self._functions)}"
            return "unknown_function", reason, UNKNOWN_FUNCTION
        if len({action.id for action in message.actions}) != len(message.actions):
            return "unexpected", "an action id is there twice", DUPLICATE_ACTION
        if message.request_id not in self._entries.live and len(self._entries.live) >= MAX_SUBSCRIPTIONS:
            return "unexpected", f"there are {MAX_SUBSCRIPTIONS} already", FULL
        return None
