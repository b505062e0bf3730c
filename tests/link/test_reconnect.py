"""A node's link comes back after whatever happens to it, at the right time, and stops when told to."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from ricloop.core.errors import ConfigError, TransportError
from ricloop.core.time import ms
from ricloop.e2ap.messages import ActionToBeSetup, Cause, E2SetupRequest, GlobalRicId, RequestId
from ricloop.link.driver import Link
from ricloop.link.reconnect import Backoff, NodeLink
from ricloop.session.events import (
    AssociationLost,
    NodeConnected,
    RicEvent,
    SetupAccepted,
    SetupRefused,
    SubscriptionRequested,
)
from ricloop.session.node import NodeSession
from ricloop.session.ric import RicSession
from ricloop.session.timers import SessionTimers
from ricloop.testing.pair import KPM, PLMN, setup_request
from ricloop.transport.address import Address
from ricloop.transport.base import E2_CP_PPID, Transport, TransportUnavailable
from tests.virtual_time import LoopClock, run_virtually, wire

STEADY = Backoff(first=ms(500), factor=2, cap=timedelta(seconds=4), jitter=0)


class Ric:
    """Where the node connects to: unreachable for a while, then there, with an opinion about who may come in."""

    def __init__(self, *, unreachable: int = 0, refusals: int = 0, time_to_wait_s: int = 5) -> None:
        self.unreachable, self.refusals = unreachable, refusals
        self.timers = SessionTimers(time_to_wait_s=time_to_wait_s)
        self.attempts: list[float] = []
        self.links: list[Link[RicEvent]] = []
        self.ppids: list[int] = []

    async def connect(self, address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
        self.attempts.append(asyncio.get_running_loop().time())
        self.ppids.append(ppid)
        if self.unreachable:
            self.unreachable -= 1
            raise TransportError(f"cannot connect to {address}: connection refused")
        pair = wire()
        session = RicSession(GlobalRicId(PLMN, 1), self.admit, timers=self.timers)
        link: Link[RicEvent] = Link(session, pair.left, LoopClock(), lambda event, _: self.serve(link, event))
        self.links.append(link)
        link.start()
        return pair.right

    def admit(self, _: E2SetupRequest) -> Cause | None:
        if self.refusals:
            self.refusals -= 1
            return Cause("misc", "control-processing-overload")
        return None

    def serve(self, link: Link[RicEvent], event: RicEvent) -> None:
        if isinstance(event, NodeConnected):
            assert isinstance(link.session, RicSession)
            link.session.subscribe(RequestId(1, 1), KPM.id, b"", [ActionToBeSetup(id=1)], LoopClock().now())


class Node:
    """A node's link to `ric`, and what it went through."""

    def __init__(self, ric: Ric, backoff: Backoff = STEADY, seed: int = 0) -> None:
        self.events: list[object] = []
        self.sessions: list[NodeSession] = []
        self.waits: list[tuple[str, timedelta]] = []
        self.link = NodeLink(
            self.make,
            "tcp://127.0.0.1:36421",
            clock=LoopClock(),
            on_event=self.note,
            backoff=backoff,
            seed=seed,
            connect=ric.connect,
            ppid=72,
            on_waiting=lambda reason, length: self.waits.append((reason, length)),
        )
        self.running = asyncio.create_task(self.link.run())

    def make(self) -> NodeSession:
        self.sessions.append(NodeSession(setup_request()))
        return self.sessions[-1]

    def note(self, event: object, _: int) -> None:
        self.events.append(event)

    def count(self, kind: type[object]) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    async def stop(self) -> None:
        self.link.stop()
        await self.running


def test_the_waits_grow_to_the_cap_and_stay_there() -> None:
    async def run() -> None:
        ric = Ric(unreachable=7)
        node = Node(ric)
        await asyncio.sleep(30)
        await node.stop()
        gaps = [later - earlier for earlier, later in zip(ric.attempts, ric.attempts[1:], strict=False)]
        assert gaps == pytest.approx([0.5, 1, 2, 4, 4, 4, 4])
        assert node.count(SetupAccepted) == 1
        assert node.waits[0] == ("cannot connect to tcp://127.0.0.1:36421: connection refused", ms(500))
        assert set(ric.ppids) == {72}

    run_virtually(run)


def test_a_lost_association_comes_back_with_a_fresh_session_and_is_subscribed_again() -> None:
    async def run() -> None:
        ric = Ric()
        node = Node(ric)
        await asyncio.sleep(10)
        ric.links[0].close("RIC restarts")
        await asyncio.sleep(1)
        assert ric.attempts == pytest.approx([0, 10.5])
        assert node.count(SetupAccepted) == node.count(SubscriptionRequested) == 2
        assert node.count(AssociationLost) == 1
        assert len(set(map(id, node.sessions))) == 2
        assert node.link.session is node.sessions[-1]
        await node.stop()
        assert node.link.session is None
        assert node.link.counters == {"attempts": 2, "unreachable": 0, "refused": 0, "accepted": 2, "lost": 2}

    run_virtually(run)


def test_the_backoff_starts_anew_after_an_accepted_setup() -> None:
    async def run() -> None:
        ric = Ric(unreachable=3)
        node = Node(ric)
        await asyncio.sleep(10)
        lost_at = asyncio.get_running_loop().time()
        ric.links[0].close("RIC restarts")
        await asyncio.sleep(1)
        await node.stop()
        assert ric.attempts[-1] - lost_at == pytest.approx(0.5)

    run_virtually(run)


def test_a_refused_node_waits_as_long_as_the_ric_asked() -> None:
    async def run() -> None:
        ric = Ric(refusals=2, time_to_wait_s=20)
        node = Node(ric)
        await asyncio.sleep(50)
        await node.stop()
        assert ric.attempts == pytest.approx([0, 20, 40])
        assert node.count(SetupRefused) == 2
        assert node.count(SetupAccepted) == 1
        assert node.waits[0][0] == "the RIC refused E2 Setup: misc: control-processing-overload"

    run_virtually(run)


def test_a_shorter_time_to_wait_does_not_shorten_the_backoff() -> None:
    async def run() -> None:
        ric = Ric(refusals=3, time_to_wait_s=1)
        node = Node(ric)
        await asyncio.sleep(20)
        await node.stop()
        assert ric.attempts == pytest.approx([0, 1, 2, 4])

    run_virtually(run)


@pytest.mark.parametrize("unreachable", [0, 1_000])
def test_a_node_stops_at_once_connected_or_waiting(unreachable: int) -> None:
    async def run() -> float:
        node = Node(Ric(unreachable=unreachable))
        await asyncio.sleep(5)
        before = asyncio.get_running_loop().time()
        await node.stop()
        node.link.stop()
        return asyncio.get_running_loop().time() - before

    assert run_virtually(run) == 0


def test_a_node_stops_while_it_connects() -> None:
    async def never(address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
        await asyncio.sleep(1e9)
        raise TransportError("unreachable")

    async def run() -> float:
        link = NodeLink(
            lambda: NodeSession(setup_request()),
            "tcp://127.0.0.1:1",
            clock=LoopClock(),
            on_event=lambda *_: None,
            connect=never,
        )
        running = asyncio.create_task(link.run())
        await asyncio.sleep(1)
        link.flush()
        link.stop()
        await running
        return asyncio.get_running_loop().time()

    assert run_virtually(run) == 1


def test_a_cancelled_node_closes_its_association() -> None:
    async def run() -> None:
        ric = Ric()
        node = Node(ric)
        raised: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: raised.append(context))
        await asyncio.sleep(1)
        node.running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await node.running
        await asyncio.sleep(1)
        assert ric.links[0].lost == "closed by the peer"
        assert raised == []

    run_virtually(run)


def test_jitter_keeps_two_nodes_apart_and_is_the_same_for_the_same_seed() -> None:
    backoff = Backoff(jitter=0.2)
    waits = [[backoff.delay(n, random.Random(seed)) for n in (1, 2, 3)] for seed in (1, 2, 1)]
    assert waits[0] == waits[2] != waits[1]
    for wait, plain in zip(waits[0], (0.5, 1, 2), strict=True):
        assert plain <= wait.total_seconds() <= plain * 1.2


def test_a_million_failures_wait_no_longer_than_the_cap() -> None:
    assert STEADY.delay(1_000_000, random.Random(0)) == timedelta(seconds=4)


@pytest.mark.parametrize("values", [{"first": ms(0)}, {"cap": ms(1)}, {"factor": 0.5}, {"jitter": 2.0}])
def test_a_backoff_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="Backoff"):
        Backoff(**values)  # type: ignore[arg-type]


def test_a_misspelt_address_is_refused_before_anything_is_tried() -> None:
    async def run() -> None:
        NodeLink(lambda: NodeSession(setup_request()), "tpc://a:1", clock=LoopClock(), on_event=lambda *_: None)

    with pytest.raises(ConfigError, match="Did you mean 'tcp'"):
        run_virtually(run)


def test_what_this_machine_cannot_carry_is_not_tried_again() -> None:
    async def run() -> None:
        async def connect(address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
            raise TransportUnavailable("this kernel has no SCTP")

        ric = Ric()
        ric.connect = connect  # type: ignore[method-assign]
        node = Node(ric)
        with pytest.raises(TransportUnavailable, match="no SCTP"):
            await node.running
        assert not node.waits

    run_virtually(run)
