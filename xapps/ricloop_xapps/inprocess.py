"""Simulated nodes and a RIC in one process: sessions joined by function calls, with the real bytes between them."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass

from ricloop.core.errors import RicloopError
from ricloop.core.time import Clock, ManualClock
from ricloop.runtime.nodes.association import Association
from ricloop.runtime.ric import NearRtRic
from ricloop.session.events import ControlRequested
from ricloop.transport.capture import CaptureWriter
from ricloop_e2sim.e2node.frames import Journal
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.gnb.simulation import Simulation

MOST_ROUNDS = 1000
"""Exchanges after which a pair that keeps talking is told to stop."""
RIC_END = ("127.0.0.1", 36421)
FIRST_NODE_PORT = 40000
"""Captures need addresses, even where there is no network."""


@dataclass(frozen=True, slots=True)
class _Pair:
    node: SimNode
    association: Association
    end: tuple[str, int]


class InProcess:
    """Moves bytes until nobody has any left. `stopwatch` stamps frames; the RIC decides by its own clock."""

    def __init__(
        self, simulations: Sequence[Simulation], ric: NearRtRic, stopwatch: Clock, capture: CaptureWriter | None = None
    ) -> None:
        self.simulations, self.ric, self._stopwatch, self._capture = tuple(simulations), ric, stopwatch, capture
        self.journal = Journal()
        self._pairs: list[_Pair] = []

    def connect(self) -> None:
        """Set every node up with the RIC, and let it subscribe."""
        for simulation in self.simulations:
            for node in simulation.nodes:
                end = ("127.0.0.1", FIRST_NODE_PORT + len(self._pairs))
                self._pairs.append(_Pair(node, self.ric.attach(f"memory://{node.name}"), end))
                node.session.connect(self._stopwatch.now())
                self.exchange()
        # No collection falls into a decision, as in the RIC's own process.
        gc.collect()
        gc.freeze()
        gc.disable()

    def release(self, node: SimNode, scheduled_ns: int | None = None) -> None:
        """Queue a node's ready reports. `scheduled_ns`: when they were meant to leave, where that is measured."""
        for frame in node.release():
            if scheduled_ns is not None:
                self.journal.indication(node.name, frame, scheduled_ns)

    def exchange(self) -> None:
        """Until both sides of every association are silent, and there is nothing left to decide."""
        for _ in range(MOST_ROUNDS):
            # Decided is only when everything has arrived, whichever node was first: as the harness does over sockets.
            moved = sum(map(self._shuttle, self._pairs))
            if not moved and not self.ric.turn():
                self.ric.lifecycle.spare()
                return
        raise RicloopError(f"nodes and RIC still talk after {MOST_ROUNDS} rounds of one step")

    def _shuttle(self, pair: _Pair) -> bool:
        moved = False
        for data in pair.node.session.data_to_send():
            moved = True
            self._write(data, pair.end, RIC_END)
            pair.association.receive(data, self._stopwatch.now())
        for data in pair.association.data_to_send():
            moved = True
            self._write(data, RIC_END, pair.end)
            pair.node.session.receive(data, self._stopwatch.now())
        for event in pair.node.session.events():
            now = self._stopwatch.now()
            if isinstance(event, ControlRequested):
                self.journal.control(pair.node.name, event.request.request_id, now)
            pair.node.handle(event, now)
        return moved

    def _write(self, data: bytes, source: tuple[str, int], destination: tuple[str, int]) -> None:
        if self._capture is not None:
            now = self._stopwatch.now()
            self._capture.write(data, source=source, destination=destination, time_ns=now)

    def timers(self, now: int) -> None:
        """Let the RIC's timers run that are due at `now` on its clock."""
        if (at := self.ric.timer_at()) is not None and at <= now:
            self.ric.handle_timer(now)
            self.exchange()

    def stop(self) -> None:
        """Delete the subscriptions, let the nodes answer, and close what is written."""
        gc.enable()
        gc.unfreeze()
        self.ric.shutdown()
        self.exchange()
        self.ric.audit.close()
        if self._capture is not None:
            self._capture.close()


def step_together(run: InProcess, clock: ManualClock, now: int) -> None:
    """Lockstep: one tick of every simulation, gNB by gNB; each ends when everybody is silent."""
    clock.set(now)
    run.timers(now)
    for simulation in run.simulations:
        simulation.advance()
        for part in simulation.parts:
            for node in part.nodes:
                run.release(node)
            run.exchange()
    gc.collect(0)
