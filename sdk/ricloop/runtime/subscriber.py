"""Feeds become subscriptions: per node, planned by its service models, joined over the nodes of a split gNB."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from ricloop.core.errors import EncodeError, LocalProtocolError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId
from ricloop.core.time import NS_PER_S
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import ActionNotAdmitted, ActionToBeSetup, Cause, RequestId
from ricloop.e2sm.base import ActionPlan, ServiceModel
from ricloop.runtime.account import StreamKey
from ricloop.runtime.nodes import Node, Nodes

log = structlog.get_logger()

REQUESTOR = 1
"""RICrequestorID of subscriptions; controls have 2."""
INSTANCES = 1 << 16
FIRST_WAIT = NS_PER_S
"""How long until a subscription that was refused is asked for again; twice as long after each further refusal."""
LONGEST_WAIT = 30 * NS_PER_S
PASSING = frozenset(
    (
        Cause("ricRequest", "function-resource-limit"),
        Cause("ricRequest", "system-not-ready"),
        Cause("ricRequest", "unspecified"),
        Cause("ricService", "ric-resource-limit"),
        Cause("transport", "unspecified"),
        Cause("transport", "transport-resource-unavailable"),
        Cause("misc", "control-processing-overload"),
        Cause("misc", "unspecified"),
    )
)
"""Causes that can pass: what is refused for another one would be refused again. `transport: unspecified` is also what a
session says where the node did not answer."""


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
    function_id: int
    event_trigger: bytes
    refusals: int = 0
    """How often it was refused before."""
    again_at: int = 0
    """When it is asked for again, where it was refused."""
    admitted: set[int] = field(default_factory=set)

    def key(self, action: int) -> StreamKey:
        return StreamKey(self.node.name, self.request_id, action)


class Subscriber:
    """Subscribes each feed at each node that has something for it. `expect` and `forget` hear of admitted actions.

    What a node refuses for a cause that can pass, or does not answer, is asked for again: after 1 s, then twice as long
    each time, at most 30 s.
    """

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
        self._refused: list[Subscribed] = []
        """What is asked for again later."""
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
        self._complete(node, now)
        for other in self._nodes.of_gnb(node.gnb):
            cells = self._nodes.cells_of(other, self._topology())
            for old in self.at(other):
                if other is not node and old.cells != cells:
                    self._delete(old, now)
            if other is not node:
                self._refused = [old for old in self._refused if old.node is not other or old.cells == cells]
                self._complete(other, now)

    def functions_changed(self, node: Node, functions: frozenset[int], now: int) -> None:
        """These RAN functions of a node are not what they were: what they brought is asked for anew."""
        for old in self.at(node):
            if old.function_id in functions:
                self._delete(old, now)
        self._refused = [old for old in self._refused if old.node is not node or old.function_id not in functions]
        self.node_connected(node, now)

    def node_lost(self, node: Node) -> None:
        """Its subscriptions died with the association (or a Reset)."""
        for subscribed in self.at(node):
            self._drop(subscribed)
        self._refused = [subscribed for subscribed in self._refused if subscribed.node is not node]

    def delete_all(self, now: int) -> None:
        """Ask every node to stop."""
        self._refused.clear()
        for subscribed in list(self._all.values()):
            self._delete(subscribed, now)

    def timer_at(self) -> int | None:
        """When something that was refused is asked for again."""
        return min((subscribed.again_at for subscribed in self._refused), default=None)

    def handle_timer(self, now: int) -> bool:
        """Ask again for what is due; True where there was something."""
        due = [subscribed for subscribed in self._refused if subscribed.again_at <= now]
        if due:
            self._refused = [subscribed for subscribed in self._refused if subscribed.again_at > now]
        for subscribed in due:
            subscribed.request_id = self._next(subscribed.node)
            self._ask(subscribed, now)
        return bool(due)

    # ------------------------------------------------------------------------------------------------- answers

    def admitted(
        self,
        node: Node,
        request_id: RequestId,
        admitted: Sequence[int],
        not_admitted: Sequence[ActionNotAdmitted],
        now: int,
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
        passing = {item.id for item in not_admitted if item.cause in PASSING}
        if rest := {id_: action for id_, action in subscribed.actions.items() if id_ in passing}:
            # A subscription of its own: the node keeps the part that it admitted.
            self._again(replace(subscribed, actions=rest, admitted=set()), now)

    def refuse(self, node: Node, request_id: RequestId, cause: Cause, now: int) -> None:
        subscribed = self.find(node, request_id)
        if subscribed is not None:
            self.refused += 1
            self._drop(subscribed)
            if cause in PASSING:
                self._again(subscribed, now)
            log.warning(
                "node refuses a subscription",
                node=node.name,
                feed=subscribed.feed.title,
                cause=str(cause),
                again_in_s=(subscribed.again_at - now) / NS_PER_S if cause in PASSING else None,
            )

    def ended(self, node: Node, request_id: RequestId, cause: Cause, now: int) -> None:
        """The node gave an admitted subscription up: asked for again where the cause can pass."""
        subscribed = self.find(node, request_id)
        if subscribed is not None:
            self._drop(subscribed)
            if cause in PASSING:
                self._again(replace(subscribed, admitted=set()), now)
            log.warning("node ends a subscription", node=node.name, feed=subscribed.feed.title, cause=str(cause))

    def actions_removed(self, node: Node, request_id: RequestId, removed: Sequence[ActionNotAdmitted]) -> None:
        """The node serves these actions of a subscription no longer."""
        subscribed = self.find(node, request_id)
        if subscribed is not None and removed:
            for action in removed:
                if action.id in subscribed.admitted:
                    subscribed.admitted.discard(action.id)
                    self._forget(subscribed, subscribed.key(action.id))
            log.warning(
                "node serves less of a subscription",
                node=node.name,
                feed=subscribed.feed.title,
                removed=[action.id for action in removed],
                cause="; ".join(sorted({str(action.cause) for action in removed})),
            )

    # -------------------------------------------------------------------------------------------------- helpers

    def _complete(self, node: Node, now: int) -> None:
        """Ask a node for every feed that it was not asked for yet."""
        held = {subscribed.feed for subscribed in self._asked(node)}
        for feed in self._feeds:
            if feed not in held:
                self._subscribe(feed, node, now)

    def _subscribe(self, feed: Feed[Any], node: Node, now: int) -> None:
        cells = self._nodes.cells_of(node, self._topology())
        models: set[str] = set()
        for function in node.bringing(feed):
            # A node that announces a service model more than once brings the same feed by each: the first is enough.
            if function.model.name in models:
                continue
            models.add(function.model.name)
            served = frozenset(
                name
                for other in self._nodes.of_gnb(node.gnb)
                if other is not node
                for held in self._asked(other)
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
                actions = {action.action_id: action for action in plan.actions}
                request_id, trigger = self._next(node), plan.event_trigger
                self._ask(
                    Subscribed(feed, node, request_id, function.model, actions, cells, bringing, function.id, trigger),
                    now,
                )

    def _ask(self, subscribed: Subscribed, now: int) -> None:
        node, actions = subscribed.node, subscribed.actions.values()
        asked = [ActionToBeSetup(id=action.action_id, definition=action.definition) for action in actions]
        self._all[node.name, subscribed.request_id] = subscribed
        session = node.association.session
        try:
            session.subscribe(subscribed.request_id, subscribed.function_id, subscribed.event_trigger, asked, now)
        except (LocalProtocolError, EncodeError) as error:
            # What a node says of itself can ask for more than an association carries: the rest of it still works.
            self._drop(subscribed)
            log.error("a feed cannot be subscribed", node=node.name, feed=subscribed.feed.title, error=str(error))

    def _again(self, subscribed: Subscribed, now: int) -> None:
        wait = min(FIRST_WAIT << min(subscribed.refusals, 8), LONGEST_WAIT)
        subscribed.refusals += 1
        subscribed.again_at = now + wait
        self._refused.append(subscribed)

    def _asked(self, node: Node) -> list[Subscribed]:
        """What a node has or will be asked for."""
        return self.at(node) + [subscribed for subscribed in self._refused if subscribed.node is node]

    def _delete(self, subscribed: Subscribed, now: int) -> None:
        self._drop(subscribed)
        if subscribed.node.association.session.ready:
            try:
                subscribed.node.association.session.unsubscribe(subscribed.request_id, now)
            except LocalProtocolError as error:
                log.warning("a subscription was gone already", node=subscribed.node.name, error=str(error))

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
