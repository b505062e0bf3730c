"""RIC Subscription, Delete, Modification and Indication at the RIC (E2AP 8.2.1 to 8.2.3, 8.2.7, 8.2.8): which
subscription a message is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import messages as m
from ricloop.session.endpoint import UNKNOWN_FUNCTION, UNKNOWN_REQUEST, UNSPECIFIED, WRONG_STATE, Endpoint
from ricloop.session.entries import Entries
from ricloop.session.events import RicEvent
from ricloop.session.subscription_table import TABLE, Input, State, Subscription
from ricloop.session.timers import SessionTimers

MAX_ACTIONS = 16
"""maxofRICactionID."""
MAX_SUBSCRIPTIONS = 1024
"""maxnoofRICrequestID."""


class RicSubscriptions:
    """All subscriptions of one association."""

    def __init__(self, end: Endpoint[RicEvent], timers: SessionTimers) -> None:
        self._end = end
        self._entries: Entries[Subscription] = Entries(
            end,
            TABLE,
            State.ABSENT,
            waits={
                State.REQUESTED: timers.subscription,
                State.MODIFYING: timers.modification,
                State.DELETING: timers.delete,
                State.ABANDONED: timers.delete,
            },
            timeout=Input.TIMEOUT,
            active=(State.ACTIVE, State.MODIFYING),
        )

    @property
    def active(self) -> Mapping[m.RequestId, Subscription]:
        """Those that the node admitted and nobody deleted."""
        return self._entries.active

    # -------------------------------------------------------------------------------------------- what we begin

    def subscribe(
        self, request_id: m.RequestId, function_id: int, event_trigger: bytes, actions: Sequence[m.ActionToBeSetup]
    ) -> None:
        ids = frozenset(action.id for action in actions)
        if not 1 <= len(actions) <= MAX_ACTIONS or len(ids) != len(actions):
            raise LocalProtocolError(f"subscription {request_id} has {len(actions)} actions: 1 to 16, each id once")
        live = self._entries.live.get(request_id)
        if live is None and len(self._entries.live) >= MAX_SUBSCRIPTIONS:
            raise LocalProtocolError(f"an association carries at most {MAX_SUBSCRIPTIONS} subscriptions")
        message = m.RicSubscriptionRequest(
            request_id=request_id, function_id=function_id, event_trigger=event_trigger, actions=tuple(actions)
        )
        self._begin(live or Subscription(request_id, function_id, ids), Input.SUBSCRIBE, message)

    def unsubscribe(self, request_id: m.RequestId) -> None:
        self._begin(self._entries.live.get(request_id) or Subscription(request_id, 0, frozenset()), Input.UNSUBSCRIBE)

    def modify(self, message: m.RicSubscriptionModificationRequest) -> None:
        entry = self._entries.live.get(message.request_id)
        if entry is None:
            raise LocalProtocolError(f"subscription {message.request_id} does not exist: nothing can be modified")
        if entry.function_id != message.function_id:
            raise LocalProtocolError(f"subscription {message.request_id} is of RAN function {entry.function_id}")
        self._begin(entry, Input.MODIFY, message)

    def functions_gone(self, functions: frozenset[int]) -> None:
        """These RAN functions are no more, and so are their subscriptions: there is nothing left to delete."""
        for entry in [entry for entry in self._entries.live.values() if entry.function_id in functions]:
            self._entries.step(entry, Input.GONE, UNKNOWN_FUNCTION)

    def forget(self) -> None:
        self._entries.forget()

    # ------------------------------------------------------------------------------------------- what arrives

    def responded(self, message: m.RicSubscriptionResponse) -> None:
        if message.admitted:
            self._given(message, Input.ADMITTED, message)
        else:
            cause = message.not_admitted[0].cause if message.not_admitted else UNSPECIFIED
            self._given(message, Input.REFUSED, cause)

    def failed(self, message: m.RicSubscriptionFailure) -> None:
        self._given(message, Input.REFUSED, message.cause)

    def delete_responded(self, message: m.RicSubscriptionDeleteResponse) -> None:
        self._given(message, Input.DELETED)

    def delete_failed(self, message: m.RicSubscriptionDeleteFailure) -> None:
        self._end.counters["deletes_failed"] += 1
        self._given(message, Input.DELETED)

    def delete_required(self, message: m.RicSubscriptionDeleteRequired) -> None:
        """The node cannot serve these any more: each is told as ended and deleted (8.2.2A)."""
        for given_up in message.subscriptions:
            entry = self._entries.live.get(given_up.request_id)
            if entry is None or entry.function_id != given_up.function_id:
                self._end.counters["unknown_request"] += 1
            elif not self._entries.step(entry, Input.GIVEN_UP, given_up.cause):
                self._end.counters["crossed"] += 1

    def modification_responded(self, message: m.RicSubscriptionModificationResponse) -> None:
        self._given(message, Input.MODIFIED, message)

    def modification_failed(self, message: m.RicSubscriptionModificationFailure) -> None:
        self._given(message, Input.NOT_MODIFIED, message.cause)

    def modification_required(self, message: m.RicSubscriptionModificationRequired) -> None:
        """A class-1 procedure: what cannot be done is answered by its own failure, not by an Error Indication."""
        entry = self._entries.live.get(message.request_id)
        fits = entry is not None and entry.function_id == message.function_id
        if entry is not None and fits and self._entries.step(entry, Input.REQUIRED, message):
            return
        cause = UNKNOWN_REQUEST if not fits else WRONG_STATE
        self._end.misbehaved("unknown_request", f"modification required of {message.request_id}: {cause.value}")
        self._end.send(
            m.RicSubscriptionModificationRefuse(
                request_id=message.request_id, function_id=message.function_id, cause=cause
            )
        )

    def indicated(self, message: m.RicIndication) -> None:
        self._end.counters["indications"] += 1
        self._given(message, Input.INDICATION, message)

    def error_about(self, error: m.ErrorIndication) -> None:
        entry = self._entries.live.get(error.request_id)
        if entry is not None:
            self._entries.step(entry, Input.ERROR, error.cause or UNSPECIFIED)

    def _given(self, message: Any, given: Input, argument: object = None) -> None:
        """Apply what the node sent to the subscription that it names."""
        request_id, function_id = message.request_id, message.function_id
        entry = self._entries.live.get(request_id)
        if entry is None:
            reason = f"{type(message).__name__} for request {request_id}, which does not exist"
            self._end.error("unknown_request", reason, UNKNOWN_REQUEST, request_id=request_id, function_id=function_id)
        elif entry.function_id != function_id:
            name = type(message).__name__
            reason = f"{name} for request {request_id} names RAN function {function_id}, not {entry.function_id}"
            self._end.error(
                "unknown_function", reason, UNKNOWN_FUNCTION, request_id=request_id, function_id=function_id
            )
        elif not self._entries.step(entry, given, argument):
            reason = f"{type(message).__name__} for request {request_id}, which is {entry.state.value}"
            self._end.error("unexpected", reason, WRONG_STATE, request_id=request_id, function_id=function_id)

    def _begin(self, entry: Subscription, given: Input, argument: object = None) -> None:
        if not self._entries.step(entry, given, argument):
            raise LocalProtocolError(f"subscription {entry.request_id} is {entry.state.value}: no {given.value} now")
