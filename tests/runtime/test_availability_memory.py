"""A process that runs for months: what is over is freed, what is kept is bounded."""

from __future__ import annotations

import asyncio
import gc
import random
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from ricloop.core.time import ms, ns
from ricloop.decide.arbiter import ROOM, Arbiter
from ricloop.e2ap.messages import GlobalRicId
from ricloop.e2sm import ccc
from ricloop.link.driver import Link
from ricloop.runtime.books import stats
from ricloop.runtime.books.stats import EXACT, STEPS, Latencies
from ricloop.session.events import RicEvent
from ricloop.session.ric import RicSession
from ricloop.testing.pair import PLMN
from ricloop.transport.registry import listen
from ricloop_xapps.minimal.xapp import Minimal
from tests.patience import PATIENCE_S
from tests.runtime.world import World
from tests.virtual_time import LoopClock


@pytest.fixture
def uncollected() -> Iterator[None]:
    """No garbage collection, as while the loop runs: what is freed is freed by counting."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_an_association_that_was_lost_is_freed_without_a_collection() -> None:
    world = World(Minimal())
    world.step(2)
    (node,) = world.pairs
    association = world.pairs[node]
    association.flush = lambda way_out=association: None  # type: ignore[misc]
    gone = weakref.ref(association), weakref.ref(association.session)
    del association
    world.disconnect(node)
    assert [reference() for reference in gone] == [None, None]


@pytest.mark.usefixtures("uncollected")
def test_a_link_over_a_socket_is_freed_without_a_collection() -> None:
    async def run() -> list[weakref.ref[object]]:
        gone: list[weakref.ref[object]] = []
        taken, lost = asyncio.Event(), asyncio.Event()

        def accept(transport: object) -> None:
            session = RicSession(GlobalRicId(PLMN, 1))
            events: list[RicEvent] = []

            def on_lost(_: str) -> None:
                events.clear()
                assert link.lost
                lost.set()

            link: Link[RicEvent] = Link(
                session,
                transport,  # type: ignore[arg-type]
                LoopClock(),
                lambda event, _: events.append(event),
                on_lost=on_lost,
            )
            link.start()
            gone.extend(map(weakref.ref, (session, link, transport)))
            taken.set()

        listener = await listen("tcp://127.0.0.1:0", accept)
        _, writer = await asyncio.open_connection("127.0.0.1", listener.address.port)
        async with asyncio.timeout(PATIENCE_S):
            await taken.wait()
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(PATIENCE_S):
            await lost.wait()
        # The event loop lets go of the transport after it has told of the loss.
        for _ in range(3):
            await asyncio.sleep(0)
        await listener.close()
        return gone

    assert [reference() for reference in asyncio.run(run())] == [None, None, None]


def test_latencies_are_exact_while_there_are_few_and_within_a_percent_afterwards() -> None:
    rng = random.Random(1)
    latencies, values = Latencies(), []
    for count in range(2 * EXACT):
        value = int(rng.lognormvariate(14, 1))
        values.append(value)
        latencies.add(value)
        if count in (1000, 2 * EXACT - 1):
            got, p999 = latencies.quantiles(), np.percentile(np.array(values) / 1e6, 99.9)
            assert got["count"] == len(latencies) == len(values)
            assert got["p999"] == pytest.approx(p999, rel=1e-3 if count == 1000 else 0.01, abs=1e-3)
            assert got["p50"] == pytest.approx(np.percentile(np.array(values) / 1e6, 50), rel=0.01)
            assert got["max"] == round(max(values) / 1e6, 3)
    assert len(latencies._values) == 0, "they are counted, not kept"
    assert latencies._steps is not None
    assert len(latencies._steps) == STEPS


def test_a_scrape_sorts_nothing_and_counts_every_latency(monkeypatch: pytest.MonkeyPatch) -> None:
    latencies = Latencies()
    values = [0, 250_000, 250_001, 7_000_000, 10**9]
    for value in values:
        latencies.add(value)
    monkeypatch.setattr(stats, "np", None)
    monkeypatch.setattr(latencies, "_values", None)
    buckets = dict(latencies.buckets())
    assert (buckets[0.25], buckets[0.5], buckets[100]) == (2, 3, 4)
    assert len(latencies) == 5
    assert latencies.total == sum(values)


def test_claims_that_have_run_out_are_not_kept() -> None:
    arbiter = Arbiter(ms(10))
    for number in range(10 * ROOM):
        assert arbiter.claim(ccc.sleep(number), "one", 1, number * ns(ms(1))) is None
    assert len(arbiter) <= ROOM + 1
    last = 10 * ROOM - 1
    assert arbiter.claim(ccc.sleep(last), "two", 1, last * ns(ms(1))) is not None
