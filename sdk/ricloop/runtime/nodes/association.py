"""One E2 association at the RIC: a session, the node at its other end once it is set up, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ricloop.core.time import Clock
from ricloop.session.events import RicEvent
from ricloop.session.ric import RicSession

if TYPE_CHECKING:
    from ricloop.runtime.nodes.nodes import Node

Take: TypeAlias = Callable[["Association", RicEvent, int], None]


class Association:
    """Driven by a `Link` (`session` and `on_event`), or by hand: `receive`, `data_to_send`, `connection_lost`."""

    def __init__(self, session: RicSession, peer: str, clock: Clock, stopwatch: Clock, take: Take) -> None:
        """`take` is told of the session's events; `stopwatch` stamps frames that come without a stamp."""
        self.session, self.peer = session, peer
        self._clock, self._stopwatch, self._take = clock, stopwatch, take
        self.node: Node | None = None
        self.name: str | None = None
        """Of the node, once its E2 Setup was seen; kept after the end."""
        self.flush: Callable[[], None] | None = None
        """Sends what the session has ready; set by what drives it over a socket."""
        self.carried: tuple[Mapping[str, int], ...] = ()
        """What its transport and its link count; set by what drives it over a socket."""
        self.use_ppid: Callable[[int], None] | None = None
        """Changes the payload protocol identifier that the node is sent; set by what drives it over a socket."""
        self._connected = False

    def on_event(self, event: RicEvent, arrived: int) -> None:
        """One event of the session; `arrived` is the stopwatch's stamp of the frame that caused it."""
        self._take(self, event, arrived)

    @property
    def shown_out(self) -> bool:
        """True where it was ended for what the node sent: bad messages, or far too many."""
        return self.session.shown_out or any(counters.get("floods") for counters in self.carried)

    # ------------------------------------------------------------------------------------------- driven by hand

    def receive(self, data: bytes, arrived: int | None = None) -> None:
        """Take one PDU; `NearRtRic.turn` then decides on what has come."""
        self._connect()
        stamp = self._stopwatch.now() if arrived is None else arrived
        self.session.receive(data, self._clock.now())
        self._settle(stamp)

    def data_to_send(self) -> list[bytes]:
        """The PDUs for the node, in order; asking takes them."""
        return self.session.data_to_send()

    def handle_timer(self, now: int) -> None:
        """Let the session give up on what should have been answered by `now`."""
        self.session.handle_timer(now)
        self._settle(self._stopwatch.now())

    def connection_lost(self, reason: str) -> None:
        """The transport is gone."""
        self.session.connection_lost(reason, self._clock.now())
        self._settle(self._stopwatch.now())

    def _connect(self) -> None:
        if not self._connected:
            self._connected = True
            self.session.connect(self._clock.now())

    def _settle(self, stamp: int) -> None:
        for event in self.session.events():
            self.on_event(event, stamp)
