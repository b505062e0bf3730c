"""The node's end of one E2 association."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ricloop.e2ap import V1, V2, Version
from ricloop.e2ap import messages as m
from ricloop.e2ap.fast_control import decode_control
from ricloop.e2ap.fast_indication import encode_indication
from ricloop.session.base import Session
from ricloop.session.control_node import NodeControls
from ricloop.session.events import (
    ControlRequested,
    ModificationRequested,
    NodeEvent,
    QueryRequested,
    SubscriptionDeleteRequested,
    SubscriptionRequested,
)
from ricloop.session.query_node import NodeQueries
from ricloop.session.services import NodeServices
from ricloop.session.setup import NodeSetup, State
from ricloop.session.subscription_node import NodeSubscriptions
from ricloop.session.subscription_node_table import NodeSubscription
from ricloop.session.timers import SessionTimers
from ricloop.session.transactions import Request, Response
from ricloop.session.updates import NodeUpdates, no_other_association

_ANSWERABLE = (
    SubscriptionRequested,
    SubscriptionDeleteRequested,
    ModificationRequested,
    ControlRequested,
    QueryRequested,
)


class NodeSession(Session[NodeEvent]):
    """Sets up, answers subscriptions and controls, reports. `setup` is the request that it introduces itself with.

    `connect_to` says of each transport association that the RIC wants why it cannot be had; None where it can.
    """

    def __init__(
        self,
        setup: m.E2SetupRequest,
        *,
        timers: SessionTimers | None = None,
        version: Version = V2,
        connect_to: Callable[[m.TnlUse], m.Cause | None] = no_other_association,
    ) -> None:
        timers = timers or SessionTimers()
        super().__init__(timers)
        self._end.version = version
        self._setup = NodeSetup(self._end, timers, setup)
        self._subscriptions = NodeSubscriptions(self._end, self._setup.functions, timers)
        self._controls = NodeControls(self._end, self._setup.functions)
        self._queries = NodeQueries(self._end, self._setup.functions)
        self._services = NodeServices(self._end, self._transactions, setup.functions, self._setup.functions)
        self._updates = NodeUpdates(self._end, connect_to)
        self._routes |= {
            m.E2SetupResponse: self._setup.accepted,
            m.E2SetupFailure: self._setup.refused,
            m.RicSubscriptionRequest: self._subscriptions.requested,
            m.RicSubscriptionDeleteRequest: self._subscriptions.delete_requested,
            m.RicControlRequest: self._controls.requested,
            m.RicSubscriptionModificationRequest: self._subscriptions.modification_requested,
            m.RicSubscriptionModificationConfirm: self._subscriptions.confirmed,
            m.RicSubscriptionModificationRefuse: self._subscriptions.refused,
            m.RicQueryRequest: self._queries.requested,
            m.RicServiceQuery: self._services.queried,
            m.RicServiceUpdateAcknowledge: self._transactions.responded,
            m.RicServiceUpdateFailure: self._transactions.failed,
            m.E2NodeConfigurationUpdateAcknowledge: self._transactions.responded,
            m.E2NodeConfigurationUpdateFailure: self._transactions.failed,
            m.E2ConnectionUpdate: self._updates.connection_updated,
            m.E2RemovalRequest: self._removal.requested,
            m.E2RemovalResponse: self._transactions.responded,
            m.E2RemovalFailure: self._transactions.failed,
        }

    def connect(self, now: int) -> None:
        """The transport is open: send E2 Setup. `SetupAccepted` or `SetupRefused` follows."""
        self._end.now = now
        self._setup.connect()

    # ------------------------------------------------------------------------------------------- what we answer

    def admit(
        self, request_id: m.RequestId, admitted: Sequence[int], not_admitted: Sequence[m.ActionNotAdmitted], now: int
    ) -> bool:
        """Answer a subscription with the action ids that are admitted; none admitted refuses it.

        False, and nothing is sent, when the request is gone: reset, or the association lost. Raises
        LocalProtocolError for action ids that were not asked for, and for a request that was answered already.
        """
        self._end.now = now
        return self._subscriptions.admit(request_id, admitted, not_admitted)

    def refuse(self, request_id: m.RequestId, cause: m.Cause) -> bool:
        """Refuse a subscription. False and errors as `admit`."""
        return self._subscriptions.refuse(request_id, cause)

    def acknowledge(
        self,
        request_id: m.RequestId,
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
        request_id: m.RequestId,
        function_id: int,
        cause: m.Cause,
        outcome: bytes | None = None,
        call_process_id: bytes | None = None,
    ) -> bool:
        """Answer a control: it was not carried out. False as `acknowledge`."""
        return self._controls.fail(request_id, function_id, cause, outcome, call_process_id)

    def modify(self, answer: m.RicSubscriptionModificationResponse) -> bool:
        """Answer a modification: what was removed, modified and added, and what was not. False as `admit`."""
        return self._subscriptions.modified(answer)

    def refuse_modification(self, request_id: m.RequestId, cause: m.Cause) -> bool:
        """Refuse a modification as a whole. False as `admit`."""
        return self._subscriptions.refuse_modification(request_id, cause)

    def answer_query(self, request_id: m.RequestId, function_id: int, outcome: bytes) -> bool:
        """Answer a query. False when it is gone: answered already, reset, or the association lost."""
        return self._queries.answer(request_id, function_id, outcome)

    def fail_query(self, request_id: m.RequestId, function_id: int, cause: m.Cause) -> bool:
        """Refuse a query. False as `answer_query`."""
        return self._queries.fail(request_id, function_id, cause)

    # ---------------------------------------------------------------------------------------------- what we ask

    def update_services(
        self,
        now: int,
        *,
        added: Sequence[m.RanFunction] = (),
        modified: Sequence[m.RanFunction] = (),
        deleted: Sequence[int] = (),
    ) -> int:
        """Tell the RIC of other RAN functions; `TransactionAnswered` or `TransactionFailed` follows.

        Subscriptions and controls of deleted functions end at once, with `SubscriptionDeleteRequested` for each.
        Raises LocalProtocolError for a function to delete that is not there.
        """
        self._start(now, "a service update")
        number = self._services.update(tuple(added), tuple(modified), tuple(deleted))
        self._subscriptions.functions_gone(frozenset(deleted))
        return number

    def update_configuration(
        self,
        now: int,
        *,
        added: Sequence[m.ComponentConfig] = (),
        updated: Sequence[m.ComponentConfig] = (),
        removed: Sequence[m.ComponentRemoval] = (),
    ) -> int:
        """Tell the RIC of other components; `TransactionAnswered` or `TransactionFailed` follows."""
        self._start(now, "a configuration update")
        request = m.E2NodeConfigurationUpdate(
            transaction_id=0, added=tuple(added), updated=tuple(updated), removed=tuple(removed)
        )
        return self._transactions.start(request)

    def require_deletion(self, subscriptions: Sequence[m.SubscriptionCause], now: int) -> None:
        """Tell the RIC of subscriptions that cannot be served any more: it deletes them."""
        self._start(now, "a required deletion")
        self._end.send(m.RicSubscriptionDeleteRequired(subscriptions=tuple(subscriptions)))

    def require_modification(self, request: m.RicSubscriptionModificationRequired, now: int) -> None:
        """v3: ask for less of a subscription; `ModificationConfirmed` or `RequiredModificationRefused` follows.

        Raises LocalProtocolError for a subscription that is not active.
        """
        self._start(now, "a required modification")
        self._subscriptions.require(request)

    # ------------------------------------------------------------------------------------------- what we report

    def indicate(self, indication: m.RicIndication) -> bool:
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
    def setup(self) -> m.E2SetupRequest:
        return self._setup.request

    @property
    def response(self) -> m.E2SetupResponse | None:
        """What the RIC answered; None before."""
        return self._setup.response

    @property
    def subscriptions(self) -> Mapping[m.RequestId, NodeSubscription]:
        """The subscriptions that we admitted and nobody deleted."""
        return self._subscriptions.active

    # ---------------------------------------------------------------------------------------------- for the base

    def _read_fast(self, data: bytes) -> m.RicControlRequest | None:
        return None if self._end.version is V1 else decode_control(data)

    def _set_up(self) -> bool:
        return self._setup.state is State.READY

    def _forget_everything(self) -> None:
        self._subscriptions.forget()
        self._controls.forget()
        self._queries.forget()
        self._transactions.forget()
        self._end.withdraw(_ANSWERABLE)

    def _transaction_done(self, request: Request, response: Response) -> None:
        super()._transaction_done(request, response)
        if isinstance(response, m.RicServiceUpdateAcknowledge):
            self._services.acknowledged(response)

    def _error_about(self, error: m.ErrorIndication) -> None:
        self._subscriptions.error_about(error)
