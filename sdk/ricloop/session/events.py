"""What a session tells the code above it: events in the past tense, in the order they happened.

An indication is told as the message that it is: nothing is copied on its way to who reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ricloop.e2ap import messages as m

# ------------------------------------------------------------------------------------------------- at the RIC


@dataclass(frozen=True, slots=True)
class NodeConnected:
    """E2 Setup was accepted and answered."""

    setup: m.E2SetupRequest


@dataclass(frozen=True, slots=True)
class NodeRefused:
    """E2 Setup was refused and answered with a failure."""

    setup: m.E2SetupRequest
    cause: m.Cause


@dataclass(frozen=True, slots=True)
class SubscriptionAdmitted:
    """At least one action was admitted; the others and why not are in `not_admitted`."""

    request_id: m.RequestId
    admitted: tuple[int, ...]
    not_admitted: tuple[m.ActionNotAdmitted, ...]


@dataclass(frozen=True, slots=True)
class SubscriptionRefused:
    """No action was admitted, or nothing was answered in time."""

    request_id: m.RequestId
    cause: m.Cause


@dataclass(frozen=True, slots=True)
class SubscriptionDeleted:
    """The node confirmed a deletion (or did not know the subscription any more)."""

    request_id: m.RequestId


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """The node gave an admitted subscription up, or deleted its RAN function; nothing comes of it any more."""

    request_id: m.RequestId
    cause: m.Cause


@dataclass(frozen=True, slots=True)
class SubscriptionModified:
    """The node answered our modification; what it did not do, and why, stands in `answer` as well."""

    request_id: m.RequestId
    answer: m.RicSubscriptionModificationResponse


@dataclass(frozen=True, slots=True)
class ModificationRefused:
    """A modification was refused as a whole, or not answered in time: the subscription is as it was."""

    request_id: m.RequestId
    cause: m.Cause


@dataclass(frozen=True, slots=True)
class SubscriptionModifiedByNode:
    """The node asked for it and we confirmed: other times to wait of inserts, and actions that are no more."""

    request_id: m.RequestId
    waits: tuple[m.ActionTimeToWait, ...]
    removed: tuple[m.ActionNotAdmitted, ...]


@dataclass(frozen=True, slots=True)
class FunctionsChanged:
    """A RIC Service Update was answered. Ids are RAN function ids; `rejected` were offered and are of no use to us."""

    added: tuple[m.RanFunction, ...]
    modified: tuple[m.RanFunction, ...]
    deleted: tuple[int, ...]
    rejected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ComponentsChanged:
    """An E2 Node Configuration Update was acknowledged."""

    update: m.E2NodeConfigurationUpdate


@dataclass(frozen=True, slots=True)
class QueryAnswered:
    request_id: m.RequestId
    function_id: int
    outcome: bytes


@dataclass(frozen=True, slots=True)
class QueryFailed:
    """The node refused a query, or answered nothing in time."""

    request_id: m.RequestId
    function_id: int
    cause: m.Cause


@dataclass(slots=True, unsafe_hash=True)
class ControlAcknowledged:
    request_id: m.RequestId
    outcome: bytes | None


@dataclass(frozen=True, slots=True)
class ControlFailed:
    request_id: m.RequestId
    cause: m.Cause
    outcome: bytes | None


@dataclass(frozen=True, slots=True)
class ControlTimedOut:
    request_id: m.RequestId


# ------------------------------------------------------------------------------------------------ at the node


@dataclass(frozen=True, slots=True)
class SetupAccepted:
    response: m.E2SetupResponse


@dataclass(frozen=True, slots=True)
class SetupRefused:
    """`time_to_wait_s` is how long the RIC asks us to stay away, None if it did not say."""

    cause: m.Cause
    time_to_wait_s: int | None


@dataclass(frozen=True, slots=True)
class SubscriptionRequested:
    """Answer with `NodeSession.admit` or `NodeSession.refuse`."""

    request: m.RicSubscriptionRequest


@dataclass(frozen=True, slots=True)
class SubscriptionDeleteRequested:
    """Already answered; stop reporting."""

    request_id: m.RequestId


@dataclass(frozen=True, slots=True)
class ControlRequested:
    """Answer with `NodeSession.acknowledge` or `NodeSession.fail`."""

    request: m.RicControlRequest


@dataclass(frozen=True, slots=True)
class QueryRequested:
    """Answer with `NodeSession.answer_query` or `NodeSession.fail_query`."""

    request: m.RicQueryRequest


@dataclass(frozen=True, slots=True)
class ModificationRequested:
    """Answer with `NodeSession.modify` or `NodeSession.refuse_modification`."""

    request: m.RicSubscriptionModificationRequest


@dataclass(frozen=True, slots=True)
class ModificationConfirmed:
    """The RIC answered a modification that we required."""

    request_id: m.RequestId
    answer: m.RicSubscriptionModificationConfirm


@dataclass(frozen=True, slots=True)
class RequiredModificationRefused:
    """The RIC refused a modification that we required, or answered nothing in time."""

    request_id: m.RequestId
    cause: m.Cause


@dataclass(frozen=True, slots=True)
class ConnectionsAsked:
    """An E2 Connection Update was answered, as the session's `connect` said."""

    update: m.E2ConnectionUpdate


# ----------------------------------------------------------------------------------------------------- at both


@dataclass(frozen=True, slots=True)
class TransactionAnswered:
    """The peer answered an update or removal that we began."""

    request: m.RicServiceUpdate | m.E2NodeConfigurationUpdate | m.E2ConnectionUpdate | m.E2RemovalRequest
    response: (
        m.RicServiceUpdateAcknowledge
        | m.E2NodeConfigurationUpdateAcknowledge
        | m.E2ConnectionUpdateAcknowledge
        | m.E2RemovalResponse
    )


@dataclass(frozen=True, slots=True)
class TransactionFailed:
    """The peer refused an update or removal that we began, or answered none of the attempts."""

    request: m.RicServiceUpdate | m.E2NodeConfigurationUpdate | m.E2ConnectionUpdate | m.E2RemovalRequest
    cause: m.Cause


@dataclass(frozen=True, slots=True)
class RemovalRequested:
    """The peer ends E2 here: it was answered, and the association will be closed."""


@dataclass(frozen=True, slots=True)
class ResetReceived:
    """The peer reset the association; it was answered, and every subscription and pending control is gone."""

    cause: m.Cause


@dataclass(frozen=True, slots=True)
class ResetCompleted:
    """The peer answered our reset."""


@dataclass(frozen=True, slots=True)
class ErrorReceived:
    """The peer sent an Error Indication."""

    error: m.ErrorIndication


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
    | m.RicIndication
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
