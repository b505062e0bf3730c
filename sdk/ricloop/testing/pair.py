"""Both ends of one E2 association, joined without a network: every message passes the real codec."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from ricloop.core.ids import GnbId, NodeId, Plmn
from ricloop.core.time import ManualClock
from ricloop.e2ap import V2, Version
from ricloop.e2ap.messages import Cause, ComponentConfig, E2SetupRequest, GlobalRicId, RanFunction
from ricloop.session.events import NodeEvent, RicEvent
from ricloop.session.node import NodeSession
from ricloop.session.ric import RicSession, admit_all, take_all
from ricloop.session.timers import SessionTimers

EventT = TypeVar("EventT")

PLMN = Plmn("001", "01")
KPM = RanFunction(id=2, revision=1, oid="1.3.6.1.4.1.53148.1.3.2.2", definition=b"\x01")
RC = RanFunction(id=3, revision=1, oid="1.3.6.1.4.1.53148.1.1.2.3", definition=b"\x02")


def setup_request(number: int = 1, functions: tuple[RanFunction, ...] = (KPM, RC)) -> E2SetupRequest:
    """The E2 Setup Request of gNB `number`."""
    return E2SetupRequest(
        transaction_id=1,
        node=NodeId(GnbId(PLMN, number)),
        functions=functions,
        components=(ComponentConfig(interface="ng", component=("nG", f"amf{number}")),),
    )


class SessionPair:
    """`ric` and `node`, and what each said so far in `ric_events` and `node_events`. Time stands until `advance`."""

    def __init__(
        self,
        setup: E2SetupRequest | None = None,
        *,
        admit: Callable[[E2SetupRequest], Cause | None] = admit_all,
        function_known: Callable[[RanFunction], Cause | None] = take_all,
        timers: SessionTimers | None = None,
        version: Version = V2,
    ) -> None:
        self.clock = ManualClock()
        self.ric = RicSession(GlobalRicId(PLMN, 1), admit, function_known=function_known, timers=timers)
        self.node = NodeSession(setup or setup_request(), timers=timers, version=version)
        self.ric_events: list[RicEvent] = []
        self.node_events: list[NodeEvent] = []
        self.ric.connect(self.now)

    @property
    def now(self) -> int:
        return self.clock.now()

    @classmethod
    def connected(cls, setup: E2SetupRequest | None = None, *, timers: SessionTimers | None = None) -> SessionPair:
        """A pair after E2 Setup, with no events left to read."""
        pair = cls(setup, timers=timers)
        pair.connect()
        pair.forget_events()
        return pair

    def connect(self) -> None:
        """Run E2 Setup."""
        self.node.connect(self.now)
        self.exchange()

    def exchange(self) -> None:
        """Carry PDUs both ways until neither end has more to send, and collect the events."""
        moving = True
        while moving:
            to_ric, to_node = self.node.data_to_send(), self.ric.data_to_send()
            for data in to_ric:
                self.ric.receive(data, self.now)
            for data in to_node:
                self.node.receive(data, self.now)
            self._collect()
            moving = bool(to_ric or to_node)

    def advance(self, length: timedelta) -> None:
        """Let time pass and timers fire, then exchange what that caused."""
        self.clock.advance(length)
        self.ric.handle_timer(self.now)
        self.node.handle_timer(self.now)
        self.exchange()

    def to_ric(self, data: bytes) -> None:
        """Hand the RIC bytes that no session made, then exchange."""
        self.ric.receive(data, self.now)
        self.exchange()

    def to_node(self, data: bytes) -> None:
        """Hand the node bytes that no session made, then exchange."""
        self.node.receive(data, self.now)
        self.exchange()

    def forget_events(self) -> None:
        self._collect()
        self.ric_events.clear()
        self.node_events.clear()

    def ric_event(self, kind: type[EventT]) -> EventT:
        """The one event of this kind at the RIC; AssertionError where there is none or several."""
        return _only(self.ric_events, kind)

    def node_event(self, kind: type[EventT]) -> EventT:
        """The one event of this kind at the node; AssertionError where there is none or several."""
        return _only(self.node_events, kind)

    def _collect(self) -> None:
        self.ric_events += self.ric.events()
        self.node_events += self.node.events()


def _only(events: list[RicEvent] | list[NodeEvent], kind: type[EventT]) -> EventT:
    found = [event for event in events if isinstance(event, kind)]
    if len(found) != 1:
        raise AssertionError(f"expected one {kind.__name__}, found {len(found)} among {events}")
    return found[0]
