"""Nodes come, change and go: what the RIC learns of them, asks them for, and forgets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.ids import CellId, NodeId
from ricloop.runtime.nodes.dialects import Dialects
from ricloop.runtime.nodes.nodes import Node
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


class Comings:
    """Every part of the RIC that keeps something of a node hears of it here."""

    def __init__(self, ric: NearRtRic, dialects: Dialects) -> None:
        self._ric, self._dialects = ric, dialects

    def connected(self, association: Association, event: ev.NodeConnected, _: int) -> None:
        ric, setup = self._ric, event.setup
        node = ric.nodes.add(setup, association, self._dialect_of(association, setup.node))
        association.node, association.name = node, node.name
        if association.use_ppid is not None and node.dialect.ppid != STANDARD.ppid:
            association.use_ppid(node.dialect.ppid)
        ric.inventory.connected(node)
        self._learn(node)
        log.info(
            "node connected",
            node=node.name,
            peer=association.peer,
            functions=[function.model.name for function in node.functions],
            cells=len(ric.nodes.cells_of(node, ric.topology)),
        )
        if not ric.stopped:
            self._ask(node)
            # Subscribing at one node can change what its gNB's other nodes are asked.
            ric.flush()
            for runner in ric.runners:
                runner.call("node_connected", node.id)

    def refused(self, association: Association, event: ev.NodeRefused, _: int) -> None:
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

    def functions_changed(self, node: Node, event: ev.FunctionsChanged, _: int) -> None:
        ric = self._ric
        ric.nodes.offer(node, node.association.session.functions.values())
        self._learn(node)
        log.info(
            "node changes its RAN functions",
            node=node.name,
            added=[function.id for function in event.added],
            modified=[function.id for function in event.modified],
            deleted=list(event.deleted),
            functions=[function.model.name for function in node.functions],
        )
        if not ric.stopped:
            changed = {*(function.id for function in event.modified), *event.deleted}
            ric.subscriber.functions_changed(node, frozenset(changed), ric.clock.now())
            ric.flush()

    def reset(self, node: Node, event: Any, _: int) -> None:
        log.warning("association reset; subscribing again", node=node.name)
        self._asked_nothing(node, "the association was reset")
        if not self._ric.stopped:
            self._ask(node)

    def lost(self, association: Association, event: ev.AssociationLost, _: int) -> None:
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
        self._asked_nothing(node, f"the association was lost: {event.reason}")
        ric.controls.forget(node)
        ric.inbox.drop_events(node.name, "the node was lost")
        own = [cell for cell in node.own_cells if ric.territory.has(node, cell)]
        ric.territory.leave(node)
        self._unknow((*own, node.id))
        if not ric.nodes.of_gnb(node.gnb):
            ric.values.forget(node.gnb)
            ric.ues.forget_gnb(node.gnb)
        ric.ask_more()
        for runner in ric.runners:
            runner.call("node_lost", node.id)

    # -------------------------------------------------------------------------------------------------- helpers

    def _dialect_of(self, association: Association, node: NodeId) -> Dialect:
        """As settings say; the version of E2AP as the setup showed it."""
        known = self._dialects.get(node) or STANDARD
        spoken = association.session.version.number
        return known if (known.e2ap_version == 1) is (spoken == 1) else replace(known, e2ap_version=spoken)

    def _learn(self, node: Node) -> None:
        """What its RAN functions say of its cells, and what is wrong with them."""
        self._unknow(self._ric.territory.claim(node))
        for fault in node.faults:
            log.error("a RAN function cannot be read and is left alone", node=node.name, error=fault)
        self._ric.learn({cell: str(node.gnb) for cell in node.own_cells})

    def _ask(self, node: Node) -> None:
        self._ric.subscriber.node_connected(node, self._ric.clock.now())
        self._ric.policies.node_connected(node)

    def _asked_nothing(self, node: Node, reason: str) -> None:
        """What it was asked for is over."""
        ric = self._ric
        ric.controls.lost(node, reason)
        ric.subscriber.node_lost(node)
        ric.policies.node_lost(node)
        ric.queries.node_lost(node)

    def _unknow(self, targets: Collection[CellId | NodeId]) -> None:
        """Who told what is known of these cells and nodes is gone, or had no right to."""
        self._ric.cells.forget(targets)
        self._ric.values.scrub(targets)
