"""RIC Subscription and Delete at the node (E2AP 8.2.1, 8.2.2): asked, answered by the application, reported on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from types import MappingProxyType

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    Cause,
    ErrorIndication,
    RequestId,
    RicSubscriptionDeleteFailure,
    RicSubscriptionDeleteRequest,
    RicSubscriptionDeleteResponse,
    RicSubscriptionFailure,
    RicSubscriptionRequest,
    RicSubscriptionResponse,
)
from ricloop.session.endpoint import UNKNOWN_FUNCTION, UNKNOWN_REQUEST, Endpoint
from ricloop.session.events import NodeEvent, SubscriptionDeleteRequested, SubscriptionRequested
from ricloop.session.subscription import MAX_SUBSCRIPTIONS
from ricloop.session.table import Table, step

DUPLICATE_REQUEST = Cause("ricRequest", "duplicate-ric-request-id")
DUPLICATE_ACTION = Cause("ricRequest", "duplicate-action")
FULL = Cause("ricRequest", "function-resource-limit")
UNSPECIFIED = Cause("ricRequest", "unspecified")


class State(Enum):
    ABSENT = "absent"
    REQUESTED = "requested"
    ACTIVE = "active"
    WITHDRAWN = "deleted by the RIC before it was answered"


class Input(Enum):
    REQUEST = "RICsubscriptionRequest"
    ADMIT = "admit"
    REFUSE = "refuse"
    DELETE = "RICsubscriptionDeleteRequest"
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

    def __init__(self, end: Endpoint[NodeEvent], functions: Collection[int]) -> None:
        self._end, self._functions = end, functions
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

    def forget(self) -> None:
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
        self._end.send(
            RicSubscriptionFailure(request_id=message.request_id, function_id=message.function_id, cause=cause)
        )

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
        if entry.state is State.ACTIVE:
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
        self._end.send(RicSubscriptionFailure(request_id=entry.request_id, function_id=entry.function_id, cause=cause))

    def _delete(self, entry: NodeSubscription, _: None) -> None:
        self._end.send(RicSubscriptionDeleteResponse(request_id=entry.request_id, function_id=entry.function_id))
        self._stop(entry, None)

    def _stop(self, entry: NodeSubscription, _: None) -> None:
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


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.REQUEST): (NodeSubscriptions._ask, State.REQUESTED),
    (State.REQUESTED, Input.ADMIT): (NodeSubscriptions._admit, State.ACTIVE),
    (State.REQUESTED, Input.REFUSE): (NodeSubscriptions._refuse, State.ABSENT),
    (State.REQUESTED, Input.DELETE): (NodeSubscriptions._withdraw, State.WITHDRAWN),
    (State.ACTIVE, Input.DELETE): (NodeSubscriptions._delete, State.ABSENT),
    (State.ACTIVE, Input.UNKNOWN): (NodeSubscriptions._stop, State.ABSENT),
    (State.WITHDRAWN, Input.ADMIT): (NodeSubscriptions._admit_withdrawn, State.ABSENT),
    (State.WITHDRAWN, Input.REFUSE): (NodeSubscriptions._refuse_withdrawn, State.ABSENT),
}
