"""RIC Subscription, Delete, Modification and Indication at the RIC (E2AP 8.2.1 to 8.2.3, 8.2.7, 8.2.8): one state per
request id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    ErrorIndication,
    RequestId,
    RicIndication,
    RicSubscriptionDeleteFailure,
    RicSubscriptionDeleteRequest,
    RicSubscriptionDeleteRequired,
    RicSubscriptionDeleteResponse,
    RicSubscriptionFailure,
    RicSubscriptionModificationConfirm,
    RicSubscriptionModificationFailure,
    RicSubscriptionModificationRefuse,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationRequired,
    RicSubscriptionModificationResponse,
    RicSubscriptionRequest,
    RicSubscriptionResponse,
)
from ricloop.session.endpoint import NO_ANSWER, UNKNOWN_FUNCTION, UNKNOWN_REQUEST, WRONG_STATE, Endpoint
from ricloop.session.events import (
    IndicationReceived,
    ModificationRefused,
    RicEvent,
    SubscriptionAdmitted,
    SubscriptionDeleted,
    SubscriptionEnded,
    SubscriptionModified,
    SubscriptionModifiedByNode,
    SubscriptionRefused,
)
from ricloop.session.table import Table, step
from ricloop.session.timers import SessionTimers

MAX_ACTIONS = 16
"""maxofRICactionID."""
MAX_SUBSCRIPTIONS = 1024
"""maxnoofRICrequestID."""
UNSPECIFIED = Cause("ricRequest", "unspecified")
NOT_ADMITTED = Cause("ricRequest", "action-not-supported")
GONE = Cause("ricRequest", "ran-function-id-invalid")


class State(Member):
    ABSENT = "absent"
    REQUESTED = "requested"
    ACTIVE = "active"
    MODIFYING = "active, and being modified"
    DELETING = "being deleted"
    ABANDONED = "given up, and being deleted in case it exists"


class Input(Member):
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    ADMITTED = "RICsubscriptionResponse"
    REFUSED = "RICsubscriptionFailure, or a response that admits nothing"
    DELETED = "RICsubscriptionDeleteResponse or Failure"
    MODIFY = "modify"
    MODIFIED = "RICsubscriptionModificationResponse"
    NOT_MODIFIED = "RICsubscriptionModificationFailure"
    REQUIRED = "RICsubscriptionModificationRequired"
    GIVEN_UP = "RICsubscriptionDeleteRequired"
    GONE = "its RAN function was deleted"
    ERROR = "ErrorIndication about it"
    INDICATION = "RICindication"
    TIMEOUT = "timeout"


@dataclass(slots=True)
class Subscription:
    """One subscription and where it stands. Read only outside the session."""

    request_id: RequestId
    function_id: int
    requested: frozenset[int]
    """Action ids asked for."""
    admitted: frozenset[int] = frozenset()
    state: State = State.ABSENT


class RicSubscriptions:
    """All subscriptions of one association."""

    def __init__(self, end: Endpoint[RicEvent], timers: SessionTimers) -> None:
        self._end, self._timers = end, timers
        self._live: dict[RequestId, Subscription] = {}
        self._active: dict[RequestId, Subscription] = {}
        self.active: Mapping[RequestId, Subscription] = MappingProxyType(self._active)

    # -------------------------------------------------------------------------------------------- what we begin

    def subscribe(
        self, request_id: RequestId, function_id: int, event_trigger: bytes, actions: Sequence[ActionToBeSetup]
    ) -> None:
        ids = frozenset(action.id for action in actions)
        if not 1 <= len(actions) <= MAX_ACTIONS or len(ids) != len(actions):
            raise LocalProtocolError(f"subscription {request_id} has {len(actions)} actions: 1 to 16, each id once")
        live = self._live.get(request_id)
        if live is None and len(self._live) >= MAX_SUBSCRIPTIONS:
            raise LocalProtocolError(f"an association carries at most {MAX_SUBSCRIPTIONS} subscriptions")
        message = RicSubscriptionRequest(
            request_id=request_id, function_id=function_id, event_trigger=event_trigger, actions=tuple(actions)
        )
        self._begin(live or Subscription(request_id, function_id, ids), Input.SUBSCRIBE, message)

    def unsubscribe(self, request_id: RequestId) -> None:
        self._begin(self._live.get(request_id) or Subscription(request_id, 0, frozenset()), Input.UNSUBSCRIBE)

    def modify(self, message: RicSubscriptionModificationRequest) -> None:
        entry = self._live.get(message.request_id)
        if entry is None:
            raise LocalProtocolError(f"subscription {message.request_id} does not exist: nothing can be modified")
        if entry.function_id != message.function_id:
            raise LocalProtocolError(f"subscription {message.request_id} is of RAN function {entry.function_id}")
        self._begin(entry, Input.MODIFY, message)

    def functions_gone(self, functions: frozenset[int]) -> None:
        """These RAN functions are no more, and so are their subscriptions: there is nothing left to delete."""
        for entry in [entry for entry in self._live.values() if entry.function_id in functions]:
            self._step(entry, Input.GONE, GONE)

    def forget(self) -> None:
        for request_id in self._live:
            self._end.disarm(("subscription", request_id))
        self._live.clear()
        self._active.clear()

    # ------------------------------------------------------------------------------------------- what arrives

    def responded(self, message: RicSubscriptionResponse) -> None:
        if message.admitted:
            self._given(message, Input.ADMITTED, message)
        else:
            cause = message.not_admitted[0].cause if message.not_admitted else UNSPECIFIED
            self._given(message, Input.REFUSED, cause)

    def failed(self, message: RicSubscriptionFailure) -> None:
        self._given(message, Input.REFUSED, message.cause)

    def delete_responded(self, message: RicSubscriptionDeleteResponse) -> None:
        self._given(message, Input.DELETED)

    def delete_failed(self, message: RicSubscriptionDeleteFailure) -> None:
        self._end.counters["deletes_failed"] += 1
        self._given(message, Input.DELETED)

    def delete_required(self, message: RicSubscriptionDeleteRequired) -> None:
        """The node cannot serve these any more: each is told as ended and deleted (8.2.2A)."""
        for given_up in message.subscriptions:
            entry = self._live.get(given_up.request_id)
            if entry is None or entry.function_id != given_up.function_id:
                self._end.counters["unknown_request"] += 1
            elif not self._step(entry, Input.GIVEN_UP, given_up.cause):
                self._end.counters["crossed"] += 1

    def modification_responded(self, message: RicSubscriptionModificationResponse) -> None:
        self._given(message, Input.MODIFIED, message)

    def modification_failed(self, message: RicSubscriptionModificationFailure) -> None:
        self._given(message, Input.NOT_MODIFIED, message.cause)

    def modification_required(self, message: RicSubscriptionModificationRequired) -> None:
        """A class-1 procedure: what cannot be done is answered by its own failure, not by an Error Indication."""
        entry = self._live.get(message.request_id)
        fits = entry is not None and entry.function_id == message.function_id
        if entry is not None and fits and self._step(entry, Input.REQUIRED, message):
            return
        cause = UNKNOWN_REQUEST if not fits else WRONG_STATE
        self._end.misbehaved("unknown_request", f"modification required of {message.request_id}: {cause.value}")
        self._end.send(
            RicSubscriptionModificationRefuse(
                request_id=message.request_id, function_id=message.function_id, cause=cause
            )
        )

    def indicated(self, message: RicIndication) -> None:
        self._end.counters["indications"] += 1
        self._given(message, Input.INDICATION, message)

    def error_about(self, error: ErrorIndication) -> None:
        entry = self._live.get(error.request_id) if error.request_id is not None else None
        if entry is not None:
            self._step(entry, Input.ERROR, error.cause or UNSPECIFIED)

    def _given(self, message: Any, given: Input, argument: object = None) -> None:
        """Apply what the node sent to the subscription that it names."""
        request_id, function_id = message.request_id, message.function_id
        entry = self._live.get(request_id)
        if entry is None:
            reason = f"{type(message).__name__} for request {request_id}, which does not exist"
            self._end.error("unknown_request", reason, UNKNOWN_REQUEST, request_id=request_id, function_id=function_id)
        elif entry.function_id != function_id:
            name = type(message).__name__
            reason = f"{name} for request {request_id} names RAN function {function_id}, not {entry.function_id}"
            self._end.error(
                "unknown_function", reason, UNKNOWN_FUNCTION, request_id=request_id, function_id=function_id
            )
        elif not self._step(entry, given, argument):
            reason = f"{type(message).__name__} for request {request_id}, which is {entry.state.value}"
            self._end.error("unexpected", reason, WRONG_STATE, request_id=request_id, function_id=function_id)

    # --------------------------------------------------------------------------------------------------- steps

    def _begin(self, entry: Subscription, given: Input, argument: object = None) -> None:
        if not self._step(entry, given, argument):
            raise LocalProtocolError(f"subscription {entry.request_id} is {entry.state.value}: no {given.value} now")

    def _step(self, entry: Subscription, given: Input, argument: object = None) -> bool:
        before = entry.state
        found = step(TABLE, self, entry, given, argument)
        if entry.state is not before:
            self._file(entry)
        return found

    def _file(self, entry: Subscription) -> None:
        """Keep the entry where its new state belongs."""
        if entry.state in (State.ACTIVE, State.MODIFYING):
            self._active[entry.request_id] = entry
        else:
            self._active.pop(entry.request_id, None)
        if entry.state is State.ABSENT:
            self._end.disarm(("subscription", entry.request_id))
            self._live.pop(entry.request_id, None)
        else:
            self._live[entry.request_id] = entry

    def _arm(self, entry: Subscription, given: Input) -> None:
        timers = self._timers
        lengths = {Input.SUBSCRIBE: timers.subscription, Input.UNSUBSCRIBE: timers.delete}
        after = lengths.get(given, timers.modification)
        self._end.arm(("subscription", entry.request_id), after, lambda: self._step(entry, Input.TIMEOUT))

    # ------------------------------------------------------------------------------------------------ handlers

    def _request(self, entry: Subscription, message: RicSubscriptionRequest) -> None:
        self._end.send(message)
        self._arm(entry, Input.SUBSCRIBE)

    def _admit(self, entry: Subscription, message: RicSubscriptionResponse) -> None:
        self._end.disarm(("subscription", entry.request_id))
        entry.admitted = entry.requested.intersection(message.admitted)
        self._end.tell(SubscriptionAdmitted(entry.request_id, message.admitted, message.not_admitted))

    def _refuse(self, entry: Subscription, cause: Cause) -> None:
        self._end.tell(SubscriptionRefused(entry.request_id, cause))

    def _abandon(self, entry: Subscription, _: None) -> None:
        self._end.counters["subscriptions_timed_out"] += 1
        self._delete(entry, None)
        self._refuse(entry, NO_ANSWER)

    def _delete(self, entry: Subscription, _: None) -> None:
        self._end.send(RicSubscriptionDeleteRequest(request_id=entry.request_id, function_id=entry.function_id))
        self._arm(entry, Input.UNSUBSCRIBE)

    def _deleted(self, entry: Subscription, _: object) -> None:
        self._end.tell(SubscriptionDeleted(entry.request_id))

    def _delete_unanswered(self, entry: Subscription, _: None) -> None:
        self._end.counters["deletes_timed_out"] += 1
        self._deleted(entry, None)

    def _end_by_node(self, entry: Subscription, cause: Cause) -> None:
        self._delete(entry, None)
        self._tell_ended(entry, cause)

    def _tell_ended(self, entry: Subscription, cause: Cause) -> None:
        self._end.tell(SubscriptionEnded(entry.request_id, cause))

    def _ask_modification(self, entry: Subscription, message: RicSubscriptionModificationRequest) -> None:
        self._end.send(message)
        self._arm(entry, Input.MODIFY)

    def _modified(self, entry: Subscription, message: RicSubscriptionModificationResponse) -> None:
        self._end.disarm(("subscription", entry.request_id))
        entry.admitted = (entry.admitted | set(message.added)) - set(message.removed)
        self._end.tell(SubscriptionModified(entry.request_id, message))

    def _not_modified(self, entry: Subscription, cause: Cause) -> None:
        self._end.disarm(("subscription", entry.request_id))
        self._end.tell(ModificationRefused(entry.request_id, cause))

    def _modification_unanswered(self, entry: Subscription, _: None) -> None:
        self._end.counters["modifications_timed_out"] += 1
        self._end.tell(ModificationRefused(entry.request_id, NO_ANSWER))

    def _confirm(self, entry: Subscription, message: RicSubscriptionModificationRequired) -> None:
        """A node that can serve less than it admitted is believed; actions that were not admitted are refused."""
        waits = tuple(wait for wait in message.modify if wait.id in entry.admitted)
        removed = tuple(gone for gone in message.remove if gone.id in entry.admitted)
        self._end.send(
            RicSubscriptionModificationConfirm(
                request_id=entry.request_id,
                function_id=entry.function_id,
                modified=tuple(wait.id for wait in waits),
                not_modified=tuple(
                    ActionNotAdmitted(wait.id, NOT_ADMITTED) for wait in message.modify if wait not in waits
                ),
                removed=tuple(gone.id for gone in removed),
                not_removed=tuple(
                    ActionNotAdmitted(gone.id, NOT_ADMITTED) for gone in message.remove if gone not in removed
                ),
            )
        )
        entry.admitted = entry.admitted.difference(gone.id for gone in removed)
        self._end.tell(SubscriptionModifiedByNode(entry.request_id, waits, removed))

    def _deliver(self, entry: Subscription, message: RicIndication) -> None:
        if message.action_id not in entry.admitted:
            reason = f"indication of action {message.action_id} of {entry.request_id}, which was not admitted"
            self._end.error(
                "unexpected",
                reason,
                NOT_ADMITTED,
                request_id=entry.request_id,
                function_id=entry.function_id,
            )
            return
        self._end.tell(
            IndicationReceived(
                message.request_id,
                message.function_id,
                message.action_id,
                message.sequence,
                message.header,
                message.message,
                message.call_process_id,
                message.type is ActionType.INSERT,
            )
        )

    def _cross(self, _: Subscription, __: object) -> None:
        """It left the node before our request got there."""
        self._end.counters["crossed"] += 1

    def _nothing(self, _: Subscription, __: object) -> None:
        """Whatever there is to tell was told already."""


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.SUBSCRIBE): (RicSubscriptions._request, State.REQUESTED),
    (State.REQUESTED, Input.ADMITTED): (RicSubscriptions._admit, State.ACTIVE),
    (State.REQUESTED, Input.REFUSED): (RicSubscriptions._refuse, State.ABSENT),
    (State.REQUESTED, Input.ERROR): (RicSubscriptions._refuse, State.ABSENT),
    (State.REQUESTED, Input.TIMEOUT): (RicSubscriptions._abandon, State.ABANDONED),
    (State.REQUESTED, Input.UNSUBSCRIBE): (RicSubscriptions._delete, State.DELETING),
    (State.ACTIVE, Input.INDICATION): (RicSubscriptions._deliver, State.ACTIVE),
    (State.ACTIVE, Input.ERROR): (RicSubscriptions._nothing, State.ACTIVE),
    (State.ACTIVE, Input.UNSUBSCRIBE): (RicSubscriptions._delete, State.DELETING),
    (State.ACTIVE, Input.GIVEN_UP): (RicSubscriptions._end_by_node, State.ABANDONED),
    (State.ACTIVE, Input.GONE): (RicSubscriptions._tell_ended, State.ABSENT),
    (State.ACTIVE, Input.REQUIRED): (RicSubscriptions._confirm, State.ACTIVE),
    (State.ACTIVE, Input.MODIFY): (RicSubscriptions._ask_modification, State.MODIFYING),
    (State.MODIFYING, Input.INDICATION): (RicSubscriptions._deliver, State.MODIFYING),
    (State.MODIFYING, Input.MODIFIED): (RicSubscriptions._modified, State.ACTIVE),
    (State.MODIFYING, Input.NOT_MODIFIED): (RicSubscriptions._not_modified, State.ACTIVE),
    (State.MODIFYING, Input.ERROR): (RicSubscriptions._not_modified, State.ACTIVE),
    (State.MODIFYING, Input.TIMEOUT): (RicSubscriptions._modification_unanswered, State.ACTIVE),
    (State.MODIFYING, Input.UNSUBSCRIBE): (RicSubscriptions._delete, State.DELETING),
    (State.MODIFYING, Input.GIVEN_UP): (RicSubscriptions._end_by_node, State.ABANDONED),
    (State.MODIFYING, Input.GONE): (RicSubscriptions._tell_ended, State.ABSENT),
    (State.REQUESTED, Input.GONE): (RicSubscriptions._refuse, State.ABSENT),
    (State.DELETING, Input.GONE): (RicSubscriptions._deleted, State.ABSENT),
    (State.ABANDONED, Input.GONE): (RicSubscriptions._nothing, State.ABSENT),
    (State.DELETING, Input.MODIFIED): (RicSubscriptions._cross, State.DELETING),
    (State.DELETING, Input.NOT_MODIFIED): (RicSubscriptions._cross, State.DELETING),
    (State.ABANDONED, Input.MODIFIED): (RicSubscriptions._cross, State.ABANDONED),
    (State.ABANDONED, Input.NOT_MODIFIED): (RicSubscriptions._cross, State.ABANDONED),
    (State.DELETING, Input.ADMITTED): (RicSubscriptions._cross, State.DELETING),
    (State.DELETING, Input.REFUSED): (RicSubscriptions._cross, State.DELETING),
    (State.DELETING, Input.INDICATION): (RicSubscriptions._cross, State.DELETING),
    (State.DELETING, Input.DELETED): (RicSubscriptions._deleted, State.ABSENT),
    (State.DELETING, Input.ERROR): (RicSubscriptions._deleted, State.ABSENT),
    (State.DELETING, Input.TIMEOUT): (RicSubscriptions._delete_unanswered, State.ABSENT),
    (State.ABANDONED, Input.ADMITTED): (RicSubscriptions._cross, State.ABANDONED),
    (State.ABANDONED, Input.REFUSED): (RicSubscriptions._cross, State.ABANDONED),
    (State.ABANDONED, Input.INDICATION): (RicSubscriptions._cross, State.ABANDONED),
    (State.ABANDONED, Input.DELETED): (RicSubscriptions._nothing, State.ABSENT),
    (State.ABANDONED, Input.ERROR): (RicSubscriptions._nothing, State.ABSENT),
    (State.ABANDONED, Input.TIMEOUT): (RicSubscriptions._nothing, State.ABSENT),
}
