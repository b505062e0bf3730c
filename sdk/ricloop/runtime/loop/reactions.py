"""What each event of a session means to the RIC: nodes come and go, reports arrive, what was asked is answered.

Two tables, from the type of an event to what it changes. Nothing is decided here: what a decision needs is put in its
place, and the next turn looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.core.dialect import Dialect
from ricloop.e2ap.messages import RicIndication
from ricloop.runtime.loop.comings import Comings
from ricloop.runtime.loop.intake import Intake
from ricloop.runtime.nodes import policies
from ricloop.runtime.nodes.dialects import Dialects
from ricloop.runtime.nodes.nodes import Node
from ricloop.session import events as ev

if TYPE_CHECKING:
    from ricloop.runtime.nodes.association import Association
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()


class Reactions:
    """What a RIC does about the events of its associations."""

    def __init__(self, ric: NearRtRic, dialects: Mapping[str, Dialect]) -> None:
        """`dialects`: of the nodes that are known to differ from the standard, by pattern of their ids."""
        known = Dialects(dialects)
        self._ric, self._comings, self._intake = ric, Comings(ric, known), Intake(ric, known)
        self._of_any: Mapping[type[Any], Callable[[Association, Any, int], None]] = {
            ev.NodeConnected: self._comings.connected,
            ev.NodeRefused: self._comings.refused,
            RicIndication: self._intake.indication,
            ev.TransactionFailed: self._update_failed,
            ev.RemovalRequested: self._removed,
            ev.ErrorReceived: self._errored,
            ev.PeerMisbehaved: self._misbehaved,
            ev.AssociationLost: self._comings.lost,
        }
        """Of every association."""
        self._of_node: Mapping[type[Any], Callable[[Node, Any, int], None]] = {
            ev.FunctionsChanged: self._comings.functions_changed,
            ev.ResetReceived: self._comings.reset,
            ev.ResetCompleted: self._comings.reset,
            ev.SubscriptionAdmitted: self._admitted,
            ev.SubscriptionRefused: self._subscription_refused,
            ev.SubscriptionDeleted: self._deleted,
            ev.SubscriptionEnded: self._subscription_ended,
            ev.SubscriptionModified: self._modified,
            ev.SubscriptionModifiedByNode: self._actions_removed,
            ev.ModificationRefused: self._modification_refused,
            ev.QueryAnswered: self._answered,
            ev.QueryFailed: self._query_failed,
            ev.ControlAcknowledged: self._acknowledged,
            ev.ControlFailed: self._failed,
            ev.ControlTimedOut: self._timed_out,
            # Components and acknowledged updates change nothing that is decided on.
            ev.ComponentsChanged: _nothing,
            ev.TransactionAnswered: _nothing,
        }
        """Of one that is a node's."""

    def take(self, association: Association, event: ev.RicEvent, arrived: int) -> None:
        """One event; `arrived` is the stopwatch's stamp of the frame that caused it."""
        if (react := self._of_any.get(type(event))) is not None:
            react(association, event, arrived)
        elif association.node is not None:
            self._of_node[type(event)](association.node, event, arrived)

    # ---------------------------------------------------------------------------------------- what a node answers

    def _admitted(self, node: Node, event: ev.SubscriptionAdmitted, _: int) -> None:
        if event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.answered(node, event.request_id, event.not_admitted)
        else:
            now = self._ric.clock.now()
            self._ric.subscriber.admitted(node, event.request_id, event.admitted, event.not_admitted, now)
            self._ric.ask_more()

    def _subscription_refused(self, node: Node, event: ev.SubscriptionRefused, _: int) -> None:
        if event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.refused(node, event.request_id, event.cause)
        else:
            self._ric.subscriber.refuse(node, event.request_id, event.cause, self._ric.clock.now())
            self._ric.ask_more()

    def _deleted(self, node: Node, event: ev.SubscriptionDeleted, _: int) -> None:
        """What a deletion leaves of a feed was dropped when it was asked for; a policy may be installed anew."""
        if event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.deleted(node, event.request_id)

    def _subscription_ended(self, node: Node, event: ev.SubscriptionEnded, _: int) -> None:
        if event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.ended(node, event.request_id, event.cause)
        else:
            self._ric.subscriber.ended(node, event.request_id, event.cause, self._ric.clock.now())
            self._ric.ask_more()

    def _modified(self, node: Node, event: ev.SubscriptionModified, _: int) -> None:
        self._ric.policies.answered(node, event.request_id, event.answer.not_modified)

    def _modification_refused(self, node: Node, event: ev.ModificationRefused, _: int) -> None:
        self._ric.policies.refused(node, event.request_id, event.cause)

    def _actions_removed(self, node: Node, event: ev.SubscriptionModifiedByNode, _: int) -> None:
        if event.request_id.requestor == policies.REQUESTOR and event.removed:
            self._ric.policies.ended(node, event.request_id, event.removed[0].cause)
        self._ric.subscriber.actions_removed(node, event.request_id, event.removed)

    def _answered(self, node: Node, event: ev.QueryAnswered, arrived: int) -> None:
        asked = self._ric.queries.answered(node, event.request_id)
        if asked is not None:
            self._intake.answer(node, event.request_id, asked, event.outcome, arrived)

    def _query_failed(self, node: Node, event: ev.QueryFailed, _: int) -> None:
        self._ric.queries.refused(node, event.request_id, event.cause)

    def _acknowledged(self, node: Node, event: ev.ControlAcknowledged, _: int) -> None:
        self._ric.controls.acknowledged(node, event.request_id, event.outcome)

    def _failed(self, node: Node, event: ev.ControlFailed, _: int) -> None:
        self._ric.controls.failed(node, event.request_id, event.cause)

    def _timed_out(self, node: Node, event: ev.ControlTimedOut, _: int) -> None:
        self._ric.controls.timed_out(node, event.request_id, "the node did not answer in time")

    # ------------------------------------------------------------------------------------------ what is only told

    def _errored(self, association: Association, event: ev.ErrorReceived, _: int) -> None:
        log.warning("node reports an error", node=association.name or association.peer, cause=str(event.error.cause))

    def _update_failed(self, association: Association, event: ev.TransactionFailed, _: int) -> None:
        name = type(event.request).__name__
        log.warning("node refuses", node=association.name or association.peer, request=name, cause=str(event.cause))

    def _removed(self, association: Association, _: ev.RemovalRequested, __: int) -> None:
        log.info("node ends E2", node=association.name or association.peer)

    def _misbehaved(self, association: Association, event: ev.PeerMisbehaved, _: int) -> None:
        log.warning("node misbehaves", node=association.name or association.peer, kind=event.kind, reason=event.reason)


def _nothing(_: Node, __: Any, ___: int) -> None:
    pass
