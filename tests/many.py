"""A hundred E2 nodes of every kind and dialect at one RIC: real codec, real links and reconnecting, virtual time."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from dataclasses import dataclass, field, replace
from functools import partial

from ricloop import Decision, Latest, XApp, ms, on
from ricloop.asn1 import E2AP, E2AP_V1, KPM, KPM_FLEXRIC, RC
from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.core.time import NS_PER_S
from ricloop.e2sm import ccc, kpm
from ricloop.link.driver import Link
from ricloop.link.reconnect import NodeLink
from ricloop.runtime.ric import NearRtRic
from ricloop.session.events import NodeEvent, RicEvent, SubscriptionRequested
from ricloop.transport.address import Address
from ricloop.transport.base import E2_CP_PPID, Transport
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.scenarios.base import Scenario
from tests.virtual_time import LoopClock, wire

TICK_S = 1
SITES, SPLIT = 70, 30
"""70 gNBs, 30 of them split into a CU-CP and a DU: 100 nodes."""
DIALECTS = (
    STANDARD,
    Dialect(kpm_time_octets=4),
    FLEXRIC,
    Dialect(e2ap_version=1, kpm_time_octets=4),
    replace(FLEXRIC, e2ap_version=1),
    Dialect(e2ap_version=3),
)
"""Mixed over the gNBs: of E2AP v1, v2 and v3, E2SM-KPM v2 and later, the standard's text and FlexRIC's."""
PRB = kpm.Metric("RRU.PrbTotDl")
CONNECTED = kpm.Metric("RRC.ConnMean")
"""A DU brings the one, its CU-CP the other, a gNB both."""
SCENARIO = Scenario(
    name="many",
    title="small gNBs",
    sites=SITES,
    split=tuple(range(SPLIT)),
    users_per_sector=1,
    tick_us=TICK_S * 1_000_000,
)


class Reader(XApp):
    """Reads load and states."""

    name = "reader"
    seen = 0

    @on(kpm.every(ms(1000 * TICK_S), PRB, CONNECTED), ccc.watch(ccc.EnergySaving))
    def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        self.seen += 1
        return Decision.none()


class Second(XApp):
    """Reads the same load as `Reader`: the nodes are asked once."""

    name = "second"
    seen = 0

    @on(kpm.every(ms(1000 * TICK_S), PRB, CONNECTED))
    def decide(self, report: kpm.Report) -> Decision:
        self.seen += 1
        return Decision.none()


@dataclass
class Herd:
    """What the RIC was asked to bear at once."""

    setups: list[float] = field(default_factory=list)
    """When nodes connected, in seconds."""
    unanswered: int = 0
    """The most subscriptions that were under way at once."""

    def most_setups_in(self, seconds: float) -> int:
        return max(sum(at <= other < at + seconds for other in self.setups) for at in self.setups)


class Many:
    """The RIC, its nodes and what joins them, in the running (virtual) loop."""

    def __init__(self, seed: int = 1) -> None:
        self.clock = LoopClock()
        self.loop = asyncio.get_running_loop()
        self.simulation = SCENARIO.simulation(seed, seconds=1e9)
        for part in self.simulation.parts:
            part.forgo_optimum()
            part.nodes = [
                SimNode(
                    part.world, node.role, phase_us=node.phase_us, epoch_ns=node.epoch_ns, dialect=self._dialect(node)
                )
                for node in part.nodes
            ]
        self.nodes = [node for part in self.simulation.parts for node in part.nodes]
        self.simulation.nodes = self.nodes
        self.apps = (Reader(), Second())
        self.ric = NearRtRic(
            self.apps, clock=self.clock, dialects={node.name: self._dialect(node) for node in self.nodes}
        )
        self.ric.on_work = self._work
        self.herd = Herd()
        self._links: set[Link[RicEvent]] = set()
        self._due = False
        self._timer: asyncio.TimerHandle | None = None
        self.asked = dict.fromkeys((node.name for node in self.nodes), 0)
        """Per node, how many subscriptions it was ever asked for."""
        self.links = {
            node.name: NodeLink(
                node.renew,
                "tcp://127.0.0.1:36421",
                clock=self.clock,
                on_event=partial(self._node_event, node),
                seed=1000 * seed + number,
                connect=self._connect,
            )
            for number, node in enumerate(self.nodes)
        }
        self._tasks = [asyncio.ensure_future(link.run()) for link in self.links.values()]

    @staticmethod
    def _dialect(node: SimNode) -> Dialect:
        return DIALECTS[node.id.gnb.value % len(DIALECTS)]

    async def run(self, seconds: int) -> None:
        """So much virtual time, tick by tick."""
        for _ in range(seconds // TICK_S):
            await asyncio.sleep(TICK_S)
            self.simulation.advance()
            for node in self.nodes:
                node.release()
                self.links[node.name].flush()

    def cut_all(self) -> None:
        """Every association is lost at one instant."""
        self.herd = Herd()
        for link in list(self._links):
            link.close("cut")

    async def stop(self) -> None:
        for link in self.links.values():
            link.stop()
        await asyncio.gather(*self._tasks)
        await asyncio.sleep(1)
        if self._timer is not None:
            self._timer.cancel()

    def unanswered(self) -> int:
        """Subscriptions that a node was sent and has not answered."""
        subscriber = self.ric.subscriber
        return sum(not readers[0].answered for node in self.ric.nodes for _, readers in subscriber.shared_at(node))

    def unsubscribed(self) -> list[str]:
        """Nodes that are not connected, or lack a subscription of theirs."""
        found = []
        for node in self.nodes:
            at = self.ric.nodes.get(node.id)
            models = [] if at is None else [f for f in at.functions if f.model.name in ("kpm", "ccc")]
            asked = [] if at is None else list(self.ric.subscriber.shared_at(at))
            # One subscription for each: the two xApps share that of KPM.
            if (
                at is None
                or len(asked) != len(models)
                or any(len(r[0].admitted) != len(r[0].actions) for _, r in asked)
            ):
                found.append(node.name)
        return found

    # -------------------------------------------------------------------------------------------------- helpers

    async def _connect(self, address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
        pair = wire()
        association = self.ric.attach(f"memory://{len(self._links)}")

        def lost(_: str) -> None:
            self._links.discard(link)

        link: Link[RicEvent] = Link(association.session, pair.left, self.clock, association.on_event, on_lost=lost)
        association.flush, association.carried = link.flush, (pair.left.counters, link.counters)
        self._links.add(link)
        self.herd.setups.append(self.loop.time())
        link.start()
        return pair.right

    def _node_event(self, node: SimNode, event: NodeEvent, now: int) -> None:
        if isinstance(event, SubscriptionRequested):
            self.asked[node.name] += 1
            self.herd.unanswered = max(self.herd.unanswered, self.unanswered())
        node.handle(event, now)

    def _work(self) -> None:
        if not self._due:
            self._due = True
            self.loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._due = False
        self.ric.turn()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (at := self.ric.timer_at()) is not None:
            self._timer = self.loop.call_later(max(0, at - self.clock.now()) / NS_PER_S, self._work)


def watch_memory() -> None:
    """From now on, every allocation is counted. What is compiled once is compiled before: counting makes that slow."""
    for syntax in (E2AP, E2AP_V1, KPM, KPM_FLEXRIC, RC):
        syntax.compile()
    tracemalloc.start()


def heap() -> int:
    """Octets that Python holds, after a collection."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def problems(many: Many, middle: int, end: int) -> list[str]:
    """What a long run with many nodes must not show."""
    many.ric.check()
    account = many.ric.account
    found = []
    if gone := many.unsubscribed():
        found.append(f"{len(gone)} nodes are not subscribed: {', '.join(gone[:5])}")
    if account.received != account.decided + account.superseded + account.refused + account.waiting:
        found.append(f"the account is wrong: {account}")
    if end > middle * 1.03 + 100_000:
        found.append(f"memory grew from {middle} to {end} octets")
    return found
