"""What each input does to one subscription at the RIC: the transition table."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.member import Member
from ricloop.e2ap import messages as m
from ricloop.session.endpoint import NO_ANSWER, Endpoint
from ricloop.session.events import (
    ModificationRefused,
    RicEvent,
    SubscriptionAdmitted,
    SubscriptionDeleted,
    SubscriptionEnded,
    SubscriptionModified,
    SubscriptionModifiedByNode,
    SubscriptionRefused,
)
from ricloop.session.table import Table

NOT_ADMITTED = m.Cause("ricRequest", "action-not-supported")


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

    request_id: m.RequestId
    function_id: int
    requested: frozenset[int]
    """Action ids asked for."""
    admitted: frozenset[int] = frozenset()
    state: State = State.ABSENT

    @property
    def key(self) -> m.RequestId:
        return self.request_id


def _send(
    end: Endpoint[RicEvent], _: Subscription, message: m.RicSubscriptionRequest | m.RicSubscriptionModificationRequest
) -> None:
    end.send(message)


def _admit(end: Endpoint[RicEvent], entry: Subscription, message: m.RicSubscriptionResponse) -> None:
    entry.admitted = entry.requested.intersection(message.admitted)
    end.tell(SubscriptionAdmitted(entry.request_id, message.admitted, message.not_admitted))


def _refuse(end: Endpoint[RicEvent], entry: Subscription, cause: m.Cause) -> None:
    end.tell(SubscriptionRefused(entry.request_id, cause))


def _abandon(end: Endpoint[RicEvent], entry: Subscription, _: None) -> None:
    end.counters["subscriptions_timed_out"] += 1
    _delete(end, entry, None)
    _refuse(end, entry, NO_ANSWER)


def _delete(end: Endpoint[RicEvent], entry: Subscription, _: None) -> None:
    end.send(m.RicSubscriptionDeleteRequest(request_id=entry.request_id, function_id=entry.function_id))


def _deleted(end: Endpoint[RicEvent], entry: Subscription, _: object) -> None:
    end.tell(SubscriptionDeleted(entry.request_id))


def _delete_unanswered(end: Endpoint[RicEvent], entry: Subscription, _: None) -> None:
    end.counters["deletes_timed_out"] += 1
    _deleted(end, entry, None)


def _end_by_node(end: Endpoint[RicEvent], entry: Subscription, cause: m.Cause) -> None:
    _delete(end, entry, None)
    _tell_ended(end, entry, cause)


def _tell_ended(end: Endpoint[RicEvent], entry: Subscription, cause: m.Cause) -> None:
    end.tell(SubscriptionEnded(entry.request_id, cause))


def _modified(end: Endpoint[RicEvent], entry: Subscription, message: m.RicSubscriptionModificationResponse) -> None:
    entry.admitted = (entry.admitted | set(message.added)) - set(message.removed)
    end.tell(SubscriptionModified(entry.request_id, message))


def _not_modified(end: Endpoint[RicEvent], entry: Subscription, cause: m.Cause) -> None:
    end.tell(ModificationRefused(entry.request_id, cause))


def _modification_unanswered(end: Endpoint[RicEvent], entry: Subscription, _: None) -> None:
    end.counters["modifications_timed_out"] += 1
    end.tell(ModificationRefused(entry.request_id, NO_ANSWER))


def _confirm(end: Endpoint[RicEvent], entry: Subscription, message: m.RicSubscriptionModificationRequired) -> None:
    """A node that can serve less than it admitted is believed; actions that were not admitted are refused."""
    waits = tuple(wait for wait in message.modify if wait.id in entry.admitted)
    removed = tuple(gone for gone in message.remove if gone.id in entry.admitted)
    end.send(
        m.RicSubscriptionModificationConfirm(
            request_id=entry.request_id,
            function_id=entry.function_id,
            modified=tuple(wait.id for wait in waits),
            not_modified=tuple(
                m.ActionNotAdmitted(wait.id, NOT_ADMITTED) for wait in message.modify if wait not in waits
            ),
            removed=tuple(gone.id for gone in removed),
            not_removed=tuple(
                m.ActionNotAdmitted(gone.id, NOT_ADMITTED) for gone in message.remove if gone not in removed
            ),
        )
    )
    entry.admitted = entry.admitted.difference(gone.id for gone in removed)
    end.tell(SubscriptionModifiedByNode(entry.request_id, waits, removed))


def _deliver(end: Endpoint[RicEvent], entry: Subscription, message: m.RicIndication) -> None:
    if message.action_id not in entry.admitted:
        reason = f"indication of action {message.action_id} of {entry.request_id}, which was not admitted"
        end.error("unexpected", reason, NOT_ADMITTED, request_id=entry.request_id, function_id=entry.function_id)
        return
    end.tell(message)


def _cross(end: Endpoint[RicEvent], _: Subscription, __: object) -> None:
    """It left the node before our request got there."""
    end.counters["crossed"] += 1


def _nothing(*_: object) -> None:
    """Whatever there is to tell was told already."""


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.SUBSCRIBE): (_send, State.REQUESTED),
    (State.REQUESTED, Input.ADMITTED): (_admit, State.ACTIVE),
    (State.REQUESTED, Input.REFUSED): (_refuse, State.ABSENT),
    (State.REQUESTED, Input.ERROR): (_refuse, State.ABSENT),
    (State.REQUESTED, Input.TIMEOUT): (_abandon, State.ABANDONED),
    (State.REQUESTED, Input.UNSUBSCRIBE): (_delete, State.DELETING),
    (State.ACTIVE, Input.INDICATION): (_deliver, State.ACTIVE),
    (State.ACTIVE, Input.ERROR): (_nothing, State.ACTIVE),
    (State.ACTIVE, Input.UNSUBSCRIBE): (_delete, State.DELETING),
    (State.ACTIVE, Input.GIVEN_UP): (_end_by_node, State.ABANDONED),
    (State.ACTIVE, Input.GONE): (_tell_ended, State.ABSENT),
    (State.ACTIVE, Input.REQUIRED): (_confirm, State.ACTIVE),
    (State.ACTIVE, Input.MODIFY): (_send, State.MODIFYING),
    (State.MODIFYING, Input.INDICATION): (_deliver, State.MODIFYING),
    (State.MODIFYING, Input.MODIFIED): (_modified, State.ACTIVE),
    (State.MODIFYING, Input.NOT_MODIFIED): (_not_modified, State.ACTIVE),
    (State.MODIFYING, Input.ERROR): (_not_modified, State.ACTIVE),
    (State.MODIFYING, Input.TIMEOUT): (_modification_unanswered, State.ACTIVE),
    (State.MODIFYING, Input.UNSUBSCRIBE): (_delete, State.DELETING),
    (State.MODIFYING, Input.GIVEN_UP): (_end_by_node, State.ABANDONED),
    (State.MODIFYING, Input.GONE): (_tell_ended, State.ABSENT),
    (State.REQUESTED, Input.GONE): (_refuse, State.ABSENT),
    (State.DELETING, Input.GONE): (_deleted, State.ABSENT),
    (State.ABANDONED, Input.GONE): (_nothing, State.ABSENT),
    (State.DELETING, Input.MODIFIED): (_cross, State.DELETING),
    (State.DELETING, Input.NOT_MODIFIED): (_cross, State.DELETING),
    (State.ABANDONED, Input.MODIFIED): (_cross, State.ABANDONED),
    (State.ABANDONED, Input.NOT_MODIFIED): (_cross, State.ABANDONED),
    (State.DELETING, Input.ADMITTED): (_cross, State.DELETING),
    (State.DELETING, Input.REFUSED): (_cross, State.DELETING),
    (State.DELETING, Input.INDICATION): (_cross, State.DELETING),
    (State.DELETING, Input.DELETED): (_deleted, State.ABSENT),
    (State.DELETING, Input.ERROR): (_deleted, State.ABSENT),
    (State.DELETING, Input.TIMEOUT): (_delete_unanswered, State.ABSENT),
    (State.ABANDONED, Input.ADMITTED): (_cross, State.ABANDONED),
    (State.ABANDONED, Input.REFUSED): (_cross, State.ABANDONED),
    (State.ABANDONED, Input.INDICATION): (_cross, State.ABANDONED),
    (State.ABANDONED, Input.DELETED): (_nothing, State.ABSENT),
    (State.ABANDONED, Input.ERROR): (_nothing, State.ABSENT),
    (State.ABANDONED, Input.TIMEOUT): (_nothing, State.ABSENT),
}
