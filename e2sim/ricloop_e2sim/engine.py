"""A run of the simulated network: worlds, twins and E2 nodes of one scenario, moved tick by tick.

Synchronous, without sockets or clocks: a driver (`realtime`, `harness`, a test) calls `advance`, releases each node's
frames when it is their time, moves the bytes, and hands over the sessions' events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop.session.events import NodeEvent
from ricloop_e2sim.faults import LinkFaults
from ricloop_e2sim.frames import ReadyFrame
from ricloop_e2sim.identity import roles
from ricloop_e2sim.node import SimNode
from ricloop_e2sim.part import Part
from ricloop_e2sim.result import combine
from ricloop_e2sim.scenarios import find
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_e2sim.traffic import DayTraffic
from ricloop_e2sim.world import Rules

EPOCH_NS = 1_767_225_600_000_000_000
"""2026-01-01 00:00 UTC: when a world begins, unless its driver says otherwise."""


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

    @classmethod
    def build(
        cls, scenario_name: str, seed: int = 0, only: str | None = None, *, seconds: float | None = None
    ) -> Simulation:
        """A scenario by name. `only`: one gNB's part of it. Raises ConfigError naming the nearest known name."""
        return cls.of(find(scenario_name), seed, only, seconds=seconds)

    @classmethod
    def of(cls, plan: Scenario, seed: int = 0, only: str | None = None, *, seconds: float | None = None) -> Simulation:
        """A scenario as a value. Every gNB draws from a stream of its own, so its part does not depend on `only`."""
        names = plan.gnbs()
        if only is not None and only not in names:
            raise ConfigError(
                f"scenario {plan.name} has no gNB {only!r}.{nearest(only, names)} It has: {', '.join(names)}"
            )
        streams = np.random.SeedSequence(seed).spawn(len(names))
        parts, nodes = [], []
        for site, (name, stream) in enumerate(zip(names, streams, strict=True)):
            nodes.append((name, 2 if site in plan.split else 1))
            if only is None or name == only:
                places, traffic = stream.spawn(2)
                layout = plan.layout(site, places)
                source = DayTraffic(layout, plan.demand, traffic)
                parts.append(Part(layout, plan.power, Rules(), source, plan.tick_us))
        length = plan.seconds if seconds is None else seconds
        return cls(
            parts,
            title=plan.title,
            tick_us=plan.tick_us,
            ticks=max(1, round(length * 1e6 / plan.tick_us)),
            use_cap=plan.use_cap,
            phases_us=spread_phases(nodes, plan.tick_us),
        )

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

    def release(self, node: SimNode) -> Sequence[ReadyFrame]:
        """Hand a node's ready frames to its session, at the node's time. Returns those that it took."""
        return node.release()

    def handle(self, node: SimNode, event: NodeEvent, now: int) -> None:
        """Answer one event of a node's session; `now` is the driver's clock in ns."""
        node.handle(event, now)

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
            f"full {power.idle_w + power.step_w + power.slope_w:g} W",
            f"waking takes {power.up_us / 1e6:g} s at idle power without service; "
            f"a sleep costs {power.transition_j:g} J beside",
        ]


REPORTING_SHARE = 0.6
"""Of a tick in which reports leave. The rest belongs to the answers, and to preparing the next tick."""


def spread_phases(nodes: Sequence[tuple[str, int]], tick_us: int) -> dict[str, tuple[int, ...]]:
    """Nodes do not report at one instant: their phases are spread over the tick, in the order of the gNBs."""
    total = sum(count for _, count in nodes)
    phases: dict[str, tuple[int, ...]] = {}
    number = 0
    for name, count in nodes:
        phases[name] = tuple(round((number + i) * tick_us * REPORTING_SHARE / total) for i in range(count))
        number += count
    return phases
