"""Joins a session and a transport: frames in, PDUs out, one timer, the end."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from ricloop.core.errors import TransportError
from ricloop.core.time import NS_PER_S, Clock
from ricloop.transport.base import Frame, Transport, TransportClosed

EventT = TypeVar("EventT")

FRAMES_PER_ROUND = 64
"""Frames of one connection that are served in one round of the event loop; then it is the others' turn."""
MAX_BACKLOG = 8192
"""Frames of one connection that wait for their round; a peer that sends more still is cut off."""


class Driven(Protocol[EventT]):
    """A session, as far as its driver cares. `RicSession` and `NodeSession` are; so is anything of this shape."""

    @property
    def should_close(self) -> str | None: ...

    def connect(self, now: int) -> None: ...

    def receive(self, data: bytes, now: int) -> None: ...

    def data_to_send(self) -> list[bytes]: ...

    def events(self) -> list[EventT]: ...

    def timer_at(self) -> int | None: ...

    def handle_timer(self, now: int) -> None: ...

    def connection_lost(self, reason: str, now: int) -> None: ...


class Link(Generic[EventT]):
    """Drives `session` over `transport` from `start()` until the connection is lost.

    `on_event` gets each event in order with the arrival stamp of the frame that caused it, or the time of the clock
    for what no frame caused (a timer, the end). It may call the session; what the session then wants to send is sent
    when it returns, or at once by `flush()`. `on_lost` is called last, with the reason.
    """

    def __init__(
        self,
        session: Driven[EventT],
        transport: Transport,
        clock: Clock,
        on_event: Callable[[EventT, int], None],
        *,
        on_lost: Callable[[str], None] | None = None,
    ) -> None:
        self.session, self.transport = session, transport
        self._clock, self._on_event, self._on_lost = clock, on_event, on_lost
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at: int | None = None
        self._close_reason: str | None = None
        self._backlog: deque[Frame] = deque()
        self._served = 0
        """Frames of this round of the event loop."""
        self.counters = {"frames_deferred": 0, "frames_dropped": 0, "floods": 0}
        """Frames that waited for a later round, those that nobody looked at, and whether a flood ended it all."""
        self.lost: str | None = None
        """Why the connection is gone; None while it is there."""

    def start(self) -> None:
        """Begin: the session may send first, then frames are taken."""
        self.session.connect(self._clock.now())
        self.transport.start(self)
        self._settle(self._clock.now())

    def flush(self) -> None:
        """Send what the session has ready, and arm the timer it asks for. Call it after using the session from
        outside `on_event`, or inside when it cannot wait."""
        try:
            if pdus := self.session.data_to_send():
                self.transport.send(*pdus)
        except TransportClosed:
            # connection_lost is on its way and will tell the session.
            self._disarm()
            return
        except TransportError as error:
            # A PDU that this transport cannot carry: what it was part of cannot go on.
            self.close(str(error))
            return
        reason = self.session.should_close
        if reason is not None:
            self.close(reason)
        self._arm()

    def close(self, reason: str = "closed on this side") -> None:
        """Send what is pending, then close; `AssociationLost` follows with `reason`."""
        if self._close_reason is None and self.lost is None:
            self._close_reason = reason
            self.flush()
            self.transport.close()

    # ------------------------------------------------------------------------------------------- from transport

    def frame_received(self, frame: Frame) -> None:
        if self._served < FRAMES_PER_ROUND and not self._backlog:
            self._serve(frame)
        elif len(self._backlog) < MAX_BACKLOG:
            self.counters["frames_deferred"] += 1
            self._backlog.append(frame)
        else:
            self.counters["frames_dropped"] += 1
            self.counters["floods"] = 1
            self.close(f"a flood: {MAX_BACKLOG} messages wait to be read")

    def connection_lost(self, reason: str) -> None:
        if self.lost is not None:
            return
        self.lost = self._close_reason or reason
        self._disarm()
        self.counters["frames_dropped"] += len(self._backlog)
        self._backlog.clear()
        now = self._clock.now()
        self.session.connection_lost(self.lost, now)
        for event in self.session.events():
            self._on_event(event, now)
        on_lost, self._on_lost, self._on_event = self._on_lost, None, _ignore
        # Nothing of a lost association may need a garbage collection to be freed: what was told of it goes.
        if on_lost is not None:
            on_lost(self.lost)

    # -------------------------------------------------------------------------------------------------- helpers

    def _serve(self, frame: Frame) -> None:
        if self._served == 0:
            self._loop.call_soon(self._next_round)
        self._served += 1
        self.session.receive(frame.data, self._clock.now())
        self._settle(frame.arrived)

    def _next_round(self) -> None:
        self._served = 0
        while self._backlog and self._served < FRAMES_PER_ROUND:
            self._serve(self._backlog.popleft())

    def _settle(self, stamp: int) -> None:
        for event in self.session.events():
            self._on_event(event, stamp)
        self.flush()

    def _arm(self) -> None:
        at = self.session.timer_at()
        if self.lost is not None or at == self._timer_at:
            return
        self._disarm()
        if at is not None:
            self._timer_at = at
            after = max(0, at - self._clock.now()) / NS_PER_S
            self._timer = self._loop.call_later(after, self._timer_due)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._timer_at = None

    def _timer_due(self) -> None:
        self._timer = self._timer_at = None
        now = self._clock.now()
        self.session.handle_timer(now)
        self._settle(now)


def _ignore(_: object, __: int) -> None:
    """Events after the end."""
