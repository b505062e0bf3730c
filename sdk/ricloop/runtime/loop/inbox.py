"""What came in and is not decided yet: streams of periodic reports, and a bounded queue of events."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias

from ricloop.core.feeds import Feed
from ricloop.core.ids import GnbId
from ricloop.runtime.books.account import Account, Arrived, StreamKey
from ricloop.runtime.loop.stream import SETTLE, Ready, Stream, period_of

Superseded: TypeAlias = Callable[[Feed[Any], Sequence[Arrived]], None]

_by_order = attrgetter("order")
MAX_EVENTS = 4096
"""Events waiting for the next turn; beyond, the newest are refused and counted."""


class Inbox:
    """Filled as frames arrive, emptied in one go by the loop's turn."""

    def __init__(
        self,
        account: Account,
        max_events: int = MAX_EVENTS,
        *,
        settle: int = SETTLE,
        superseded: Superseded | None = None,
    ) -> None:
        """`settle` as for `Stream`: 0 where turns are only taken when everything that was sent has arrived.
        `superseded` is told of the parts of periodic reports that newer ones overtook, those of one time together."""
        self._account, self._max_events, self._settle = account, max_events, settle
        self._superseded = superseded
        self._streams: dict[tuple[Feed[Any], GnbId], Stream] = {}
        self._filled: dict[Stream, None] = {}
        """The streams in which something waits: a turn looks at no others."""
        self._events: deque[tuple[Feed[Any], Arrived]] = deque()

    def expect(self, feed: Feed[Any], gnb: GnbId, key: StreamKey) -> None:
        """An action of a periodic feed was admitted; events need no expecting."""
        stream = self._stream(feed, gnb)
        if stream is not None:
            stream.expect(key)

    def forget(self, feed: Feed[Any], gnb: GnbId, key: StreamKey) -> None:
        stream = self._streams.get((feed, gnb))
        if stream is not None:
            stream.forget(key)
            self._prune(stream)

    def put(self, feed: Feed[Any], arrived: Arrived) -> None:
        """Take one indication."""
        stream = self._stream(feed, arrived.gnb) if arrived.part.periodic else None
        if stream is not None:
            stream.put(arrived)
            self._filled[stream] = None
        elif len(self._events) >= self._max_events:
            self._account.refuse(arrived, "event queue full")
        else:
            self._events.append((feed, arrived))

    def events(self) -> Iterator[tuple[Feed[Any], Arrived]]:
        """Take the events: node by node, each node's in the order they came."""
        if not self._events:
            return iter(())
        taken = sorted(self._events, key=lambda entry: entry[1].key.node)
        self._events.clear()
        return iter(taken)

    def reports(self, now: int) -> Iterator[Ready]:
        """Take the reports that are due, in an order that does not depend on who was first on the wire."""
        for stream in sorted(self._filled, key=_by_order):
            ready = stream.ready(now)
            if stream.empty:
                del self._filled[stream]
            self._prune(stream)
            if ready is not None:
                yield ready

    def timer_at(self) -> int | None:
        """When there may be something to take; the past where there is."""
        due = [at for stream in self._filled if (at := stream.timer_at()) is not None]
        if self._events:
            due.append(min(arrived.at for _, arrived in self._events))
        return min(due, default=None)

    def waiting(self) -> int:
        return len(self._events) + sum(len(stream.waiting()) for stream in self._filled)

    def drop(self, reason: str) -> None:
        """Refuse everything that waits."""
        for _, arrived in self._events:
            self._account.refuse(arrived, reason)
        self._events.clear()
        for stream in self._filled:
            for arrived in stream.drop():
                self._account.refuse(arrived, reason)
        self._filled.clear()

    def drop_feeds(self, feeds: Iterable[Feed[Any]], reason: str) -> None:
        """Refuse what waits for these: nobody reads them any more."""
        gone = set(feeds)
        for feed, arrived in self._events:
            if feed in gone:
                self._account.refuse(arrived, reason)
        self._events = deque(entry for entry in self._events if entry[0] not in gone)
        for stream in [stream for stream in self._streams.values() if stream.feed in gone]:
            for arrived in stream.drop():
                self._account.refuse(arrived, reason)
            self._filled.pop(stream, None)
            self._streams.pop((stream.feed, stream.gnb))

    def _prune(self, stream: Stream) -> None:
        """What belongs to a gNB that is gone does not stay."""
        if stream.idle:
            self._streams.pop((stream.feed, stream.gnb), None)

    def drop_events(self, node: str, reason: str) -> None:
        """Refuse a node's events: it is gone, and they would bring back what it said."""
        for _, arrived in self._events:
            if arrived.key.node == node:
                self._account.refuse(arrived, reason)
        self._events = deque(entry for entry in self._events if entry[1].key.node != node)

    def _stream(self, feed: Feed[Any], gnb: GnbId) -> Stream | None:
        key = (feed, gnb)
        stream = self._streams.get(key)
        if stream is None and (period := period_of(feed)) is not None:
            told = None if self._superseded is None else partial(self._superseded, feed)
            stream = Stream(feed, gnb, period, self._account, settle=self._settle, superseded=told)
            self._streams[key] = stream
        return stream
