"""A run of the simulated network: worlds, twins and E2 nodes of one scenario, moved tick by tick.

Synchronous, without sockets or clocks: a driver (`drivers.pace`, `drivers.harness`, a test) calls `advance`, lets each
node release its frames when it is their time, moves the bytes, and hands it its session's events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ricloop_e2sim.e2node.identity import roles
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.timing import EPOCH_NS, spread_phases
from ricloop_e2sim.gnb.part import Part
from ricloop_e2sim.gnb.result import combine
from ricloop_e2sim.linkfaults.messages import LinkFaults


class Simulation:
    """One scenario, or the part of it that one gNB owns."""

    def __init__(
        self,
        parts: Sequence[Part],
        *,
        title: str,
        tick_us: int,
        ticks: int,
        use_cap: float | None = 0.9,
        epoch_ns: int = EPOCH_NS,
        stretch: bool = False,
        phases_us: dict[str, tuple[int, ...]] | None = None,
    ) -> None:
        """`phases_us`: per gNB, each node's moment after the end of a tick; spread where not given."""
        self.parts, self.title, self.tick_us, self.ticks = tuple(parts), title, tick_us, ticks
        self.done_ticks = 0
        self._use_cap = use_cap
        phases = phases_us or spread_phases([(p.layout.name, len(roles(p.layout))) for p in parts], tick_us)
        for part in parts:
            part.nodes = [
                SimNode(part.world, role, phase_us=phase, epoch_ns=epoch_ns, stretch=stretch)
                for role, phase in zip(roles(part.layout), phases[part.layout.name], strict=True)
            ]
        self.nodes: list[SimNode] = [node for part in parts for node in part.nodes]
        self.faults: Mapping[str, LinkFaults] = {}
        """Its links lose nothing."""

    # ------------------------------------------------------------------------------------------------ running

    @property
    def time_us(self) -> int:
        """Simulated time so far."""
        return self.done_ticks * self.tick_us

    @property
    def done(self) -> bool:
        return self.done_ticks >= self.ticks

    def advance(self) -> None:
        """One tick: queued controls, traffic, scheduling, power, counters; then encode what each node has to report."""
        for part in self.parts:
            part.step()
        self.done_ticks += 1
        for node in self.nodes:
            node.prepare()

    # ------------------------------------------------------------------------------------------------ looking

    def status(self) -> dict[str, Any]:
        """The last tick over all cells, JSON-able."""
        rows = [part.status() for part in self.parts]
        return {
            "time_us": self.time_us,
            "asleep": sum(row["asleep"] for row in rows),
            "power_w": sum(row["power_w"] for row in rows),
            "baseline_power_w": sum(row["baseline_power_w"] for row in rows),
            "table": [cell for row in rows for cell in row["table"]],
        }

    def gnb_results(self) -> list[dict[str, Any]]:
        """One result per gNB; `result.combine` adds them up, whichever processes they come from."""
        return [part.result(self._use_cap) for part in self.parts]

    def result(self) -> dict[str, Any]:
        """The whole run, JSON-able."""
        refusals: dict[str, int] = {}
        for node in self.nodes:
            for reason, count in node.refusals.items():
                refusals[f"{node.name}: {reason}"] = count
        return combine(self.gnb_results()) | {
            "title": self.title,
            "use_cap": self._use_cap,
            "assumptions": self.assumptions(),
            "refused_controls": refusals,
            "indications_dropped": sum(node.dropped for node in self.nodes),
        }

    def assumptions(self) -> list[str]:
        """What the numbers rest on."""
        power = self.parts[0].world.power
        return [
            f"power model {power.name}: idle {power.idle_w:g} W, asleep {power.sleep_w:g} W, "
            f"full {power.idle_w + power.slope_w:g} W",
            f"waking takes {power.up_us / 1e6:g} s at idle power without service; "
            f"a sleep costs {power.transition_j:g} J beside",
        ]
