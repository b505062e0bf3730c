"""Feeds become subscriptions: per node, planned by its service models, joined over the nodes of a split gNB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from ricloop.core.errors import EncodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import ActionNotAdmitted, ActionToBeSetup, Cause, RequestId
from ricloop.e2sm.base import ActionPlan, ServiceModel
from ricloop.runtime.account import StreamKey
from ricloop.runtime.nodes import Node, Nodes

log = structlog.get_logger()

REQUESTOR = 1
"""RICrequestorID of subscriptions; controls have 2."""
INSTANCES = 1 << 16


@dataclass(slots=True, eq=False)
class Subscribed:
    """One RIC subscription that was asked for."""

    feed: Feed[Any]
    node: Node
    request_id: RequestId
    model: ServiceModel
    actions: dict[int, ActionPlan]
    cells: tuple[CellId, ...]
    """The node's cells as they were known when it was planned."""
    served: frozenset[str]
    """What of the feed this node brings."""
    admitted: set[int] = field(default_factory=set)

    def key(self, action: int) -> StreamKey:
        return StreamKey(self.node.name, self.request_id, action)


class Subscriber:
    """Subscribes each feed at each node that has something for it. `expect` and `forget` hear of admitted actions."""

    def __init__(
        self,
        feeds: Sequence[Feed[Any]],
        nodes: Nodes,
        topology: Callable[[], Topology],
        expect: Callable[[Subscribed, StreamKey], None],
        forget: Callable[[Subscribed, StreamKey], None],
    ) -> None:
        self._feeds, self._nodes, self._topology = feeds, nodes, topology
        self._expect, self._forget = expect, forget
        self._all: dict[tuple[str, RequestId], Subscribed] = {}
        self._instance = 0
        self.refused = 0
        """Actions and subscriptions that a node did not admit."""

    def find(self, node: Node, request_id: RequestId) -> Subscribed | None:
        return self._all.get((node.name, request_id))

    def at(self, node: Node) -> list[Subscribed]:
        return [subscribed for subscribed in self._all.values() if subscribed.node is node]

    def active(self) -> int:
        """Subscriptions that a node admitted."""
        return sum(bool(subscribed.admitted) for subscribed in self._all.values())

    def node_connected(self, node: Node, now: int) -> None:
        """Subscribe at a node, and again at its gNB's other nodes where it taught us their cells."""
        for feed in self._feeds:
            self._subscribe(feed, node, now)
        for other in self._nodes.of_gnb(node.gnb):
            cells = self._nodes.cells_of(other, self._topology())
            for old in self.at(other):
                if other is not node and old.cells != cells:
                    self._delete(old, now)
            if other is not node:
                held = {subscribed.feed for subscribed in self.at(other)}
                for feed in self._feeds:
                    if feed not in held:
                        self._subscribe(feed, other, now)

    def node_lost(self, node: Node) -> None:
        """Its subscriptions died with the association (or a Reset)."""
        for subscribed in self.at(node):
            self._drop(subscribed)

    def delete_all(self, now: int) -> None:
        """Ask every node to stop."""
        for subscribed in list(self._all.values()):
            self._delete(subscribed, now)

    # ------------------------------------------------------------------------------------------------- answers

    def admitted(
        self, node: Node, request_id: RequestId, admitted: Sequence[int], not_admitted: Sequence[ActionNotAdmitted]
    ) -> None:
        subscribed = self.find(node, request_id)
        if subscribed is None:
            return
        for action in admitted:
            if action in subscribed.actions:
                subscribed.admitted.add(action)
                self._expect(subscribed, subscribed.key(action))
        self.refused += len(not_admitted)
        if not_admitted:
            causes = sorted({str(item.cause) for item in not_admitted})
            log.warning(
                "node admits only part of a subscription",
                node=node.name,
                feed=subscribed.feed.title,
                refused=[item.id for item in not_admitted],
                cause="; ".join(causes),
            )

    def refuse(self, node: Node, request_id: RequestId, cause: Cause) -> None:
        subscribed = self.find(node, request_id)
        if subscribed is not None:
            self.refused += 1
            log.warning("node refuses a subscription", node=node.name, feed=subscribed.feed.title, cause=str(cause))
            self._drop(subscribed)

    # -------------------------------------------------------------------------------------------------- helpers

    def _subscribe(self, feed: Feed[Any], node: Node, now: int) -> None:
        cells = self._nodes.cells_of(node, self._topology())
        for function in node.bringing(feed):
            served = frozenset(
                name
                for other in self._nodes.of_gnb(node.gnb)
                if other is not node
                for held in self.at(other)
                if held.feed is feed
                # Cells of a CCC definition are the node's own: nobody else brings them.
                and not function.offer.cells
                # Another DU of the gNB brings the same names for other cells.
                and (not held.cells or not cells or not set(held.cells).isdisjoint(cells))
                for name in held.served
            )
            try:
                plans = function.model.plan(feed, function.offer, cells, served, node.dialect)
            except EncodeError as error:
                log.error("a feed cannot be subscribed", node=node.name, feed=feed.title, error=str(error))
                continue
            bringing = function.model.served(feed, function.offer) - served
            for plan in plans:
                request_id = self._next(node)
                actions = {action.action_id: action for action in plan.actions}
                self._all[node.name, request_id] = Subscribed(
                    feed, node, request_id, function.model, actions, cells, bringing
                )
                asked = [ActionToBeSetup(id=a.action_id, definition=a.definition) for a in plan.actions]
                node.association.session.subscribe(request_id, function.id, plan.event_trigger, asked, now)

    def _delete(self, subscribed: Subscribed, now: int) -> None:
        self._drop(subscribed)
        if subscribed.node.association.session.ready:
            subscribed.node.association.session.unsubscribe(subscribed.request_id, now)

    def _drop(self, subscribed: Subscribed) -> None:
        self._all.pop((subscribed.node.name, subscribed.request_id), None)
        for action in subscribed.admitted:
            self._forget(subscribed, subscribed.key(action))

    def _next(self, node: Node) -> RequestId:
        while True:
            self._instance = (self._instance + 1) % INSTANCES
            request_id = RequestId(REQUESTOR, self._instance)
            if (node.name, request_id) not in self._all:
                return request_id
