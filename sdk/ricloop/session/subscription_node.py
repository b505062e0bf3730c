"""RIC Subscription, Delete and Modification at the node (E2AP 8.2.1, 8.2.2, 8.2.7, 8.2.8): asked, answered by the
application, reported on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    Cause,
    ErrorIndication,
    RequestId,
    RicSubscriptionDeleteFailure,
    RicSubscriptionDeleteRequest,
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
from ricloop.session.endpoint import (
    DUPLICATE_REQUEST,
    NO_ANSWER,
    UNKNOWN_FUNCTION,
    UNKNOWN_REQUEST,
    WRONG_STATE,
    Endpoint,
)
from ricloop.session.events import (
    ModificationConfirmed,
    ModificationRequested,
    NodeEvent,
    RequiredModificationRefused,
    SubscriptionDeleteRequested,
    SubscriptionRequested,
)
from ricloop.session.subscription import MAX_SUBSCRIPTIONS
from ricloop.session.table import Table, step
from ricloop.session.timers import SessionTimers

DUPLICATE_ACTION = Cause("ricRequest", "duplicate-action")
FULL = Cause("ricRequest", "function-resource-limit")
UNSPECIFIED = Cause("ricRequest", "unspecified")


class State(Member):
    ABSENT = "absent"
    REQUESTED = "requested"
    ACTIVE = "active"
    MODIFYING = "active, and asked by the RIC to change"
    REQUIRING = "active, and waiting for the RIC to confirm a change that we require"
    WITHDRAWN = "deleted by the RIC before it was answered"


class Input(Member):
    REQUEST = "RICsubscriptionRequest"
    ADMIT = "admit"
    REFUSE = "refuse"
    DELETE = "RICsubscriptionDeleteRequest"
    MODIFY = "RICsubscriptionModificationRequest"
    MODIFIED = "modify"
    NOT_MODIFIED = "refuse_modification"
    REQUIRE = "require_modification"
    CONFIRMED = "RICsubscriptionModificationConfirm"
    REFUSED = "RICsubscriptionModificationRefuse"
    TIMEOUT = "timeout"
    GONE = "its RAN function was deleted"
    UNKNOWN = "ErrorIndication that says the RIC does not know it"


class NodeSubscription:
    """One subscription and where it stands. Read only outside the session."""

    __slots__ = ("admitted", "request", "state")

    def __init__(self, request: RicSubscriptionRequest) -> None:
        self.request = request
        self.admitted: frozenset[int] = frozenset()
        self.state = State.ABSENT

    @property
    def request_id(self) -> RequestId:
        return self.request.request_id

    @property
    def function_id(self) -> int:
        return self.request.function_id


class NodeSubscriptions:
    """All subscriptions of one association."""

    def __init__(self, end: Endpoint[NodeEvent], functions: Collection[int], timers: SessionTimers) -> None:
        self._end, self._functions, self._timers = end, functions, timers
        self._live: dict[RequestId, NodeSubscription] = {}
        self._active: dict[RequestId, NodeSubscription] = {}
        self.active: Mapping[RequestId, NodeSubscription] = MappingProxyType(self._active)

    # ----------------------------------------------------------------------------------- what the node answers

    def admit(self, request_id: RequestId, admitted: Sequence[int], not_admitted: Sequence[ActionNotAdmitted]) -> bool:
        entry = self._live.get(request_id)
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

    def refuse(self, request_id: RequestId, cause: Cause) -> bool:
        entry = self._live.get(request_id)
        return entry is not None and self._answer(entry, Input.REFUSE, cause)

    def modified(self, answer: RicSubscriptionModificationResponse) -> bool:
        entry = self._live.get(answer.request_id)
        return entry is not None and self._answer(entry, Input.MODIFIED, answer)

    def refuse_modification(self, request_id: RequestId, cause: Cause) -> bool:
        entry = self._live.get(request_id)
        return entry is not None and self._answer(entry, Input.NOT_MODIFIED, cause)

    def functions_gone(self, functions: frozenset[int]) -> None:
        """These RAN functions are no more: what was subscribed of them ends, and what was asked is not answered."""
        for entry in [entry for entry in self._live.values() if entry.function_id in functions]:
            self._step(entry, Input.GONE)

    def require(self, message: RicSubscriptionModificationRequired) -> None:
        entry = self._active.get(message.request_id)
        if entry is None or not self._step(entry, Input.REQUIRE, message):
            raise LocalProtocolError(f"subscription {message.request_id} cannot be modified now: it is not active")

    def forget(self) -> None:
        for request_id in self._live:
            self._end.disarm(("required", request_id))
        self._live.clear()
        self._active.clear()

    def _answer(self, entry: NodeSubscription, given: Input, argument: object) -> bool:
        if not self._step(entry, given, argument):
            raise LocalProtocolError(f"subscription {entry.request_id} is {entry.state.value}: answer it once")
        return True

    # ------------------------------------------------------------------------------------------- what arrives

    def requested(self, message: RicSubscriptionRequest) -> None:
        entry = self._live.get(message.request_id) or NodeSubscription(message)
        unfit = self._unfit(message)
        if unfit is None and self._step(entry, Input.REQUEST, message):
            return
        kind, reason, cause = unfit or ("unexpected", f"it is {entry.state.value} already", DUPLICATE_REQUEST)
        self._end.misbehaved(kind, f"subscription {message.request_id}: {reason}")
        self._end.send(_refusal(message, cause))

    def delete_requested(self, message: RicSubscriptionDeleteRequest) -> None:
        entry = self._live.get(message.request_id)
        cause = UNKNOWN_REQUEST
        if entry is not None and entry.function_id != message.function_id:
            cause = UNKNOWN_FUNCTION
        elif entry is not None and self._step(entry, Input.DELETE):
            return
        kind = "unknown_function" if cause is UNKNOWN_FUNCTION else "unknown_request"
        self._end.misbehaved(kind, f"deletion of subscription {message.request_id}: {cause.value}")
        self._fail_delete(message.request_id, message.function_id, cause)

    def modification_requested(self, message: RicSubscriptionModificationRequest) -> None:
        entry = self._live.get(message.request_id)
        cause = UNKNOWN_REQUEST if entry is None else WRONG_STATE
        if entry is not None and entry.function_id != message.function_id:
            cause = UNKNOWN_FUNCTION
        elif entry is not None and self._step(entry, Input.MODIFY, message):
            return
        kind = {UNKNOWN_REQUEST: "unknown_request", UNKNOWN_FUNCTION: "unknown_function"}.get(cause, "unexpected")
        self._end.misbehaved(kind, f"modification of subscription {message.request_id}: {cause.value}")
        self._fail_modification(message.request_id, message.function_id, cause)

    def confirmed(self, message: RicSubscriptionModificationConfirm) -> None:
        self._required_answered(message, Input.CONFIRMED, message)

    def refused(self, message: RicSubscriptionModificationRefuse) -> None:
        self._required_answered(message, Input.REFUSED, message.cause)

    def _required_answered(
        self,
        message: RicSubscriptionModificationConfirm | RicSubscriptionModificationRefuse,
        given: Input,
        argument: object,
    ) -> None:
        entry = self._live.get(message.request_id)
        if entry is None or entry.function_id != message.function_id or not self._step(entry, given, argument):
            reason = f"{given.value} for request {message.request_id} answers nothing that we asked"
            self._end.error(
                "unexpected", reason, WRONG_STATE, request_id=message.request_id, function_id=message.function_id
            )

    def error_about(self, error: ErrorIndication) -> None:
        if error.request_id is not None and error.cause == UNKNOWN_REQUEST:
            entry = self._live.get(error.request_id)
            if entry is not None:
                self._step(entry, Input.UNKNOWN)

    def _unfit(self, message: RicSubscriptionRequest) -> tuple[str, str, Cause] | None:
        """Why a request cannot even be asked about: (kind of misbehaviour, reason, cause)."""
        if message.function_id not in self._functions:
            reason = f"RAN function {message.function_id} is not one of {sorted(self._functions)}"
            return "unknown_function", reason, UNKNOWN_FUNCTION
        if len({action.id for action in message.actions}) != len(message.actions):
            return "unexpected", "an action id is there twice", DUPLICATE_ACTION
        if message.request_id not in self._live and len(self._live) >= MAX_SUBSCRIPTIONS:
            return "unexpected", f"there are {MAX_SUBSCRIPTIONS} already", FULL
        return None

    # --------------------------------------------------------------------------------------------------- steps

    def _step(self, entry: NodeSubscription, given: Input, argument: object = None) -> bool:
        found = step(TABLE, self, entry, given, argument)
        if entry.state in (State.ACTIVE, State.MODIFYING, State.REQUIRING):
            self._active[entry.request_id] = entry
        else:
            self._active.pop(entry.request_id, None)
        if entry.state is State.ABSENT:
            self._live.pop(entry.request_id, None)
        else:
            self._live[entry.request_id] = entry
        return found

    # ------------------------------------------------------------------------------------------------ handlers

    def _ask(self, _: NodeSubscription, message: RicSubscriptionRequest) -> None:
        self._end.tell(SubscriptionRequested(message))

    def _admit(self, entry: NodeSubscription, given: tuple[tuple[int, ...], tuple[ActionNotAdmitted, ...]]) -> None:
        admitted, not_admitted = given
        self._end.send(
            RicSubscriptionResponse(
                request_id=entry.request_id,
                function_id=entry.function_id,
                admitted=admitted,
                not_admitted=not_admitted,
            )
        )
        entry.admitted = frozenset(admitted)

    def _refuse(self, entry: NodeSubscription, cause: Cause) -> None:
        self._end.send(_refusal(entry.request, cause))

    def _ask_modification(self, _: NodeSubscription, message: RicSubscriptionModificationRequest) -> None:
        self._end.tell(ModificationRequested(message))

    def _modify(self, entry: NodeSubscription, answer: RicSubscriptionModificationResponse) -> None:
        self._end.send(answer)
        entry.admitted = (entry.admitted | set(answer.added)) - set(answer.removed)

    def _refuse_modification(self, entry: NodeSubscription, cause: Cause) -> None:
        self._fail_modification(entry.request_id, entry.function_id, cause)

    def _require(self, entry: NodeSubscription, message: RicSubscriptionModificationRequired) -> None:
        self._end.send(message)
        key = ("required", entry.request_id)
        self._end.arm(key, self._timers.modification, lambda: self._step(entry, Input.TIMEOUT, NO_ANSWER))

    def _confirm(self, entry: NodeSubscription, message: RicSubscriptionModificationConfirm) -> None:
        self._end.disarm(("required", entry.request_id))
        entry.admitted = entry.admitted.difference(message.removed)
        self._end.tell(ModificationConfirmed(entry.request_id, message))

    def _tell_refused(self, entry: NodeSubscription, cause: Cause) -> None:
        self._end.disarm(("required", entry.request_id))
        self._end.tell(RequiredModificationRefused(entry.request_id, cause))

    def _refuse_gone(self, entry: NodeSubscription, _: None) -> None:
        self._refuse(entry, UNKNOWN_FUNCTION)

    def _refuse_withdrawn_gone(self, entry: NodeSubscription, _: None) -> None:
        self._refuse_withdrawn(entry, UNKNOWN_FUNCTION)

    def _late(self, _: NodeSubscription, __: object) -> None:
        self._end.counters["late_answers"] += 1

    def _fail_modification(self, request_id: RequestId, function_id: int, cause: Cause) -> None:
        self._end.send(RicSubscriptionModificationFailure(request_id=request_id, function_id=function_id, cause=cause))

    def _delete(self, entry: NodeSubscription, _: None) -> None:
        self._end.send(RicSubscriptionDeleteResponse(request_id=entry.request_id, function_id=entry.function_id))
        self._stop(entry, None)

    def _stop(self, entry: NodeSubscription, _: None) -> None:
        self._end.disarm(("required", entry.request_id))
        self._end.tell(SubscriptionDeleteRequested(entry.request_id))

    def _withdraw(self, _: NodeSubscription, __: None) -> None:
        """Answered when the application has answered the request, so that the RIC sees both answers in order."""

    def _admit_withdrawn(
        self, entry: NodeSubscription, given: tuple[tuple[int, ...], tuple[ActionNotAdmitted, ...]]
    ) -> None:
        self._admit(entry, given)
        self._delete(entry, None)

    def _refuse_withdrawn(self, entry: NodeSubscription, cause: Cause) -> None:
        self._refuse(entry, cause)
        self._fail_delete(entry.request_id, entry.function_id, UNKNOWN_REQUEST)

    def _fail_delete(self, request_id: RequestId, function_id: int, cause: Cause) -> None:
        self._end.send(RicSubscriptionDeleteFailure(request_id=request_id, function_id=function_id, cause=cause))


def _refusal(request: RicSubscriptionRequest, cause: Cause) -> RicSubscriptionFailure:
    """v1 wants the cause at each action."""
    return RicSubscriptionFailure(
        request_id=request.request_id,
        function_id=request.function_id,
        cause=cause,
        not_admitted=tuple(ActionNotAdmitted(action.id, cause) for action in request.actions),
    )


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.REQUEST): (NodeSubscriptions._ask, State.REQUESTED),
    (State.REQUESTED, Input.ADMIT): (NodeSubscriptions._admit, State.ACTIVE),
    (State.REQUESTED, Input.REFUSE): (NodeSubscriptions._refuse, State.ABSENT),
    (State.REQUESTED, Input.DELETE): (NodeSubscriptions._withdraw, State.WITHDRAWN),
    (State.ACTIVE, Input.DELETE): (NodeSubscriptions._delete, State.ABSENT),
    (State.ACTIVE, Input.UNKNOWN): (NodeSubscriptions._stop, State.ABSENT),
    (State.REQUESTED, Input.GONE): (NodeSubscriptions._refuse_gone, State.ABSENT),
    (State.WITHDRAWN, Input.GONE): (NodeSubscriptions._refuse_withdrawn_gone, State.ABSENT),
    (State.ACTIVE, Input.GONE): (NodeSubscriptions._stop, State.ABSENT),
    (State.MODIFYING, Input.GONE): (NodeSubscriptions._stop, State.ABSENT),
    (State.REQUIRING, Input.GONE): (NodeSubscriptions._stop, State.ABSENT),
    (State.ACTIVE, Input.MODIFY): (NodeSubscriptions._ask_modification, State.MODIFYING),
    (State.MODIFYING, Input.MODIFIED): (NodeSubscriptions._modify, State.ACTIVE),
    (State.MODIFYING, Input.NOT_MODIFIED): (NodeSubscriptions._refuse_modification, State.ACTIVE),
    (State.MODIFYING, Input.DELETE): (NodeSubscriptions._delete, State.ABSENT),
    (State.MODIFYING, Input.UNKNOWN): (NodeSubscriptions._stop, State.ABSENT),
    (State.ACTIVE, Input.REQUIRE): (NodeSubscriptions._require, State.REQUIRING),
    (State.ACTIVE, Input.CONFIRMED): (NodeSubscriptions._late, State.ACTIVE),
    (State.ACTIVE, Input.REFUSED): (NodeSubscriptions._late, State.ACTIVE),
    (State.REQUIRING, Input.CONFIRMED): (NodeSubscriptions._confirm, State.ACTIVE),
    (State.REQUIRING, Input.REFUSED): (NodeSubscriptions._tell_refused, State.ACTIVE),
    (State.REQUIRING, Input.TIMEOUT): (NodeSubscriptions._tell_refused, State.ACTIVE),
    (State.REQUIRING, Input.DELETE): (NodeSubscriptions._delete, State.ABSENT),
    (State.REQUIRING, Input.UNKNOWN): (NodeSubscriptions._stop, State.ABSENT),
    (State.WITHDRAWN, Input.ADMIT): (NodeSubscriptions._admit_withdrawn, State.ABSENT),
    (State.WITHDRAWN, Input.REFUSE): (NodeSubscriptions._refuse_withdrawn, State.ABSENT),
}
