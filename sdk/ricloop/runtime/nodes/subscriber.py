"""Feeds become subscriptions: per node, planned by its service models, joined over the nodes of a split gNB."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from ricloop.core.errors import EncodeError, LocalProtocolError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId, GnbId
from ricloop.core.time import NS_PER_S
from ricloop.decide.topology import Topology
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    SubsequentAction,
)
from ricloop.e2ap.waits import time_to_wait
from ricloop.e2sm.base import ActionPlan, ServiceModel
from ricloop.runtime.books.account import StreamKey
from ricloop.runtime.nodes.nodes import Node, Nodes

log = structlog.get_logger()

REQUESTOR = 1
"""RICrequestorID of subscriptions; controls have 2."""
INSTANCES = 1 << 16
FIRST_WAIT = NS_PER_S
"""How long until a subscription that was refused is asked for again; twice as long after each further refusal."""
LONGEST_WAIT = 30 * NS_PER_S
MAX_UNANSWERED = 64
"""Subscriptions that are asked for at once, over all nodes: when hundreds come back together, the rest waits."""
ANSWER_WITHIN = NS_PER_S
"""A node that is slower does not hold up the line any longer."""
MAX_WAITING = 8192
"""Length of the line; while it is full, no further node is let in."""
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
    """What one feed asked for at one node. Feeds that ask for the same reports share one RIC subscription: the members
    that have its request id are its readers, and each can leave without the others noticing."""

    feed: Feed[Any]
    node: Node
    request_id: RequestId | None
    """None while it waits in line."""
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
    answered: bool = False
    """True once the node admitted it, or part of it."""
    admitted: set[int] = field(default_factory=set)

    def key(self, action: int) -> StreamKey:
        assert self.request_id is not None, "only what was asked for has indications"
        return StreamKey(self.node.name, self.request_id, action)

    def asked(self) -> list[ActionToBeSetup]:
        return [_asked(action) for action in self.actions.values()]

    def same_as(self, other: Subscribed) -> bool:
        """True where one RIC subscription serves both: REPORTs of one function, with one trigger and equal actions.

        An INSERT is answered, and a POLICY owned, by one: these are never shared.
        """
        asked = self.asked()
        return (
            self.node is other.node
            and self.function_id == other.function_id
            and self.event_trigger == other.event_trigger
            and asked == other.asked()
            and all(action.type is ActionType.REPORT for action in asked)
        )


def _asked(action: ActionPlan) -> ActionToBeSetup:
    subsequent = (
        None
        if action.wait_ms is None
        else SubsequentAction(type=action.otherwise, time_to_wait=time_to_wait(action.wait_ms))
    )
    return ActionToBeSetup(
        id=action.action_id,
        type=ActionType[action.kind.upper()],
        definition=action.definition,
        subsequent=subsequent,
    )


class Subscriber:
    """Subscribes each feed at each node that has something for it. `expect` and `forget` hear of admitted actions.

    Feeds that ask a node for the same REPORTs share one RIC subscription: it is made for the first and deleted with the
    last. At most `MAX_UNANSWERED` are under way at once; `MAX_WAITING` wait in line.

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
        self._all: dict[Node, dict[RequestId, list[Subscribed]]] = {}
        """The readers of each RIC subscription, by the node that has it."""
        self._line: deque[Subscribed] = deque()
        """What waits to be asked for, the longest first."""
        self._unanswered: dict[tuple[str, RequestId], int] = {}
        """When each was asked for."""
        self._refused: list[Subscribed] = []
        """What is asked for again later."""
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

    @property
    def waiting(self) -> int:
        """How many wait in line."""
        return len(self._line)

    @property
    def overloaded(self) -> bool:
        """True while the line is full."""
        return len(self._line) >= MAX_WAITING

    def node_connected(self, node: Node, now: int) -> None:
        """Subscribe at a node, and again at its gNB's other nodes where it taught us their cells."""
        self._complete(node, now)
        for other in self._nodes.of_gnb(node.gnb):
            cells = self._nodes.cells_of(other, self._topology())
            for old in self.at(other):
                if other is not node and old.cells != cells:
                    self._delete(old, now)
            if other is not node:
                self._put_off([old for old in self._later(other) if old.cells != cells])
                self._complete(other, now)

    def functions_changed(self, node: Node, functions: frozenset[int], now: int) -> None:
        """These RAN functions of a node are not what they were: what they brought is asked for anew."""
        for old in self.at(node):
            if old.function_id in functions:
                self._delete(old, now)
        self._put_off([old for old in self._later(node) if old.function_id in functions])
        self.node_connected(node, now)

    def node_lost(self, node: Node) -> None:
        """Its subscriptions died with the association (or a Reset)."""
        for subscribed in self.at(node):
            self._drop(subscribed)
        self._put_off(self._later(node))

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
        self._put_off([old for old in (*self._refused, *self._line) if old.feed is feed])
        for readers in list(self._everything()):
            for subscribed in [held for held in readers if held.feed is feed]:
                self._delete(subscribed, now)

    def delete_all(self, now: int) -> None:
        """Ask every node to stop."""
        for feed in self._feeds:
            self.withdraw(feed, now)

    def timer_at(self) -> int | None:
        """When something that was refused is asked for again, or the line moves although a node does not answer."""
        due = [subscribed.again_at for subscribed in self._refused]
        if self._line:
            full = len(self._unanswered) >= MAX_UNANSWERED
            due.append(min(self._unanswered.values()) + ANSWER_WITHIN if full else 0)
        return min(due, default=None)

    def handle_timer(self, now: int) -> bool:
        """Ask for what is due; True where there was something."""
        due = [subscribed for subscribed in self._refused if subscribed.again_at <= now]
        if due:
            self._refused = [subscribed for subscribed in self._refused if subscribed.again_at > now]
        for subscribed in due:
            self._ask(subscribed, now)
        return self.move_up(now) or bool(due)

    def move_up(self, now: int) -> bool:
        """Ask for what waits in line, as far as there is room; True where something was asked for."""
        if not self._line:
            return False
        self._unanswered = {key: at for key, at in self._unanswered.items() if at + ANSWER_WITHIN > now}
        moved = False
        while self._line and len(self._unanswered) < MAX_UNANSWERED:
            self._send(self._line.popleft(), now)
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
        self._unanswered.pop((node.name, request_id), None)
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
                self._again(replace(subscribed, actions=rest, answered=False, admitted=set()), now)

    def refuse(self, node: Node, request_id: RequestId, cause: Cause, now: int) -> None:
        self._unanswered.pop((node.name, request_id), None)
        for subscribed in list(self.readers(node, request_id)):
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
        for subscribed in list(self.readers(node, request_id)):
            self._drop(subscribed)
            if cause in PASSING:
                self._again(replace(subscribed), now)
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
            bringing = function.model.served(feed, function.offer, node.dialect) - served
            for plan in plans:
                actions = {action.action_id: action for action in plan.actions}
                trigger = plan.event_trigger
                self._ask(
                    Subscribed(feed, node, None, function.model, actions, cells, bringing, function.id, trigger), now
                )

    def _ask(self, subscribed: Subscribed, now: int) -> None:
        """At once where there is room and nobody waits, else in turn."""
        subscribed.request_id, subscribed.answered = None, False
        self._line.append(subscribed)
        self.move_up(now)

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
        self._unanswered[node.name, request_id] = now
        session = node.association.session
        try:
            session.subscribe(request_id, subscribed.function_id, subscribed.event_trigger, subscribed.asked(), now)
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
        return self.at(node) + self._later(node)

    def _later(self, node: Node) -> list[Subscribed]:
        """What it will be asked for: in line, or refused before."""
        return [held for held in (*self._refused, *self._line) if held.node is node]

    def _put_off(self, old: Sequence[Subscribed]) -> None:
        """These are not asked for, after all."""
        gone = set(map(id, old))
        self._refused = [held for held in self._refused if id(held) not in gone]
        self._line = deque(held for held in self._line if id(held) not in gone)

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
        self._unanswered.pop((node.name, request_id), None)
        return True

    def _everything(self) -> Iterator[list[Subscribed]]:
        return (readers for held in self._all.values() for readers in held.values())

    def _next(self, node: Node) -> RequestId:
        while True:
            self._instance = (self._instance + 1) % INSTANCES
            request_id = RequestId(REQUESTOR, self._instance)
            if not self.readers(node, request_id):
                return request_id
