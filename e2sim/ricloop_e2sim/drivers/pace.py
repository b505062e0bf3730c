"""The wall clock as what moves a run: reports leave at their scheduled instants.

Tick k ends at instant_k = start + (k + 1)·tick, all on CLOCK_MONOTONIC. The world is stepped and the reports are
encoded `LEAD_NS` before, so that at instant_k + a node's phase there is nothing left but to write to the socket. A tick
is never skipped: one that comes late is counted, and so is every report that leaves more than a millisecond late.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from typing import Any

from ricloop_e2sim.drivers.associations import Associations
from ricloop_e2sim.drivers.driven import Driven

LEAD_NS = 20_000_000
LATE_NS = 1_000_000
SPIN_NS = 1_500_000
"""The loop's timers are good to about a millisecond: the rest is waited out in turns of the loop."""


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
