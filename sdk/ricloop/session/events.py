"""What a session tells the code above it: events in the past tense, in the order they happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    Cause,
    E2SetupRequest,
    E2SetupResponse,
    ErrorIndication,
    RequestId,
    RicControlRequest,
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
class IndicationReceived:
    """One RIC indication. `header` and `message` are the service model's bytes."""

    request_id: RequestId
    function_id: int
    action_id: int
    sequence: int | None
    header: bytes
    message: bytes
    call_process_id: bytes | None = None
    insert: bool = False


@dataclass(frozen=True, slots=True)
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


# ----------------------------------------------------------------------------------------------------- at both


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
    """`undecodable`, `unexpected`, `unknown_request`, `unknown_function`."""
    reason: str


@dataclass(frozen=True, slots=True)
class AssociationLost:
    """The transport went away; the session holds nothing any more."""

    reason: str


SharedEvent: TypeAlias = ResetReceived | ResetCompleted | ErrorReceived | PeerMisbehaved | AssociationLost
"""What happens at either end."""
RicEvent: TypeAlias = (
    NodeConnected
    | NodeRefused
    | SubscriptionAdmitted
    | SubscriptionRefused
    | SubscriptionDeleted
    | IndicationReceived
    | ControlAcknowledged
    | ControlFailed
    | ControlTimedOut
    | SharedEvent
)
NodeEvent: TypeAlias = (
    SetupAccepted | SetupRefused | SubscriptionRequested | SubscriptionDeleteRequested | ControlRequested | SharedEvent
)
