"""What each input does to one subscription at the node: the transition table."""

from __future__ import annotations

from ricloop.core.member import Member
from ricloop.e2ap import messages as m
from ricloop.session.endpoint import NO_ANSWER, UNKNOWN_REQUEST, Endpoint
from ricloop.session.events import (
    ModificationConfirmed,
    ModificationRequested,
    NodeEvent,
    RequiredModificationRefused,
    SubscriptionDeleteRequested,
    SubscriptionRequested,
)
from ricloop.session.table import Table


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

    def __init__(self, request: m.RicSubscriptionRequest) -> None:
        self.request = request
        self.admitted: frozenset[int] = frozenset()
        self.state = State.ABSENT

    @property
    def key(self) -> m.RequestId:
        return self.request_id

    @property
    def request_id(self) -> m.RequestId:
        return self.request.request_id

    @property
    def function_id(self) -> int:
        return self.request.function_id


def _ask(end: Endpoint[NodeEvent], _: NodeSubscription, message: m.RicSubscriptionRequest) -> None:
    end.tell(SubscriptionRequested(message))


def _admit(
    end: Endpoint[NodeEvent], entry: NodeSubscription, given: tuple[tuple[int, ...], tuple[m.ActionNotAdmitted, ...]]
) -> None:
    admitted, not_admitted = given
    end.send(
        m.RicSubscriptionResponse(
            request_id=entry.request_id,
            function_id=entry.function_id,
            admitted=admitted,
            not_admitted=not_admitted,
        )
    )
    entry.admitted = frozenset(admitted)


def _refuse(end: Endpoint[NodeEvent], entry: NodeSubscription, cause: m.Cause) -> None:
    end.send(refusal(entry.request, cause))


def _ask_modification(
    end: Endpoint[NodeEvent], _: NodeSubscription, message: m.RicSubscriptionModificationRequest
) -> None:
    end.tell(ModificationRequested(message))


def _modify(end: Endpoint[NodeEvent], entry: NodeSubscription, answer: m.RicSubscriptionModificationResponse) -> None:
    end.send(answer)
    entry.admitted = (entry.admitted | set(answer.added)) - set(answer.removed)


def _refuse_modification(end: Endpoint[NodeEvent], entry: NodeSubscription, cause: m.Cause) -> None:
    fail_modification(end, entry.request_id, entry.function_id, cause)


def _require(end: Endpoint[NodeEvent], entry: NodeSubscription, message: m.RicSubscriptionModificationRequired) -> None:
    end.send(message)


def _confirm(end: Endpoint[NodeEvent], entry: NodeSubscription, message: m.RicSubscriptionModificationConfirm) -> None:
    entry.admitted = entry.admitted.difference(message.removed)
    end.tell(ModificationConfirmed(entry.request_id, message))


def _tell_refused(end: Endpoint[NodeEvent], entry: NodeSubscription, cause: m.Cause) -> None:
    end.tell(RequiredModificationRefused(entry.request_id, cause))


def _tell_unanswered(end: Endpoint[NodeEvent], entry: NodeSubscription, _: None) -> None:
    _tell_refused(end, entry, NO_ANSWER)


def _late(end: Endpoint[NodeEvent], _: NodeSubscription, __: object) -> None:
    end.counters["late_answers"] += 1


def fail_modification(end: Endpoint[NodeEvent], request_id: m.RequestId, function_id: int, cause: m.Cause) -> None:
    end.send(m.RicSubscriptionModificationFailure(request_id=request_id, function_id=function_id, cause=cause))


def _delete(end: Endpoint[NodeEvent], entry: NodeSubscription, _: None) -> None:
    end.send(m.RicSubscriptionDeleteResponse(request_id=entry.request_id, function_id=entry.function_id))
    _stop(end, entry, None)


def _stop(end: Endpoint[NodeEvent], entry: NodeSubscription, _: object) -> None:
    end.tell(SubscriptionDeleteRequested(entry.request_id))


def _withdraw(*_: object) -> None:
    """Answered when the application has answered the request, so that the RIC sees both answers in order."""


def _admit_withdrawn(
    end: Endpoint[NodeEvent], entry: NodeSubscription, given: tuple[tuple[int, ...], tuple[m.ActionNotAdmitted, ...]]
) -> None:
    _admit(end, entry, given)
    _delete(end, entry, None)


def _refuse_withdrawn(end: Endpoint[NodeEvent], entry: NodeSubscription, cause: m.Cause) -> None:
    _refuse(end, entry, cause)
    fail_delete(end, entry.request_id, entry.function_id, UNKNOWN_REQUEST)


def fail_delete(end: Endpoint[NodeEvent], request_id: m.RequestId, function_id: int, cause: m.Cause) -> None:
    end.send(m.RicSubscriptionDeleteFailure(request_id=request_id, function_id=function_id, cause=cause))


def refusal(request: m.RicSubscriptionRequest, cause: m.Cause) -> m.RicSubscriptionFailure:
    """v1 wants the cause at each action."""
    return m.RicSubscriptionFailure(
        request_id=request.request_id,
        function_id=request.function_id,
        cause=cause,
        not_admitted=tuple(m.ActionNotAdmitted(action.id, cause) for action in request.actions),
    )


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.REQUEST): (_ask, State.REQUESTED),
    (State.REQUESTED, Input.ADMIT): (_admit, State.ACTIVE),
    (State.REQUESTED, Input.REFUSE): (_refuse, State.ABSENT),
    (State.REQUESTED, Input.DELETE): (_withdraw, State.WITHDRAWN),
    (State.ACTIVE, Input.DELETE): (_delete, State.ABSENT),
    (State.ACTIVE, Input.UNKNOWN): (_stop, State.ABSENT),
    (State.REQUESTED, Input.GONE): (_refuse, State.ABSENT),
    (State.WITHDRAWN, Input.GONE): (_refuse_withdrawn, State.ABSENT),
    (State.ACTIVE, Input.GONE): (_stop, State.ABSENT),
    (State.MODIFYING, Input.GONE): (_stop, State.ABSENT),
    (State.REQUIRING, Input.GONE): (_stop, State.ABSENT),
    (State.ACTIVE, Input.MODIFY): (_ask_modification, State.MODIFYING),
    (State.MODIFYING, Input.MODIFIED): (_modify, State.ACTIVE),
    (State.MODIFYING, Input.NOT_MODIFIED): (_refuse_modification, State.ACTIVE),
    (State.MODIFYING, Input.DELETE): (_delete, State.ABSENT),
    (State.MODIFYING, Input.UNKNOWN): (_stop, State.ABSENT),
    (State.ACTIVE, Input.REQUIRE): (_require, State.REQUIRING),
    (State.ACTIVE, Input.CONFIRMED): (_late, State.ACTIVE),
    (State.ACTIVE, Input.REFUSED): (_late, State.ACTIVE),
    (State.REQUIRING, Input.CONFIRMED): (_confirm, State.ACTIVE),
    (State.REQUIRING, Input.REFUSED): (_tell_refused, State.ACTIVE),
    (State.REQUIRING, Input.TIMEOUT): (_tell_unanswered, State.ACTIVE),
    (State.REQUIRING, Input.DELETE): (_delete, State.ABSENT),
    (State.REQUIRING, Input.UNKNOWN): (_stop, State.ABSENT),
    (State.WITHDRAWN, Input.ADMIT): (_admit_withdrawn, State.ABSENT),
    (State.WITHDRAWN, Input.REFUSE): (_refuse_withdrawn, State.ABSENT),
}
