"""Feeds that live by RIC Queries: each period every node that can answer is asked, and its answer is an event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from ricloop.core.errors import EncodeError, LocalProtocolError
from ricloop.core.feeds import Feed
from ricloop.core.time import ns
from ricloop.e2ap.messages import Cause, RequestId, RicQueryRequest
from ricloop.e2sm.base import QueryPlan
from ricloop.runtime.nodes.nodes import Function, Node, Nodes

log = structlog.get_logger()

REQUESTOR = 4
"""RICrequestorID of queries."""
INSTANCES = 1 << 16


@dataclass(slots=True, eq=False)
class Asked:
    """A query that waits for its answer."""

    feed: Feed[Any]
    plan: QueryPlan


class Queries:
    """Asks at the start of each period; not a node that still owes an answer."""

    def __init__(self, feeds: Sequence[Feed[Any]], nodes: Nodes, now: Callable[[], int]) -> None:
        self._nodes, self._now = nodes, now
        self._due: dict[Feed[Any], int] = {}
        self.add(feeds)
        self._asked: dict[tuple[str, RequestId], Asked] = {}
        self._instance = 0
        self._told: set[tuple[str, str]] = set()
        self.sent = 0
        self.failed = 0
        """Refused by the node, or given up on."""

    def add(self, feeds: Sequence[Feed[Any]]) -> None:
        """Ask for those that live by queries, from now on."""
        self._due.update({feed: self._now() for feed in feeds if feed.asked_each is not None})

    def remove(self, feeds: Sequence[Feed[Any]]) -> None:
        """Ask for these no more."""
        for feed in feeds:
            self._due.pop(feed, None)

    def timer_at(self) -> int | None:
        """When a node is asked next."""
        return min(self._due.values(), default=None) if len(self._nodes) else None

    def handle_timer(self, now: int) -> bool:
        """Ask what is due; True where something was asked."""
        before = self.sent
        for feed, due in self._due.items():
            if due > now:
                continue
            assert feed.asked_each is not None
            # Periods that were slept through are not made up for.
            period = ns(feed.asked_each)
            self._due[feed] = due + ((now - due) // period + 1) * period
            for node in list(self._nodes):
                for function in node.functions:
                    for plan in _plans(feed, function):
                        self._ask(node, function, feed, plan, now)
        return self.sent > before

    def answered(self, node: Node, request_id: RequestId) -> Asked | None:
        """What an answer is to; None where nobody waits for it."""
        return self._asked.pop((node.name, request_id), None)

    def refused(self, node: Node, request_id: RequestId, cause: Cause) -> None:
        asked = self._asked.pop((node.name, request_id), None)
        if asked is not None:
            self.failed += 1
            self._tell(node, asked.feed, str(cause))

    def node_lost(self, node: Node) -> None:
        for key in [key for key in self._asked if key[0] == node.name]:
            del self._asked[key]
            self.failed += 1

    def _ask(self, node: Node, function: Function, feed: Feed[Any], plan: QueryPlan, now: int) -> None:
        if not node.association.session.ready or any(
            name == node.name and asked.feed is feed for (name, _), asked in self._asked.items()
        ):
            return
        self._instance = (self._instance + 1) % INSTANCES
        request_id = RequestId(REQUESTOR, self._instance)
        request = RicQueryRequest(
            request_id=request_id, function_id=function.id, header=plan.header, definition=plan.definition
        )
        try:
            node.association.session.query(request, now)
        except (LocalProtocolError, EncodeError) as error:
            self.failed += 1
            self._tell(node, feed, str(error))
            return
        self._asked[node.name, request_id] = Asked(feed, plan)
        self.sent += 1

    def _tell(self, node: Node, feed: Feed[Any], why: str) -> None:
        if (node.name, why) not in self._told:
            self._told.add((node.name, why))
            log.warning("query failed; told once per node and cause", node=node.name, feed=feed.title, cause=why)


def _plans(feed: Feed[Any], function: Function) -> tuple[QueryPlan, ...]:
    return function.model.queries(feed, function.offer) if function.model.owns(feed) else ()
