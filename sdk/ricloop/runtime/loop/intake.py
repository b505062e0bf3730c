"""What nodes tell, on its way in: read, held against what the node may speak of, put where the next turn takes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from ricloop.core.actions import Addressee
from ricloop.core.errors import DecodeError
from ricloop.core.time import NS_PER_MS
from ricloop.e2ap.messages import RequestId, RicIndication
from ricloop.e2sm.base import Part
from ricloop.e2sm.kpm.assemble import for_reader
from ricloop.runtime.books.account import Arrived, StreamKey
from ricloop.runtime.nodes.dialects import Dialects
from ricloop.runtime.nodes.nodes import Node
from ricloop.runtime.nodes.queries import Asked

if TYPE_CHECKING:
    from ricloop.runtime.nodes.association import Association
    from ricloop.runtime.ric import NearRtRic

log = structlog.get_logger()


class Intake:
    """Everything that comes is received, and either put into the inbox or refused under a reason."""

    def __init__(self, ric: NearRtRic, dialects: Dialects) -> None:
        self._ric, self._dialects = ric, dialects
        self._one_clock = ric.stopwatch is ric.clock
        """Then a frame's stamp is the moment; else the loop's time is all there is."""

    def indication(self, association: Association, event: RicIndication, arrived: int) -> None:
        """`arrived`: the stopwatch's stamp of its frame."""
        ric, node = self._ric, association.node
        ric.account.received += 1
        readers = () if node is None else ric.subscriber.readers(node, event.request_id)
        if node is None or not readers or event.action_id not in readers[0].actions:
            ric.account.refuse(None, "not subscribed")
            if node is not None:
                ric.inventory.count(node, "not_subscribed")
            return
        wanted = [subscribed for subscribed in readers if subscribed.feed in ric.dispatch.posts.wanted]
        if ric.stopped or not wanted:
            self._unwanted()
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
        own = self._own(node, part)
        if own is None:
            return
        at = arrived if self._one_clock else ric.clock.now()
        if plan.wait_ms is not None:
            until = at + plan.wait_ms * NS_PER_MS
            own = replace(own, to=Addressee(node.id, first.function_id, event.call_process_id, until))
        for subscribed in wanted:
            if subscribed is not first:
                # Each further reader of a shared subscription is given one of its own, received and accounted for by
                # itself.
                ric.account.fan_out()
                own = for_reader(own, subscribed.actions[event.action_id])
            key = subscribed.key(event.action_id)
            ric.inbox.put(subscribed.feed, Arrived(key, node.gnb, own, event.sequence, arrived, at))
        ric.on_work()

    def answer(self, node: Node, request_id: RequestId, asked: Asked, outcome: bytes, arrived: int) -> None:
        """An answer to a query is an event of its feed: received, and accounted for like an indication."""
        ric = self._ric
        ric.account.received += 1
        try:
            part = asked.plan.read(outcome)
        except DecodeError as error:
            ric.account.refuse(None, "undecodable")
            log.warning("answer to a query cannot be read", node=node.name, feed=asked.feed.title, error=str(error))
            return
        if ric.stopped or asked.feed not in ric.dispatch.posts.wanted:
            self._unwanted()
            return
        own = self._own(node, part)
        if own is None:
            return
        at = arrived if self._one_clock else ric.clock.now()
        key = StreamKey(node.name, request_id, 0)
        ric.inbox.put(asked.feed, Arrived(key, node.gnb, own, None, arrived, at))
        ric.on_work()

    # -------------------------------------------------------------------------------------------------- helpers

    def _unwanted(self) -> None:
        self._ric.account.refuse(None, "the run ended" if self._ric.stopped else "xApp is off")

    def _own(self, node: Node, part: Part) -> Part | None:
        """What of a part the node may speak of; None, and told, where that is nothing."""
        ric = self._ric
        before = ric.territory.dropped
        own = ric.territory.own(node, part)
        if ric.territory.dropped > before and ric.territory.first_time(node):
            log.error("node reports cells that are not its own; dropped, and told once", node=node.name)
        if own is None:
            ric.account.refuse(None, "not the node's cells")
            ric.inventory.count(node, "foreign_cells")
        return own
