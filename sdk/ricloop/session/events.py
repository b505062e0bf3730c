"""What a session tells the code above it: events in the past tense, in the order they happened.

An indication is told as the message that it is: nothing is copied on its way to who reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionTimeToWait,
    Cause,
    E2ConnectionUpdate,
    E2ConnectionUpdateAcknowledge,
    E2NodeConfigurationUpdate,
    E2NodeConfigurationUpdateAcknowledge,
    E2RemovalRequest,
    E2RemovalResponse,
    E2SetupRequest,
    E2SetupResponse,
    ErrorIndication,
    RanFunction,
    RequestId,
    RicControlRequest,
    RicIndication,
    RicQueryRequest,
    RicServiceUpdate,
    RicServiceUpdateAcknowledge,
    RicSubscriptionModificationConfirm,
    RicSubscriptionModificationRequest,
    RicSubscriptionModificationResponse,
    RicSubscriptionRequest,
)

# ------------------------------------------------------------------------------------------------- at the RIC


@dataclass(frozen=True, slots=True)
class NodeConnected:
    """E2 Setup was accepted and answered."""

    setup: E2SetupRequest


@dataclass(frozen=True, slots=True)
class NodeRefused:
    """E2 Setup was refused and answered with a failure."""

    setup: E2SetupRequest
    cause: Cause


@dataclass(frozen=True, slots=True)
class SubscriptionAdmitted:
    """At least one action was admitted; the others and why not are in `not_admitted`."""

    request_id: RequestId
    admitted: tuple[int, ...]
    not_admitted: tuple[ActionNotAdmitted, ...]


@dataclass(frozen=True, slots=True)
class SubscriptionRefused:
    """No action was admitted, or nothing was answered in time."""

    request_id: RequestId
    cause: Cause


@dataclass(frozen=True, slots=True)
class SubscriptionDeleted:
    """The node confirmed a deletion (or did not know the subscription any more)."""

    request_id: RequestId


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """The node gave an admitted subscription up, or deleted its RAN function; nothing comes of it any more."""

    request_id: RequestId
    cause: Cause


@dataclass(frozen=True, slots=True)
class SubscriptionModified:
    """The node answered our modification; what it did not do, and why, stands in `answer` as well."""

    request_id: RequestId
    answer: RicSubscriptionModificationResponse


@dataclass(frozen=True, slots=True)
class ModificationRefused:
    """A modification was refused as a whole, or not answered in time: the subscription is as it was."""

    request_id: RequestId
    cause: Cause


@dataclass(frozen=True, slots=True)
class SubscriptionModifiedByNode:
    """The node asked for it and we confirmed: other times to wait of inserts, and actions that are no more."""

    request_id: RequestId
    waits: tuple[ActionTimeToWait, ...]
    removed: tuple[ActionNotAdmitted, ...]


@dataclass(frozen=True, slots=True)
class FunctionsChanged:
    """A RIC Service Update was answered. Ids are RAN function ids; `rejected` were offered and are of no use to us."""

    added: tuple[RanFunction, ...]
    modified: tuple[RanFunction, ...]
    deleted: tuple[int, ...]
    rejected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ComponentsChanged:
    """An E2 Node Configuration Update was acknowledged."""

    update: E2NodeConfigurationUpdate


@dataclass(frozen=True, slots=True)
class QueryAnswered:
    request_id: RequestId
    function_id: int
    outcome: bytes


@dataclass(frozen=True, slots=True)
class QueryFailed:
    """The node refused a query, or answered nothing in time."""

    request_id: RequestId
    function_id: int
    cause: Cause


@dataclass(slots=True, unsafe_hash=True)
class ControlAcknowledged:
    request_id: RequestId
    outcome: bytes | None


@dataclass(frozen=True, slots=True)
class ControlFailed:
    request_id: RequestId
    cause: Cause
    outcome: bytes | None


@dataclass(frozen=True, slots=True)
class ControlTimedOut:
    request_id: RequestId


# ------------------------------------------------------------------------------------------------ at the node


@dataclass(frozen=True, slots=True)
class SetupAccepted:
    response: E2SetupResponse


@dataclass(frozen=True, slots=True)
class SetupRefused:
    """`time_to_wait_s` is how long the RIC asks us to stay away, None if it did not say."""

    cause: Cause
    time_to_wait_s: int | None


@dataclass(frozen=True, slots=True)
class SubscriptionRequested:
    """Answer with `NodeSession.admit` or `NodeSession.refuse`."""

    request: RicSubscriptionRequest


@dataclass(frozen=True, slots=True)
class SubscriptionDeleteRequested:
    """Already answered; stop reporting."""

    request_id: RequestId


@dataclass(frozen=True, slots=True)
class ControlRequested:
    """Answer with `NodeSession.acknowledge` or `NodeSession.fail`."""

    request: RicControlRequest


@dataclass(frozen=True, slots=True)
class QueryRequested:
    """Answer with `NodeSession.answer_query` or `NodeSession.fail_query`."""

    request: RicQueryRequest


@dataclass(frozen=True, slots=True)
class ModificationRequested:
    """Answer with `NodeSession.modify` or `NodeSession.refuse_modification`."""

    request: RicSubscriptionModificationRequest


@dataclass(frozen=True, slots=True)
class ModificationConfirmed:
    """The RIC answered a modification that we required."""

    request_id: RequestId
    answer: RicSubscriptionModificationConfirm


@dataclass(frozen=True, slots=True)
class RequiredModificationRefused:
    """The RIC refused a modification that we required, or answered nothing in time."""

    request_id: RequestId
    cause: Cause


@dataclass(frozen=True, slots=True)
class ConnectionsAsked:
    """An E2 Connection Update was answered, as the session's `connect` said."""

    update: E2ConnectionUpdate


# ----------------------------------------------------------------------------------------------------- at both


@dataclass(frozen=True, slots=True)
class TransactionAnswered:
    """The peer answered an update or removal that we began."""

    request: RicServiceUpdate | E2NodeConfigurationUpdate | E2ConnectionUpdate | E2RemovalRequest
    response: (
        RicServiceUpdateAcknowledge
        | E2NodeConfigurationUpdateAcknowledge
        | E2ConnectionUpdateAcknowledge
        | E2RemovalResponse
    )


@dataclass(frozen=True, slots=True)
class TransactionFailed:
    """The peer refused an update or removal that we began, or answered none of the attempts."""

    request: RicServiceUpdate | E2NodeConfigurationUpdate | E2ConnectionUpdate | E2RemovalRequest
    cause: Cause


@dataclass(frozen=True, slots=True)
class RemovalRequested:
    """The peer ends E2 here: it was answered, and the association will be closed."""


@dataclass(frozen=True, slots=True)
class ResetReceived:
    """The peer reset the association; it was answered, and every subscription and pending control is gone."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class ResetCompleted:
    """The peer answered our reset."""


@dataclass(frozen=True, slots=True)
class ErrorReceived:
    """The peer sent an Error Indication."""

    error: ErrorIndication


@dataclass(frozen=True, slots=True)
class PeerMisbehaved:
    """The peer sent something it may not; it was answered as the standard says, and counted under `kind`."""

    kind: str
    """`undecodable`, `unusable`, `noted`, `unexpected`, `unknown_request`, `unknown_function`."""
    reason: str


@dataclass(frozen=True, slots=True)
class AssociationLost:
    """The transport went away; the session holds nothing any more."""

    reason: str


SharedEvent: TypeAlias = (
    ResetReceived
    | ResetCompleted
    | TransactionAnswered
    | TransactionFailed
    | RemovalRequested
    | ErrorReceived
    | PeerMisbehaved
    | AssociationLost
)
"""What happens at either end."""
RicEvent: TypeAlias = (
    NodeConnected
    | NodeRefused
    | SubscriptionAdmitted
    | SubscriptionRefused
    | SubscriptionDeleted
    | SubscriptionEnded
    | SubscriptionModified
    | SubscriptionModifiedByNode
    | ModificationRefused
    | FunctionsChanged
    | ComponentsChanged
    | QueryAnswered
    | QueryFailed
    | RicIndication
    | ControlAcknowledged
    | ControlFailed
    | ControlTimedOut
    | SharedEvent
)
NodeEvent: TypeAlias = (
    SetupAccepted
    | SetupRefused
    | SubscriptionRequested
    | SubscriptionDeleteRequested
    | ModificationRequested
    | ModificationConfirmed
    | RequiredModificationRefused
    | ControlRequested
    | QueryRequested
    | ConnectionsAsked
    | SharedEvent
)
