"""Feeds become subscriptions: per node, planned by its service models, joined over the nodes of a split gNB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import structlog

from ricloop.core.errors import EncodeError, LocalProtocolError
from ricloop.core.feeds import Feed
from ricloop.core.ids import GnbId
from ricloop.core.time import NS_PER_S
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import ActionNotAdmitted, Cause, RequestId
from ricloop.runtime.books.account import StreamKey
from ricloop.runtime.nodes.asking import PASSING, Asking
from ricloop.runtime.nodes.nodes import Node, Nodes
from ricloop.runtime.nodes.subscribed import Subscribed, planned
from ricloop.session.endpoint import NO_ANSWER

log = structlog.get_logger()

REQUESTOR = 1
"""RICrequestorID of subscriptions; controls have 2."""
INSTANCES = 1 << 16


class Subscriber:
    """Subscribes each feed at each node that has something for it. `expect` and `forget` hear of admitted actions.

    Feeds that ask a node for the same REPORTs share one RIC subscription: it is made for the first and deleted with the
    last. Not all are asked for at once, and what is refused may be asked for again: see `Asking`.
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
        self._all: dict[Node, dict[RequestId, list[Subscribed]]] = {}
        """The readers of each RIC subscription, by the node that has it."""
        self.asking = Asking()
        """What was not asked for yet."""
        self._gnbs: dict[Feed[Any], frozenset[GnbId]] = {}
        """Asked for with every turn that gathers, and made anew after something was subscribed or dropped."""
        self._instance = 0
        self.refused = 0
        """Actions and subscriptions that a node did not admit."""

    def readers(self, node: Node, request_id: RequestId) -> Sequence[Subscribed]:
        """Whom the indications of a RIC subscription are for; empty where nobody asked for it."""
        held = self._all.get(node)
        return () if held is None else held.get(request_id, ())

    def at(self, node: Node) -> list[Subscribed]:
        """What each feed has asked a node for."""
        return [subscribed for _, readers in self.shared_at(node) for subscribed in readers]

    def shared_at(self, node: Node) -> Iterator[tuple[RequestId, list[Subscribed]]]:
        """A node's RIC subscriptions, with their readers."""
        return iter(self._all.get(node, {}).items())

    def gnbs_of(self, feed: Feed[Any]) -> frozenset[GnbId]:
        """The gNBs that were asked for a feed."""
        if feed not in self._gnbs:
            held = (reader for readers in self._everything() for reader in readers)
            self._gnbs[feed] = frozenset(reader.node.gnb for reader in held if reader.feed is feed)
        return self._gnbs[feed]

    def active(self) -> int:
        """RIC subscriptions that a node admitted."""
        return sum(bool(readers[0].admitted) for readers in self._everything())

    def node_connected(self, node: Node, now: int) -> None:
        """Subscribe at a node, and again at its gNB's other nodes where it taught us their cells."""
        self._complete(node, now)
        for other in self._nodes.of_gnb(node.gnb):
            cells = self._nodes.cells_of(other, self._topology())
            for old in self.at(other):
                if other is not node and old.cells != cells:
                    self._delete(old, now)
            if other is not node:
                self.asking.put_off([old for old in self.asking.of(other) if old.cells != cells])
                self._complete(other, now)

    def functions_changed(self, node: Node, functions: frozenset[int], now: int) -> None:
        """These RAN functions of a node are not what they were: what they brought is asked for anew."""
        for old in self.at(node):
            if old.function_id in functions:
                self._delete(old, now)
        self.asking.put_off([old for old in self.asking.of(node) if old.function_id in functions])
        self.node_connected(node, now)

    def node_lost(self, node: Node) -> None:
        """Its subscriptions died with the association (or a Reset)."""
        for subscribed in self.at(node):
            self._drop(subscribed)
        self.asking.put_off(self.asking.of(node))

    def add(self, feeds: Sequence[Feed[Any]], now: int) -> None:
        """Ask every node for these too."""
        self._feeds = (*self._feeds, *feeds)
        for node in list(self._nodes):
            self._complete(node, now)

    def remove(self, feeds: Sequence[Feed[Any]], now: int) -> None:
        """Nobody reads these any more."""
        gone = set(feeds)
        self._feeds = tuple(feed for feed in self._feeds if feed not in gone)
        for feed in feeds:
            self.withdraw(feed, now)

    def withdraw(self, feed: Feed[Any], now: int) -> None:
        """Stop a feed everywhere. What another feed reads too goes on."""
        self.asking.put_off([old for old in self.asking if old.feed is feed])
        for readers in list(self._everything()):
            for subscribed in [held for held in readers if held.feed is feed]:
                self._delete(subscribed, now)

    def delete_all(self, now: int) -> None:
        """Ask every node to stop."""
        for feed in self._feeds:
            self.withdraw(feed, now)

    def timer_at(self) -> int | None:
        """When there may be something to ask for."""
        return self.asking.timer_at()

    def handle_timer(self, now: int) -> bool:
        """Ask for what is due, as far as there is room; True where something was asked for."""
        moved = False
        for subscribed in self.asking.due(now):
            self._send(subscribed, now)
            moved = True
        return moved

    # ------------------------------------------------------------------------------------------------- answers

    def admitted(
        self,
        node: Node,
        request_id: RequestId,
        admitted: Sequence[int],
        not_admitted: Sequence[ActionNotAdmitted],
        now: int,
    ) -> None:
        self.asking.answered(node, request_id)
        readers = self.readers(node, request_id)
        if not readers:
            return
        for subscribed in readers:
            subscribed.answered = True
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
                feed=readers[0].feed.title,
                refused=[item.id for item in not_admitted],
                cause="; ".join(causes),
            )
        passing = {item.id for item in not_admitted if item.cause in PASSING}
        for subscribed in readers:
            if rest := {id_: action for id_, action in subscribed.actions.items() if id_ in passing}:
                # A subscription of its own: the node keeps the part that it admitted.
                self.asking.again(replace(subscribed, actions=rest, answered=False, admitted=set()), now)

    def refuse(self, node: Node, request_id: RequestId, cause: Cause, now: int) -> None:
        self.asking.answered(node, request_id)
        for subscribed in list(self.readers(node, request_id)):
            self.refused += 1
            self._drop(subscribed)
            told = {}
            if cause in PASSING:
                self.asking.again(subscribed, now)
                told["again_in_s"] = (subscribed.again_at - now) / NS_PER_S
            log.warning(
                "node does not answer a subscription" if cause == NO_ANSWER else "node refuses a subscription",
                node=node.name,
                feed=subscribed.feed.title,
                cause=str(cause),
                **told,
            )

    def ended(self, node: Node, request_id: RequestId, cause: Cause, now: int) -> None:
        """The node gave an admitted subscription up: asked for again where the cause can pass."""
        for subscribed in list(self.readers(node, request_id)):
            self._drop(subscribed)
            if cause in PASSING:
                self.asking.again(replace(subscribed), now)
            log.warning("node ends a subscription", node=node.name, feed=subscribed.feed.title, cause=str(cause))

    def actions_removed(self, node: Node, request_id: RequestId, removed: Sequence[ActionNotAdmitted]) -> None:
        """The node serves these actions of a subscription no longer."""
        readers = self.readers(node, request_id) if removed else ()
        for subscribed in readers:
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
        cells = self._nodes.cells_of(node, self._topology())
        held = {subscribed.feed for subscribed in self._asked(node)}
        others = [asked for other in self._nodes.of_gnb(node.gnb) if other is not node for asked in self._asked(other)]
        for feed in self._feeds:
            if feed not in held:
                for subscribed in planned(feed, node, cells, others):
                    self.asking.add(subscribed)
        self.handle_timer(now)

    def _send(self, subscribed: Subscribed, now: int) -> None:
        """Join a subscription of the same reports, or ask the node for one."""
        node = subscribed.node
        for request_id, readers in self.shared_at(node):
            first = readers[0]
            if subscribed.same_as(first) and (not first.answered or first.admitted == first.actions.keys()):
                # What the node admitted in part is asked for anew: the missing part may be there by now.
                subscribed.request_id, subscribed.answered = request_id, first.answered
                readers.append(subscribed)
                self._gnbs.clear()
                for action in first.admitted:
                    subscribed.admitted.add(action)
                    self._expect(subscribed, subscribed.key(action))
                return
        request_id = subscribed.request_id = self._next(node)
        self._all.setdefault(node, {})[request_id] = [subscribed]
        self._gnbs.clear()
        self.asking.asked(node, request_id, now)
        session = node.association.session
        try:
            session.subscribe(request_id, subscribed.function_id, subscribed.event_trigger, subscribed.asked(), now)
        except (LocalProtocolError, EncodeError) as error:
            # What a node says of itself can ask for more than an association carries: the rest of it still works.
            self._drop(subscribed)
            log.error("a feed cannot be subscribed", node=node.name, feed=subscribed.feed.title, error=str(error))

    def _asked(self, node: Node) -> list[Subscribed]:
        """What a node has or will be asked for."""
        return self.at(node) + self.asking.of(node)

    def _delete(self, subscribed: Subscribed, now: int) -> None:
        request_id = subscribed.request_id
        if self._drop(subscribed) and request_id is not None and subscribed.node.association.session.ready:
            try:
                subscribed.node.association.session.unsubscribe(request_id, now)
            except LocalProtocolError as error:
                log.warning("a subscription was gone already", node=subscribed.node.name, error=str(error))

    def _drop(self, subscribed: Subscribed) -> bool:
        """It reads no more; True where it was the last reader."""
        assert subscribed.request_id is not None, "only what was asked for has readers"
        for action in subscribed.admitted:
            self._forget(subscribed, subscribed.key(action))
        subscribed.admitted.clear()
        node, request_id = subscribed.node, subscribed.request_id
        held = self._all[node]
        readers = held[request_id]
        readers.remove(subscribed)
        self._gnbs.clear()
        if readers:
            return False
        del held[request_id]
        if not held:
            del self._all[node]
        self.asking.answered(node, request_id)
        return True

    def _everything(self) -> Iterator[list[Subscribed]]:
        return (readers for held in self._all.values() for readers in held.values())

    def _next(self, node: Node) -> RequestId:
        while True:
            self._instance = (self._instance + 1) % INSTANCES
            request_id = RequestId(REQUESTOR, self._instance)
            if not self.readers(node, request_id):
                return request_id
