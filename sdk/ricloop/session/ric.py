"""The RIC's end of one E2 association: it terminates E2 from one node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import V1, detect
from ricloop.e2ap import messages as m
from ricloop.e2ap.fast_control import decode_acknowledge
from ricloop.e2ap.fast_indication import decode_indication
from ricloop.session.base import Session
from ricloop.session.control import RicControls
from ricloop.session.events import RicEvent
from ricloop.session.query import RicQueries
from ricloop.session.setup import RicSetup, State
from ricloop.session.subscription import RicSubscriptions
from ricloop.session.subscription_table import Subscription
from ricloop.session.timers import SessionTimers
from ricloop.session.updates import RicUpdates


def admit_all(_: m.E2SetupRequest) -> m.Cause | None:
    """Let every node in."""
    return None


def take_all(_: m.RanFunction) -> m.Cause | None:
    """Accept every RAN function."""
    return None


class RicSession(Session[RicEvent]):
    """Subscribes, receives indications, controls.

    `admit` sees every E2 Setup Request: a Cause refuses the node, None lets it in (a node id that is connected
    already, say). `function_known` sees each RAN function of an admitted node: a Cause lists it as rejected.
    """

    def __init__(
        self,
        ric: m.GlobalRicId,
        admit: Callable[[m.E2SetupRequest], m.Cause | None] = admit_all,
        *,
        function_known: Callable[[m.RanFunction], m.Cause | None] = take_all,
        timers: SessionTimers | None = None,
    ) -> None:
        timers = timers or SessionTimers()
        super().__init__(timers)
        self._setup = RicSetup(self._end, timers, ric, admit, function_known)
        self._subscriptions = RicSubscriptions(self._end, timers)
        self._controls = RicControls(self._end, timers)
        self._queries = RicQueries(self._end, timers)
        self._updates = RicUpdates(self._end, self._setup.functions, function_known, self._subscriptions.functions_gone)
        self._service_queries = 0
        self._routes |= {
            m.E2SetupRequest: self._setup.requested,
            m.RicSubscriptionResponse: self._subscriptions.responded,
            m.RicSubscriptionFailure: self._subscriptions.failed,
            m.RicSubscriptionDeleteResponse: self._subscriptions.delete_responded,
            m.RicSubscriptionDeleteFailure: self._subscriptions.delete_failed,
            m.RicIndication: self._subscriptions.indicated,
            m.RicControlAcknowledge: self._controls.acknowledged,
            m.RicControlFailure: self._controls.failed,
            m.RicSubscriptionDeleteRequired: self._subscriptions.delete_required,
            m.RicSubscriptionModificationResponse: self._subscriptions.modification_responded,
            m.RicSubscriptionModificationFailure: self._subscriptions.modification_failed,
            m.RicSubscriptionModificationRequired: self._subscriptions.modification_required,
            m.RicQueryResponse: self._queries.answered,
            m.RicQueryFailure: self._queries.failed,
            m.RicServiceUpdate: self._updates.service_updated,
            m.E2NodeConfigurationUpdate: self._updates.configuration_updated,
            m.E2ConnectionUpdateAcknowledge: self._transactions.responded,
            m.E2ConnectionUpdateFailure: self._transactions.failed,
            m.E2RemovalResponse: self._transactions.responded,
            m.E2RemovalFailure: self._transactions.failed,
            m.E2RemovalRequest: self._removal.requested,
        }

    def connect(self, now: int) -> None:
        """The transport is open: from here the peer has `timers.setup` to send its E2 Setup Request."""
        self._end.now = now
        self._setup.connect()

    # ---------------------------------------------------------------------------------------------- what we ask

    def subscribe(
        self,
        request_id: m.RequestId,
        function_id: int,
        event_trigger: bytes,
        actions: Sequence[m.ActionToBeSetup],
        now: int,
    ) -> None:
        """Ask for reports, inserts or policies; `SubscriptionAdmitted` or `SubscriptionRefused` follows.

        Raises LocalProtocolError for a request id in use, a function that was not accepted, or not 1 to 16 actions.
        """
        self._start(now, "a subscription")
        self._check_function(function_id)
        self._subscriptions.subscribe(request_id, function_id, event_trigger, actions)

    def unsubscribe(self, request_id: m.RequestId, now: int) -> None:
        """Delete a subscription, answered or not; `SubscriptionDeleted` follows, at the latest by the timer.

        Raises LocalProtocolError for one that does not exist or is being deleted.
        """
        self._start(now, "the deletion of a subscription")
        self._subscriptions.unsubscribe(request_id)

    def control(self, request: m.RicControlRequest, now: int) -> None:
        """Send a control. With `AckRequest.ACK` one of `ControlAcknowledged`, `ControlFailed` and `ControlTimedOut`
        follows; otherwise at most one of the first two.

        Raises LocalProtocolError for a request id in flight or a function that was not accepted.
        """
        self._start(now, "a control")
        self._check_function(request.function_id)
        self._controls.send(request)

    def modify(self, request: m.RicSubscriptionModificationRequest, now: int) -> None:
        """v3: change an admitted subscription; `SubscriptionModified` or `ModificationRefused` follows.

        Raises LocalProtocolError for a subscription that is not active or is being modified already.
        """
        self._start(now, "the modification of a subscription")
        self._subscriptions.modify(request)

    def query(self, request: m.RicQueryRequest, now: int) -> None:
        """v3: ask a service model; `QueryAnswered` or `QueryFailed` follows.

        Raises LocalProtocolError for a request id in flight or a function that was not accepted.
        """
        self._start(now, "a query")
        self._check_function(request.function_id)
        self._queries.ask(request)

    def query_services(self, now: int) -> None:
        """Ask which RAN functions there are: a node whose list differs from ours answers with a Service Update."""
        self._start(now, "a service query")
        self._service_queries += 1
        accepted = tuple(m.FunctionId(f.id, f.revision) for f in self._setup.functions.values())
        self._end.send(m.RicServiceQuery(transaction_id=self._service_queries % 256, accepted=accepted))

    def update_connections(
        self,
        now: int,
        *,
        added: Sequence[m.TnlUse] = (),
        modified: Sequence[m.TnlUse] = (),
        removed: Sequence[m.TnlInformation] = (),
    ) -> int:
        """Ask the node for other transport associations; `TransactionAnswered` or `TransactionFailed` follows."""
        self._start(now, "a connection update")
        request = m.E2ConnectionUpdate(
            transaction_id=0, added=tuple(added), modified=tuple(modified), removed=tuple(removed)
        )
        return self._transactions.start(request)

    # -------------------------------------------------------------------------------------------------- state

    @property
    def setup(self) -> m.E2SetupRequest | None:
        """What the node said of itself; None before it was admitted."""
        return self._setup.request

    @property
    def functions(self) -> Mapping[int, m.RanFunction]:
        """The RAN functions that we accepted, by id."""
        return MappingProxyType(self._setup.functions)

    @property
    def subscriptions(self) -> Mapping[m.RequestId, Subscription]:
        """The subscriptions that the node admitted and nobody deleted."""
        return self._subscriptions.active

    @property
    def controls_in_flight(self) -> int:
        return self._controls.in_flight

    # ---------------------------------------------------------------------------------------------- for the base

    def _read_fast(self, data: bytes) -> m.RicIndication | m.RicControlAcknowledge | None:
        message: m.RicIndication | m.RicControlAcknowledge | None = decode_indication(data)
        if message is None and self._end.version is not V1:
            message = decode_acknowledge(data)
        if message is None and not self._set_up():
            self._end.version = detect(data)
        return message

    def _set_up(self) -> bool:
        return self._setup.state is State.READY

    def _forget_everything(self) -> None:
        self._subscriptions.forget()
        self._controls.forget()
        self._queries.forget()
        self._transactions.forget()

    def _release(self) -> None:
        self._updates.release()

    def _error_about(self, error: m.ErrorIndication) -> None:
        self._subscriptions.error_about(error)
        self._controls.error_about(error)
        self._queries.error_about(error)

    def _check_function(self, function_id: int) -> None:
        if function_id not in self._setup.functions:
            offered = ", ".join(map(str, sorted(self._setup.functions))) or "none"
            raise LocalProtocolError(f"RAN function {function_id} was not set up with this node; it has {offered}")
