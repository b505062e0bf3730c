"""One E2 association at the RIC: a session, the node at its other end once it is set up, and the way out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ricloop.session.events import RicEvent
from ricloop.session.ric import RicSession

if TYPE_CHECKING:
    from ricloop.runtime.nodes.nodes import Node
    from ricloop.runtime.ric import NearRtRic


class Association:
    """Driven by a `Link` (`session` and `on_event`), or by hand: `receive`, `data_to_send`, `connection_lost`."""

    def __init__(self, ric: NearRtRic, session: RicSession, peer: str) -> None:
        self._ric = ric
        self.session = session
        self.peer = peer
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
        self._ric.on_event(self, event, arrived)

    @property
    def shown_out(self) -> bool:
        """True where it was ended for what the node sent: bad messages, or far too many."""
        return self.session.shown_out or any(counters.get("floods") for counters in self.carried)

    # ------------------------------------------------------------------------------------------- driven by hand

    def receive(self, data: bytes, arrived: int | None = None) -> None:
        """Take one PDU; `NearRtRic.turn` then decides on what has come."""
        self._connect()
        stamp = self._ric.stopwatch.now() if arrived is None else arrived
        self.session.receive(data, self._ric.clock.now())
        self._settle(stamp)

    def data_to_send(self) -> list[bytes]:
        """The PDUs for the node, in order; asking takes them."""
        return self.session.data_to_send()

    def handle_timer(self, now: int) -> None:
        """Let the session give up on what should have been answered by `now`."""
        self.session.handle_timer(now)
        self._settle(self._ric.stopwatch.now())

    def connection_lost(self, reason: str) -> None:
        """The transport is gone."""
        self.session.connection_lost(reason, self._ric.clock.now())
        self._settle(self._ric.stopwatch.now())

    def _connect(self) -> None:
        if not self._connected:
            self._connected = True
            self.session.connect(self._ric.clock.now())

    def _settle(self, stamp: int) -> None:
        for event in self.session.events():
            self.on_event(event, stamp)
