"""A peer that sends more than can be served takes turns with the others, and in the end is shown out."""

from __future__ import annotations

import asyncio

import pytest

from ricloop.e2ap import encode
from ricloop.e2ap.messages import Cause, ErrorIndication
from ricloop.link import driver
from ricloop.session.events import AssociationLost
from tests.link.test_link import World
from tests.virtual_time import run_virtually

PDU = encode(ErrorIndication(cause=Cause("misc", "unspecified")))


def test_a_flood_is_served_in_rounds_and_others_have_their_turn_in_between() -> None:
    async def run() -> None:
        bad, good = World(), World()
        for world in (bad, good):
            world.ric_link.start()
            world.node_link.start()
        await asyncio.sleep(0.001)
        before = bad.ric.counters["received"]
        bad.node_link.transport.send(*[PDU] * 1000)
        await asyncio.sleep(0)
        good.node_link.transport.send(PDU)
        heard = good.ric.counters["received"]
        for _ in range(4):
            await asyncio.sleep(0)
        assert good.ric.counters["received"] == heard + 1
        assert bad.ric.counters["received"] - before <= 6 * driver.FRAMES_PER_ROUND
        await asyncio.sleep(0.001)
        assert bad.ric.counters["received"] - before == 1000, "nothing is lost"
        assert bad.ric_link.counters == {
            "frames_deferred": 1000 - driver.FRAMES_PER_ROUND,
            "frames_dropped": 0,
            "floods": 0,
        }
        assert bad.ric_link.lost is None

    run_virtually(run)


def test_a_flood_beyond_measure_ends_the_association_and_what_nobody_read_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(driver, "MAX_BACKLOG", 100)

    async def run() -> None:
        world = World()
        world.ric_link.start()
        world.node_link.start()
        await asyncio.sleep(0.001)
        before = world.ric.counters["received"]
        world.node_link.transport.send(*[PDU] * 300)
        await asyncio.sleep(0.001)
        assert world.ric_link.counters["floods"] == 1
        assert world.ric_link.lost == "a flood: 100 messages wait to be read"
        assert world.times(AssociationLost)
        served = world.ric.counters["received"] - before
        assert driver.FRAMES_PER_ROUND <= served < 300
        assert world.ric_link.counters["frames_dropped"] >= 100

    run_virtually(run)
