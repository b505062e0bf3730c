"""The links of a run's nodes to one RIC: every node on its own association, made anew when it is lost."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial

from ricloop.core.errors import TransportError
from ricloop.link.clock import SystemClock
from ricloop.link.reconnect import Backoff, Connect, NodeLink
from ricloop.session.events import ControlRequested, NodeEvent, SetupAccepted
from ricloop.transport import registry
from ricloop.transport.address import Address
from ricloop.transport.base import E2_CP_PPID, E2_DU_PPID, E2_UP_PPID, Transport
from ricloop_e2sim.e2node.frames import Journal
from ricloop_e2sim.e2node.identity import Role
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.linkfaults.faultylink import FaultyLink
from ricloop_e2sim.linkfaults.messages import LinkFaults


def _ppid(role: Role) -> int:
    return E2_CP_PPID if role.cp else E2_DU_PPID if role.du else E2_UP_PPID


class Associations:
    """The nodes' links to one RIC."""

    def __init__(
        self,
        nodes: Sequence[SimNode],
        address: str | Address,
        waiting: Callable[[str], None],
        connect: Connect = registry.connect,
        faults: Mapping[str, LinkFaults] | None = None,
        time_us: Callable[[], int] = lambda: 0,
    ) -> None:
        """`waiting` is told what a node waits for, in words, and that it is over. `faults`: of the links of nodes, by
        their names, at the simulated time `time_us`."""
        self._clock = SystemClock()
        self.journal = Journal()
        self._up: set[str] = set()
        self._away: set[str] = set()
        self._waiting = waiting
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
                on_waiting=partial(self._on_waiting, node),
            )
            for node in nodes
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
        for frame in node.release():
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
            if node.name in self._away:
                self._away.remove(node.name)
                self._waiting(f"{node.name}: associated")
            if len(self._up) == len(self.links):
                self.all_up.set()
        node.handle(event, stamp)

    def _on_waiting(self, node: SimNode, reason: str, length: timedelta) -> None:
        self._away.add(node.name)
        hint = " (is a node with this id connected already?)" if "om-intervention" in reason else ""
        self._waiting(f"{node.name}: {reason}{hint}; next attempt in {length.total_seconds():.1f} s")
