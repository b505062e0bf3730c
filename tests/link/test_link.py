"""A link drives a session: what arrives, what is due, what is sent, and the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from ricloop.e2ap.messages import ActionToBeSetup, GlobalRicId, RequestId
from ricloop.link.driver import Link
from ricloop.session.events import (
    AssociationLost,
    NodeConnected,
    NodeEvent,
    RicEvent,
    SetupAccepted,
    SubscriptionRefused,
    SubscriptionRequested,
)
from ricloop.session.node import NodeSession
from ricloop.session.ric import RicSession
from ricloop.testing.pair import KPM, PLMN, setup_request
from ricloop.transport.base import MAX_PDU
from tests.virtual_time import LoopClock, run_virtually, wire

ONE = RequestId(1, 1)


class World:
    """A RIC and a node with a link each, over a wire that the loop pumps."""

    def __init__(self) -> None:
        pair = wire()
        self.log: list[tuple[float, object]] = []
        self.lost: list[str] = []
        self.ric = RicSession(GlobalRicId(PLMN, 1))
        self.node = NodeSession(setup_request())
        self.ric_link: Link[RicEvent] = Link(self.ric, pair.left, LoopClock(), self.note, on_lost=self.lost.append)
        self.node_link: Link[NodeEvent] = Link(self.node, pair.right, LoopClock(), self.note)
        self.stamps: list[int] = []

    def note(self, event: object, stamp: int) -> None:
        self.log.append((asyncio.get_running_loop().time(), event))
        self.stamps.append(stamp)

    def times(self, kind: type[object]) -> list[float]:
        return [time for time, event in self.log if isinstance(event, kind)]


def in_world(test: Callable[[World], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        world = World()
        world.ric_link.start()
        world.node_link.start()
        await asyncio.sleep(0.001)
        await test(world)

    run_virtually(run)


def test_two_links_set_an_association_up() -> None:
    async def test(world: World) -> None:
        assert world.times(NodeConnected) == [0.0]
        assert world.times(SetupAccepted) == [0.0]

    in_world(test)


def test_one_timer_fires_when_the_session_asked_for_it() -> None:
    async def test(world: World) -> None:
        world.ric.subscribe(ONE, KPM.id, b"", [ActionToBeSetup(id=1)], LoopClock().now())
        world.ric_link.flush()
        await asyncio.sleep(20)
        assert world.times(SubscriptionRequested) == [0.001]
        assert world.times(SubscriptionRefused) == [pytest.approx(10.001)]

    in_world(test)


def test_a_session_that_asks_to_be_closed_is_and_its_reason_is_told() -> None:
    async def run() -> None:
        world = World()
        world.ric_link.start()
        world.node_link.transport.start(world.node_link)
        await asyncio.sleep(6)
        reason = "the peer connected and sent no E2 Setup Request in time"
        assert world.lost == [reason]
        assert world.ric_link.lost == reason
        assert world.times(AssociationLost) == [5.0, 5.0]

    run_virtually(run)


def test_closing_sends_what_is_pending_first() -> None:
    async def test(world: World) -> None:
        world.ric.subscribe(ONE, KPM.id, b"", [ActionToBeSetup(id=1)], LoopClock().now())
        world.ric_link.close("shutting down")
        world.ric_link.close("again")
        await asyncio.sleep(0.001)
        assert world.times(SubscriptionRequested)
        assert (AssociationLost("shutting down")) in [event for _, event in world.log]
        assert world.lost == ["shutting down"]

    in_world(test)


def test_a_link_that_is_lost_sends_nothing_and_waits_for_nothing() -> None:
    async def test(world: World) -> None:
        world.ric.subscribe(ONE, KPM.id, b"", [ActionToBeSetup(id=1)], LoopClock().now())
        world.node_link.close()
        await asyncio.sleep(timedelta(minutes=1).total_seconds())
        world.ric_link.flush()
        world.ric_link.connection_lost("twice")
        assert len(world.times(AssociationLost)) == 2
        assert world.times(SubscriptionRefused) == []

    in_world(test)


def test_a_pdu_that_the_transport_cannot_carry_ends_the_association_and_says_so() -> None:
    async def test(world: World) -> None:
        actions = [ActionToBeSetup(id=1, definition=bytes(MAX_PDU))]
        world.ric.subscribe(ONE, KPM.id, b"", actions, LoopClock().now())
        world.ric_link.flush()
        await asyncio.sleep(0.001)
        assert world.lost[0].startswith("a PDU of 1048")

    in_world(test)


def test_events_carry_the_stamp_of_the_frame_that_caused_them() -> None:
    async def test(world: World) -> None:
        await asyncio.sleep(1)
        world.stamps.clear()
        world.ric.subscribe(ONE, KPM.id, b"", [ActionToBeSetup(id=1)], LoopClock().now())
        world.ric_link.flush()
        await asyncio.sleep(1)
        assert world.stamps == [1_001_000_000]

    in_world(test)
