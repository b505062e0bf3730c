"""The node's end of one E2 association."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ricloop.e2ap.fast import encode_indication
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    Cause,
    E2SetupFailure,
    E2SetupRequest,
    E2SetupResponse,
    ErrorIndication,
    RequestId,
    RicControlRequest,
    RicIndication,
    RicSubscriptionDeleteRequest,
    RicSubscriptionRequest,
)
from ricloop.session.base import Session
from ricloop.session.control_node import NodeControls
from ricloop.session.events import ControlRequested, NodeEvent, SubscriptionDeleteRequested, SubscriptionRequested
from ricloop.session.setup import NodeSetup, State
from ricloop.session.subscription_node import NodeSubscription, NodeSubscriptions
from ricloop.session.timers import SessionTimers


class NodeSession(Session[NodeEvent]):
    """Sets up, answers subscriptions and controls, reports. `setup` is the request that it introduces itself with."""

    def __init__(self, setup: E2SetupRequest, *, timers: SessionTimers | None = None) -> None:
        timers = timers or SessionTimers()
        super().__init__(timers)
        self._setup = NodeSetup(self._end, timers, setup)
        self._subscriptions = NodeSubscriptions(self._end, self._setup.functions)
        self._controls = NodeControls(self._end, self._setup.functions)
        self._routes |= {
            E2SetupResponse: self._setup.accepted,
            E2SetupFailure: self._setup.refused,
            RicSubscriptionRequest: self._subscriptions.requested,
            RicSubscriptionDeleteRequest: self._subscriptions.delete_requested,
            RicControlRequest: self._controls.requested,
        }

    def connect(self, now: int) -> None:
        """The transport is open: send E2 Setup. `SetupAccepted` or `SetupRefused` follows."""
        self._end.now = now
        self._setup.connect()

    # ------------------------------------------------------------------------------------------- what we answer

    def admit(
        self, request_id: RequestId, admitted: Sequence[int], not_admitted: Sequence[ActionNotAdmitted], now: int
    ) -> bool:
        """Answer a subscription with the action ids that are admitted; none admitted refuses it.

        False, and nothing is sent, when the request is gone: reset, or the association lost. Raises
        LocalProtocolError for action ids that were not asked for, and for a request that was answered already.
        """
        self._end.now = now
        return self._subscriptions.admit(request_id, admitted, not_admitted)

    def refuse(self, request_id: RequestId, cause: Cause) -> bool:
        """Refuse a subscription. False and errors as `admit`."""
        return self._subscriptions.refuse(request_id, cause)

    def acknowledge(
        self,
        request_id: RequestId,
        function_id: int,
        outcome: bytes | None = None,
        call_process_id: bytes | None = None,
    ) -> bool:
        """Answer a control: it was carried out as `outcome` says. Nothing is sent where the RIC wanted no answer.

        False when the control is gone: answered already, reset, or the association lost.
        """
        return self._controls.acknowledge(request_id, function_id, outcome, call_process_id)

    def fail(
        self,
        request_id: RequestId,
        function_id: int,
        cause: Cause,
        outcome: bytes | None = None,
        call_process_id: bytes | None = None,
    ) -> bool:
        """Answer a control: it was not carried out. False as `acknowledge`."""
        return self._controls.fail(request_id, function_id, cause, outcome, call_process_id)

    # ------------------------------------------------------------------------------------------- what we report

    def indicate(self, indication: RicIndication) -> bool:
        """Queue a report. False, and counted as `indications_dropped`, where nobody subscribed to it (any more) or
        the outbox is full."""
        entry = self._subscriptions.active.get(indication.request_id)
        if entry is None or indication.action_id not in entry.admitted:
            self._end.counters["indications_dropped"] += 1
            return False
        return self._end.send_indication(encode_indication(indication))

    def indicate_encoded(self, data: bytes) -> bool:
        """Queue a RICindication that is encoded already; that it belongs to a live subscription is the caller's duty.
        False, and counted, where the outbox is full or the association is not ready."""
        if not self.ready:
            self._end.counters["indications_dropped"] += 1
            return False
        return self._end.send_indication(data)

    # -------------------------------------------------------------------------------------------------- state

    @property
    def setup(self) -> E2SetupRequest:
        return self._setup.request

    @property
    def response(self) -> E2SetupResponse | None:
        """What the RIC answered; None before."""
        return self._setup.response

    @property
    def subscriptions(self) -> Mapping[RequestId, NodeSubscription]:
        """The subscriptions that we admitted and nobody deleted."""
        return self._subscriptions.active

    # ---------------------------------------------------------------------------------------------- for the base

    def _set_up(self) -> bool:
        return self._setup.state is State.READY

    def _forget_everything(self) -> None:
        self._subscriptions.forget()
        self._controls.forget()
        self._end.withdraw((SubscriptionRequested, SubscriptionDeleteRequested, ControlRequested))

    def _error_about(self, error: ErrorIndication) -> None:
        self._subscriptions.error_about(error)
