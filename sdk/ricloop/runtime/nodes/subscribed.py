"""What a feed asks a node for, as its service models plan it, and what became of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog

from ricloop.core.errors import EncodeError
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId
from ricloop.e2ap.messages import ActionToBeSetup, ActionType, RequestId, SubsequentAction
from ricloop.e2ap.waits import time_to_wait
from ricloop.e2sm.base import ActionPlan, ServiceModel
from ricloop.runtime.books.account import StreamKey
from ricloop.runtime.nodes.nodes import Node

log = structlog.get_logger()


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


def planned(feed: Feed[Any], node: Node, cells: tuple[CellId, ...], others: list[Subscribed]) -> Iterator[Subscribed]:
    """What is to be asked of a node for a feed. `cells`: the node's, as far as they are known; `others`: what the other
    nodes of its gNB have or will be asked for."""
    models: set[str] = set()
    for function in node.bringing(feed):
        # A node that announces a service model more than once brings the same feed by each: the first is enough.
        if function.model.name in models:
            continue
        models.add(function.model.name)
        served = frozenset(
            name
            for held in others
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
            yield Subscribed(
                feed, node, None, function.model, actions, cells, bringing, function.id, plan.event_trigger
            )
