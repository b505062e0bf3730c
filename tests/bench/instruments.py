"""What instruments cost a decision: histograms of the stages, audit records through the ring, snapshots for metrics.

One RIC with them and one without take turns on the same reports, in blocks; thread time per decision, and the 95 %
interval of the difference of the blocks' means.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ricloop import Decision, Latest, XApp, ms, on
from ricloop.e2sm import ccc, kpm
from ricloop.link.clock import SystemClock
from ricloop.runtime.books.audit import Audit, NoAudit
from ricloop.runtime.books.loopstats import LoopStats
from ricloop.runtime.nodes.association import Association
from ricloop.runtime.ric import NearRtRic
from ricloop.runtime.side.link import SideLink
from ricloop.runtime.side.snapshot import snapshot
from ricloop_xapps.bench.network import network
from tests.bench.rows import Row, added, by_turns, times

DECISIONS, CELLS = 1000, 3
SNAPSHOT_EVERY = 250
"""Decisions: what a thousand of them a second come to."""
load = kpm.every(ms(10), kpm.Metric("RRU.PrbTotDl"))
states = ccc.watch(ccc.EnergySaving)


def measure(share: float) -> Iterator[Row]:
    side = SideLink(None, "127.0.0.1:0")
    side._audited = True
    asyncio.run(side.start(dict))
    beds = {"on": Bed(side, instruments=True), "off": Bed(NoAudit(), instruments=False)}
    costs = by_turns({name: partial(bed.decide, times(DECISIONS, share)) for name, bed in beds.items()})
    side.close()
    yield {"cells": CELLS, **added(costs["on"], costs["off"]), "records_dropped": side.dropped}


class Waker(XApp):
    @on(load, states)
    def decide(self, report: kpm.Report, awake: Latest[ccc.States]) -> Decision:
        return Decision.of([ccc.wake(int(report.cells[0]))], reason="each time")


class Unmeasured(LoopStats):
    """No histograms."""

    def add(self, sent: int, nanoseconds: int) -> None:
        """Nothing is kept."""

    def add_stages(self, instants: tuple[int, ...]) -> None:
        """Nothing is kept."""


class Bed:
    """A RIC and one node in this thread."""

    def __init__(self, audit: Audit, *, instruments: bool) -> None:
        self.ric = NearRtRic([Waker()], clock=SystemClock(), audit=audit)
        self.side = audit if isinstance(audit, SideLink) else None
        if not instruments:
            self.ric.dispatch._asker.stats = Unmeasured()
        self.node = network(1, CELLS, 1)[0]
        self.association: Association = self.ric.attach("memory://node")
        self.node.renew().connect(time.monotonic_ns())
        self.at = time.time_ns()
        self.exchange()

    def exchange(self) -> None:
        moving: Any = True
        while moving:
            moving = False
            now = time.monotonic_ns()
            for data in self.node.session.data_to_send():
                moving = True
                self.association.receive(data)
            self.ric.turn()
            for data in self.association.data_to_send():
                moving = True
                self.node.session.receive(data, now)
            for event in self.node.session.events():
                moving = True
                self.node.handle(event, now)

    def decide(self, count: int, clock: Callable[[], int] = time.thread_time_ns) -> float:
        """Microseconds of the RIC's thread time per decision, or a thousandth of what another clock goes on by."""
        took, before = 0, self.ric.dispatch.decisions
        for number in range(count):
            self.at += 10_000_000
            self.node.walk(self.at)
            self.node.release()
            frames = self.node.session.data_to_send()
            begun = clock()
            for data in frames:
                self.association.receive(data)
            self.ric.turn()
            if self.side is not None and number % SNAPSHOT_EVERY == 0:
                self.side.tell(snapshot(self.ric))
            took += clock() - begun
            self.exchange()
        assert self.ric.dispatch.decisions - before == count
        return took / count / 1000
