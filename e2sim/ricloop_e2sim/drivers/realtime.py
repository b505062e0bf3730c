"""The wall clock: every node on its own association, reports leaving at their scheduled instants.

Tick k ends at instant_k = start + (k + 1)·tick, all on CLOCK_MONOTONIC. The world is stepped and the reports are
encoded `LEAD_NS` before, so that at instant_k + a node's phase there is nothing left but to write to the socket. A tick
is never skipped: one that comes late is counted, and so is every report that leaves more than a millisecond late.
"""

from __future__ import annotations

import asyncio
import gc
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from ricloop.core.errors import TransportError
from ricloop.link.clock import SystemClock
from ricloop.link.reconnect import Backoff, Connect, NodeLink
from ricloop.link.tap import Tap
from ricloop.session.events import ControlRequested, NodeEvent, SetupAccepted
from ricloop.transport import registry
from ricloop.transport.address import Address
from ricloop.transport.base import E2_CP_PPID, E2_DU_PPID, E2_UP_PPID, Transport
from ricloop_e2sim.drivers.driven import Driven
from ricloop_e2sim.drivers.health import Health
from ricloop_e2sim.e2node.frames import Journal, ReadyFrame
from ricloop_e2sim.e2node.identity import Role
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.linkfaults.faultylink import FaultyLink
from ricloop_e2sim.linkfaults.messages import LinkFaults

LEAD_NS = 20_000_000
LATE_NS = 1_000_000
SPIN_NS = 1_500_000
"""The loop's timers are good to about a millisecond: the rest is waited out in turns of the loop."""
SETTLE_S = 0.5
"""After the last tick, for what is still on its way."""


def _tell_waiting(waiting: Callable[[str], None], name: str, reason: str, length: timedelta) -> None:
    hint = " (is a node with this id connected already?)" if "om-intervention" in reason else ""
    waiting(f"{name}: {reason}{hint}; next attempt in {length.total_seconds():.1f} s")


def _ppid(role: Role) -> int:
    return E2_CP_PPID if role.cp else E2_DU_PPID if role.du else E2_UP_PPID


class Network(Protocol):
    """Nodes, whoever moves their world."""

    @property
    def nodes(self) -> Sequence[SimNode]: ...

    def release(self, node: SimNode) -> Sequence[ReadyFrame]: ...

    def handle(self, node: SimNode, event: NodeEvent, now: int) -> None: ...


class Associations:
    """The nodes' links to one RIC."""

    def __init__(
        self,
        simulation: Network,
        address: str | Address,
        waiting: Callable[[str], None],
        connect: Connect = registry.connect,
        faults: Mapping[str, LinkFaults] | None = None,
        time_us: Callable[[], int] = lambda: 0,
    ) -> None:
        """`waiting` is told what a node waits for, in words. `faults`: of the links of nodes, by their names, at the
        simulated time `time_us`."""
        self._simulation, self._clock = simulation, SystemClock()
        self.journal = Journal()
        self._up: set[str] = set()
        self._faults, self._time_us, self._connect = faults or {}, time_us, connect
        self._faulty: dict[str, FaultyLink] = {}
        self.all_up = asyncio.Event()
        self.links = {
            node.name: NodeLink(
                node.renew,
                address,
                clock=self._clock,
                on_event=partial(self._on_event, node),
                ppid=_ppid(node.role),
                # By its name: processes of one gNB each would all count from 0, and come back in step.
                seed=zlib.crc32(node.name.encode()),
                connect=partial(self._through_faults, node.name) if node.name in self._faults else connect,
                backoff=Backoff(cap=timedelta(seconds=5)),
                on_waiting=partial(_tell_waiting, waiting, node.name),
            )
            for node in simulation.nodes
        }
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.ensure_future(link.run()) for link in self.links.values()]

    async def ready(self) -> None:
        """Wait until every node is associated. Raises what a link raises: an address that cannot be used."""
        up = asyncio.ensure_future(self.all_up.wait())
        try:
            await asyncio.wait((up, *self._tasks), return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
        for task in self._tasks:
            if task.done():
                task.result()

    def release(self, node: SimNode, scheduled_ns: int | None) -> None:
        """Send a node's ready frames, and what changed of its cells. None: at no scheduled time, so there is no latency
        to measure from."""
        for frame in self._simulation.release(node):
            if scheduled_ns is not None:
                self.journal.indication(node.name, frame, scheduled_ns)
        node.notify(self._clock.now())
        self.links[node.name].flush()
        if (faulty := self._faulty.get(node.name)) is not None:
            faulty.tick(self._clock.now())

    def missing(self) -> list[str]:
        """Nodes that are not associated at this moment."""
        sessions = {name: link.session for name, link in self.links.items()}
        return [name for name, session in sessions.items() if session is None or not session.ready]

    async def _through_faults(self, name: str, address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
        faults = self._faults[name]
        if faults.association.lost(self._time_us()):
            raise TransportError("the association is lost, as planned")
        inner = await self._connect(address, ppid)
        faulty = self._faulty[name] = FaultyLink(inner, faults, self._time_us, asyncio.get_running_loop().call_soon)
        return faulty

    async def stop(self) -> None:
        """Close every association."""
        for link in self.links.values():
            link.stop("the simulated node is shutting down")
        await asyncio.gather(*self._tasks)

    def _on_event(self, node: SimNode, event: NodeEvent, stamp: int) -> None:
        if isinstance(event, ControlRequested):
            self.journal.control(node.name, event.request.request_id, stamp)
        elif isinstance(event, SetupAccepted):
            self._up.add(node.name)
            if len(self._up) == len(self.links):
                self.all_up.set()
        self._simulation.handle(node, event, stamp)


class Pace:
    """Moves a simulation by the wall clock: `speed` simulated seconds a second."""

    def __init__(self, simulation: Driven, associations: Associations, speed: float = 1.0) -> None:
        self._simulation, self._associations, self._speed = simulation, associations, speed
        self.late_ticks = 0
        self.late_reports = 0
        self.worst_late_ns = 0
        self.step_ns_max = 0
        self.stepped_at: int | None = None
        """When the last step ended; None before the first."""
        self.drift_ns = 0
        """Between the wall clock and the simulated one, of the last tick: how late its last report was done."""

    async def run(self, stop: asyncio.Event, tell: Callable[[], None]) -> None:
        """Until the last tick, or `stop`. `tell` is called after each tick's last report."""
        simulation, tick_ns = self._simulation, round(self._simulation.tick_us * 1000 / self._speed)
        start = time.monotonic_ns() + LEAD_NS
        collecting = gc.isenabled()
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            while not simulation.done and not stop.is_set():
                instant = start + (simulation.done_ticks + 1) * tick_ns
                if not await self._until(instant - LEAD_NS, stop):
                    return
                begun = time.monotonic_ns()
                simulation.advance()
                ended = self.stepped_at = time.monotonic_ns()
                self.step_ns_max = max(self.step_ns_max, ended - begun)
                self.late_ticks += ended > instant
                for node in sorted(simulation.nodes, key=lambda node: node.phase_us):
                    scheduled = instant + round(node.phase_us * 1000 / self._speed)
                    if not await self._until(scheduled, stop):
                        return
                    late = time.monotonic_ns() - scheduled
                    self.late_reports += late > LATE_NS and bool(node.ready)
                    self.worst_late_ns = max(self.worst_late_ns, late)
                    self._associations.release(node, scheduled)
                    self.drift_ns = time.monotonic_ns() - scheduled
                # The young only: short, and nothing waits for it here.
                gc.collect(0)
                tell()
        finally:
            gc.unfreeze()
            if collecting:
                gc.enable()

    @staticmethod
    async def _until(instant: int, stop: asyncio.Event) -> bool:
        """Wait; False when told to stop."""
        while (left := instant - time.monotonic_ns()) > 0:
            if stop.is_set():
                return False
            if left > SPIN_NS:
                try:
                    async with asyncio.timeout((left - SPIN_NS) / 1e9):
                        await stop.wait()
                except TimeoutError:
                    continue
            else:
                await asyncio.sleep(0)
        return not stop.is_set()

    def result(self) -> dict[str, Any]:
        return {
            "late_ticks": self.late_ticks,
            "late_reports": self.late_reports,
            "worst_late_ms": round(self.worst_late_ns / 1e6, 3),
            "longest_step_ms": round(self.step_ns_max / 1e6, 3),
            "drift_ms": round(self.drift_ns / 1e6, 3),
        }


async def run_real_time(
    simulation: Driven,
    address: str | Address,
    stop: asyncio.Event,
    *,
    waiting: Callable[[str], None],
    tell: Callable[[], None],
    pcap: Path | None = None,
    speed: float = 1.0,
    health: str | None = None,
) -> dict[str, Any]:
    """A whole run against a RIC: associate, tick by the wall clock until the end or `stop`, drain, result.

    Simulated time starts when all nodes are associated. `pcap`: a file for every message. `health`: HOST:PORT where it
    says how it is. Raises ConfigError and TransportError where one of them cannot be.
    """
    tap = Tap.at(pcap) if pcap is not None else None
    associations = Associations(
        simulation,
        address,
        waiting,
        tap.connect if tap else registry.connect,
        simulation.faults,
        lambda: simulation.time_us,
    )
    pace = Pace(simulation, associations, speed)
    told = Health(associations.missing, lambda: pace.stepped_at, SystemClock())
    server = await told.serve(health) if health is not None else None
    associations.start()
    writing = asyncio.ensure_future(tap.run()) if tap else None
    try:
        ready = asyncio.ensure_future(associations.ready())
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait((ready, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if ready.done():
            ready.result()
            await pace.run(stop, tell)
            if not stop.is_set():
                await asyncio.sleep(SETTLE_S)
        else:
            ready.cancel()
    finally:
        await associations.stop()
        if server is not None:
            server.close()
        if tap is not None and writing is not None:
            writing.cancel()
            tap.close()
    kept = {"capture_dropped": tap.dropped} if tap else {}
    return simulation.result() | associations.journal.result() | pace.result() | kept
