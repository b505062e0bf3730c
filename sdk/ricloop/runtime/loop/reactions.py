"""What each event of a session means to the RIC: nodes come and go, reports arrive, controls are answered.

One table, from the type of an event to what it changes. Nothing is decided here: what a decision needs is put in its
place, and the next turn looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.core.actions import Addressee
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId, NodeId
from ricloop.core.time import NS_PER_MS
from ricloop.e2sm.kpm.assemble import for_reader
from ricloop.runtime.books.account import Arrived
from ricloop.runtime.nodes import policies
from ricloop.runtime.nodes.dialects import Dialects
from ricloop.session import events as ev

if TYPE_CHECKING:
    from ricloop.runtime.nodes.association import Association
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()


_REFUSALS = {
    "not_allowed": "node refused: it is not on the list of allowed nodes",
    "duplicate": "node refused: its id is connected already",
    "shown_out": "node refused: it was shown out a moment ago for what it sent",
    "overload": "node refused: too many subscriptions wait",
}


class Reactions:
    """What a RIC does about the events of its associations."""

    def __init__(self, ric: NearRtRic, dialects: Mapping[str, Dialect]) -> None:
        """`dialects`: of the nodes that are known to differ from the standard, by pattern of their ids."""
        self._ric, self._dialects = ric, Dialects(dialects)

    def take(self, association: Association, event: ev.RicEvent, arrived: int) -> None:
        """One event; `arrived` is the stopwatch's stamp of the frame that caused it."""
        _REACTIONS[type(event)](self, association, event, arrived)

    def _connected(self, association: Association, event: ev.NodeConnected, _: int) -> None:
        ric, setup = self._ric, event.setup
        now = ric.clock.now()
        node = ric.nodes.add(setup, association, self._dialect_of(association, setup.node))
        association.node, association.name = node, node.name
        if association.use_ppid is not None and node.dialect.ppid != STANDARD.ppid:
            association.use_ppid(node.dialect.ppid)
        self._unknow(ric.territory.claim(node))
        for fault in node.faults:
            log.error("a RAN function cannot be read and is left alone", node=node.name, error=fault)
        ric.inventory.connected(node)
        ric.learn({cell: str(node.gnb) for cell in node.own_cells})
        log.info(
            "node connected",
            node=node.name,
            peer=association.peer,
            functions=[function.model.name for function in node.functions],
            cells=len(ric.nodes.cells_of(node, ric.topology)),
        )
        if not ric.stopped:
            ric.subscriber.node_connected(node, now)
            ric.policies.node_connected(node)
            # Subscribing at one node can change what its gNB's other nodes are asked.
            ric.flush()
            for runner in ric.runners:
                runner.call("node_connected", node.id)

    def _dialect_of(self, association: Association, node: NodeId) -> Dialect:
        """As settings say; the version of E2AP as the setup showed it."""
        known = self._dialects.get(node) or STANDARD
        spoken = association.session.version.number
        return known if (known.e2ap_version == 1) is (spoken == 1) else replace(known, e2ap_version=spoken)

    def _functions_changed(self, association: Association, event: ev.FunctionsChanged, _: int) -> None:
        ric, node = self._ric, association.node
        if node is None:
            return
        ric.nodes.offer(node, association.session.functions.values())
        self._unknow(ric.territory.claim(node))
        ric.learn({cell: str(node.gnb) for cell in node.own_cells})
        log.info(
            "node changes its RAN functions",
            node=node.name,
            added=[function.id for function in event.added],
            modified=[function.id for function in event.modified],
            deleted=list(event.deleted),
            functions=[function.model.name for function in node.functions],
        )
        for fault in node.faults:
            log.error("a RAN function cannot be read and is left alone", node=node.name, error=fault)
        if not ric.stopped:
            changed = {*(function.id for function in event.modified), *event.deleted}
            ric.subscriber.functions_changed(node, frozenset(changed), ric.clock.now())
            ric.flush()

    def _refused(self, association: Association, event: ev.NodeRefused, _: int) -> None:
        ric, id = self._ric, event.setup.node
        association.name = str(id)
        ric.inventory.refused(event.setup, association.peer)
        holder = ric.nodes.get(id)
        log.warning(
            _REFUSALS.get(ric.admission.why_not(id) or "", "node refused"),
            node=association.name,
            peer=association.peer,
            connected_from=holder.association.peer if holder else "",
            cause=str(event.cause),
        )

    def _admitted(self, association: Association, event: ev.SubscriptionAdmitted, _: int) -> None:
        if association.node is not None and event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.answered(association.node, event.request_id, event.not_admitted)
        elif association.node is not None:
            now = self._ric.clock.now()
            self._ric.subscriber.admitted(association.node, event.request_id, event.admitted, event.not_admitted, now)
            self._subscription_answered()

    def _subscription_refused(self, association: Association, event: ev.SubscriptionRefused, _: int) -> None:
        if association.node is not None and event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.refused(association.node, event.request_id, event.cause)
        elif association.node is not None:
            self._ric.subscriber.refuse(association.node, event.request_id, event.cause, self._ric.clock.now())
            self._subscription_answered()

    def _deleted(self, association: Association, event: ev.SubscriptionDeleted, _: int) -> None:
        """What a deletion leaves of a feed was dropped when it was asked for; a policy may be installed anew."""
        if association.node is not None and event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.deleted(association.node, event.request_id)

    def _modified(self, association: Association, event: ev.SubscriptionModified, _: int) -> None:
        if association.node is not None:
            self._ric.policies.answered(association.node, event.request_id, event.answer.not_modified)

    def _modification_refused(self, association: Association, event: ev.ModificationRefused, _: int) -> None:
        if association.node is not None:
            self._ric.policies.refused(association.node, event.request_id, event.cause)

    def _answered(self, association: Association, event: ev.QueryAnswered, arrived: int) -> None:
        if association.node is not None:
            at = self._at(arrived)
            self._ric.queries.answered(association.node, event.request_id, event.outcome, arrived, at)

    def _query_failed(self, association: Association, event: ev.QueryFailed, _: int) -> None:
        if association.node is not None:
            self._ric.queries.refused(association.node, event.request_id, event.cause)

    def _subscription_ended(self, association: Association, event: ev.SubscriptionEnded, _: int) -> None:
        if association.node is not None and event.request_id.requestor == policies.REQUESTOR:
            self._ric.policies.ended(association.node, event.request_id, event.cause)
        elif association.node is not None:
            self._ric.subscriber.ended(association.node, event.request_id, event.cause, self._ric.clock.now())
            self._subscription_answered()

    def _actions_removed(self, association: Association, event: ev.SubscriptionModifiedByNode, _: int) -> None:
        if association.node is None:
            return
        if event.request_id.requestor == policies.REQUESTOR and event.removed:
            self._ric.policies.ended(association.node, event.request_id, event.removed[0].cause)
        self._ric.subscriber.actions_removed(association.node, event.request_id, event.removed)

    def _subscription_answered(self) -> None:
        """The line moves up. What was refused may be asked for again later: a turn arms the timer for it."""
        ric = self._ric
        if not ric.stopped and ric.subscriber.handle_timer(ric.clock.now()):
            ric.flush()
        if ric.on_work is not None and ric.subscriber.timer_at() is not None:
            ric.on_work()

    def _indicated(self, association: Association, event: ev.IndicationReceived, arrived: int) -> None:
        ric = self._ric
        ric.account.received += 1
        node = association.node
        readers = () if node is None else ric.subscriber.readers(node, event.request_id)
        if node is None or not readers or event.action_id not in readers[0].actions:
            ric.account.refuse(None, "not subscribed")
            if node is not None:
                ric.inventory.count(node, "not_subscribed")
            return
        wanted = [subscribed for subscribed in readers if ric.dispatch.wanted(subscribed.feed)]
        if ric.stopped or not wanted:
            ric.account.refuse(None, "the run ended" if ric.stopped else "xApp is off")
            return
        first = wanted[0]
        plan = first.actions[event.action_id]
        if node.unheard:
            self._dialects.hear(node, plan, event.header, event.message)
        try:
            part = first.model.decode(plan, event.header, event.message, node.dialect)
        except DecodeError as error:
            ric.account.refuse(None, "undecodable")
            ric.inventory.count(node, "undecodable_indications")
            log.warning("indication cannot be read", node=node.name, feed=first.feed.title, error=str(error))
            return
        before = ric.territory.dropped
        own = ric.territory.own(node, part)
        if ric.territory.dropped > before and ric.territory.first_time(node):
            log.error("node reports cells that are not its own; dropped, and told once", node=node.name)
        if own is None:
            ric.account.refuse(None, "not the node's cells")
            ric.inventory.count(node, "foreign_cells")
            return
        at = self._at(arrived)
        if plan.wait_ms is not None:
            until = at + plan.wait_ms * NS_PER_MS
            own = replace(own, to=Addressee(node.id, first.function_id, event.call_process_id, until))
        for subscribed in wanted:
            key = subscribed.key(event.action_id)
            if subscribed is not first:
                # Each further reader of a shared subscription is given one of its own, received and accounted for by
                # itself.
                ric.account.fan_out()
                own = for_reader(own, subscribed.actions[event.action_id])
            ric.inbox.put(subscribed.feed, Arrived(key, node.gnb, own, event.sequence, arrived, at))
        if ric.on_work is not None:
            ric.on_work()

    def _acknowledged(self, association: Association, event: ev.ControlAcknowledged, _: int) -> None:
        if association.node is not None:
            self._ric.controls.acknowledged(association.node, event.request_id, event.outcome)

    def _failed(self, association: Association, event: ev.ControlFailed, _: int) -> None:
        if association.node is not None:
            self._ric.controls.failed(association.node, event.request_id, event.cause)

    def _timed_out(self, association: Association, event: ev.ControlTimedOut, _: int) -> None:
        if association.node is not None:
            self._ric.controls.timed_out(association.node, event.request_id, "the node did not answer in time")

    def _reset(self, association: Association, event: Any, _: int) -> None:
        ric = self._ric
        node = association.node
        if node is not None:
            log.warning("association reset; subscribing again", node=node.name)
            ric.controls.lost(node, "the association was reset")
            ric.subscriber.node_lost(node)
            ric.policies.node_lost(node)
            ric.queries.node_lost(node)
            if not ric.stopped:
                ric.subscriber.node_connected(node, ric.clock.now())
                ric.policies.node_connected(node)

    def _errored(self, association: Association, event: ev.ErrorReceived, _: int) -> None:
        log.warning("node reports an error", node=association.name or association.peer, cause=str(event.error.cause))

    def _update_failed(self, association: Association, event: ev.TransactionFailed, _: int) -> None:
        name = type(event.request).__name__
        log.warning("node refuses", node=association.name or association.peer, request=name, cause=str(event.cause))

    def _removed(self, association: Association, _: ev.RemovalRequested, __: int) -> None:
        log.info("node ends E2", node=association.name or association.peer)

    def _misbehaved(self, association: Association, event: ev.PeerMisbehaved, _: int) -> None:
        log.warning("node misbehaves", node=association.name or association.peer, kind=event.kind, reason=event.reason)

    def _lost(self, association: Association, event: ev.AssociationLost, _: int) -> None:
        ric = self._ric
        if association in ric.associations:
            ric.associations.remove(association)
        # The way out leads back to the association: cut, it is freed without a garbage collection.
        association.flush = None
        node, association.node = association.node, None
        if node is None:
            ric.inventory.lost_before_setup += association.name is None
            log.warning("connection lost before E2 Setup", peer=association.peer, reason=event.reason)
            return
        log.warning("node lost", node=node.name, peer=association.peer, reason=event.reason)
        ric.inventory.lost(node, association, event.reason)
        if association.shown_out:
            stays_out = ric.admission.show_out(node.id)
            log.error("node shown out for what it sent", node=node.name, reason=event.reason, stays_out_s=stays_out)
        ric.nodes.remove(node)
        ric.controls.lost(node, f"the association was lost: {event.reason}")
        ric.subscriber.node_lost(node)
        ric.policies.node_lost(node)
        ric.queries.node_lost(node)
        ric.controls.forget(node)
        ric.inbox.drop_events(node.name, "the node was lost")
        own = [cell for cell in node.own_cells if ric.territory.has(node, cell)]
        ric.territory.leave(node)
        self._unknow((*own, node.id))
        if not ric.nodes.of_gnb(node.gnb):
            ric.values.forget(node.gnb)
            ric.ues.forget_gnb(node.gnb)
        self._subscription_answered()
        for runner in ric.runners:
            runner.call("node_lost", node.id)

    def _nothing(self, association: Association, event: Any, _: int) -> None:
        """Components and acknowledged updates change nothing that is decided on."""

    def _unknow(self, targets: Collection[CellId | NodeId]) -> None:
        """Who told what is known of these cells and nodes is gone, or had no right to."""
        self._ric.cells.forget(targets)
        self._ric.values.scrub(targets)

    def _at(self, arrived: int) -> int:
        ric = self._ric
        # One clock: the stamp is the moment. Two: the loop's time is all there is.
        return arrived if ric.stopwatch is ric.clock else ric.clock.now()


_REACTIONS: Mapping[type[Any], Callable[[Reactions, Association, Any, int], None]] = {
    ev.NodeConnected: Reactions._connected,
    ev.NodeRefused: Reactions._refused,
    ev.SubscriptionAdmitted: Reactions._admitted,
    ev.SubscriptionRefused: Reactions._subscription_refused,
    ev.SubscriptionDeleted: Reactions._deleted,
    ev.SubscriptionEnded: Reactions._subscription_ended,
    ev.SubscriptionModified: Reactions._modified,
    ev.SubscriptionModifiedByNode: Reactions._actions_removed,
    ev.ModificationRefused: Reactions._modification_refused,
    ev.FunctionsChanged: Reactions._functions_changed,
    ev.ComponentsChanged: Reactions._nothing,
    ev.QueryAnswered: Reactions._answered,
    ev.QueryFailed: Reactions._query_failed,
    ev.TransactionAnswered: Reactions._nothing,
    ev.TransactionFailed: Reactions._update_failed,
    ev.RemovalRequested: Reactions._removed,
    ev.IndicationReceived: Reactions._indicated,
    ev.ControlAcknowledged: Reactions._acknowledged,
    ev.ControlFailed: Reactions._failed,
    ev.ControlTimedOut: Reactions._timed_out,
    ev.ResetReceived: Reactions._reset,
    ev.ResetCompleted: Reactions._reset,
    ev.ErrorReceived: Reactions._errored,
    ev.PeerMisbehaved: Reactions._misbehaved,
    ev.AssociationLost: Reactions._lost,
}
