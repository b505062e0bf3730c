"""A run of a whole network with its E2 nodes, moved tick by tick by whoever drives it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ricloop.core.errors import ConfigError, nearest
from ricloop.core.ids import Cgi
from ricloop_e2sim.e2node.identity import MOST_NODES, roles
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.timing import EPOCH_NS, spread_phases
from ricloop_e2sim.energy.power import J_PER_KWH
from ricloop_e2sim.linkfaults.messages import LinkFaults
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.totals import CellTotal
from ricloop_e2sim.network.view import GnbView
from ricloop_e2sim.network.watch import Watch


class NetworkSimulation:
    """A scenario's world, its gNBs' E2 nodes and, on demand, the uncontrolled twin of the world."""

    def __init__(
        self,
        scenario: NetworkScenario,
        seed: int = 0,
        only: str | None = None,
        *,
        seconds: float | None = None,
        twin: bool = False,
        epoch_ns: int = EPOCH_NS,
        stretch: bool = False,
        device: str | None = None,
    ) -> None:
        """`only`: the gNB that has E2 nodes; the others' cells and users are there all the same. `twin`: the same
        network is run without controls beside, at the same cost, for what the controls saved. `epoch_ns`: Unix time of
        the start. `stretch`: report periods are stretched to whole ticks. `device`: one of `arrays.arrays`.

        Raises ConfigError for a scenario whose parts do not fit together, and for a gNB or a device that is not there.
        """
        self.title, self.tick_us, self.scenario = scenario.title, scenario.tick_us, scenario
        self.run = NetworkRun(scenario, seed, seconds, device)
        self.twin = NetworkRun(scenario, seed, seconds, device) if twin else None
        self.world = self.run.world
        self._watch = Watch(self.world)
        names = self.world.deployment.names
        if only is not None and only not in names:
            raise ConfigError(
                f"scenario {scenario.name} has no gNB {only!r}.{nearest(only, names)} It has: {', '.join(names)}"
            )
        self.gnbs = tuple(GnbView(self._watch, number) for number in range(len(names)))
        phases = spread_phases([(view.layout.name, len(roles(view.layout))) for view in self.gnbs], self.tick_us)
        self.nodes: list[SimNode] = [
            SimNode(view, role, phase_us=phase, epoch_ns=epoch_ns, stretch=stretch, dialect=spoken)
            for view, spoken in zip(self.gnbs, self.world.deployment.dialects, strict=True)
            if only in (None, view.layout.name)
            for role, phase in zip(roles(view.layout), phases[view.layout.name], strict=True)
        ]
        self.faults = self._faults(seed)
        """Of the links of nodes, by their names; none where the scenario plans none."""

    def _faults(self, seed: int) -> dict[str, LinkFaults]:
        if not (self.scenario.faults or self.scenario.associations):
            return {}
        parts = [self.scenario.links(seed, part) for part in range(MOST_NODES)]
        seen: Counter[str] = Counter()
        found = {}
        for node in self.nodes:
            number = self.world.deployment.names.index(node.gnb)
            found[node.name] = parts[seen[node.gnb]][number]
            seen[node.gnb] += 1
        return found

    # -------------------------------------------------------------------------------------------------- running

    @property
    def ticks(self) -> int:
        return self.run.ticks

    @property
    def done_ticks(self) -> int:
        return self.run.done_ticks

    @property
    def time_us(self) -> int:
        return self.run.time_us

    @property
    def done(self) -> bool:
        return self.run.done

    def advance(self) -> None:
        """One tick of the world, and of its twin; then encode what each node has to report."""
        self.run.advance()
        if self.twin is not None:
            self.twin.advance()
        self._watch.tick()
        for node in self.nodes:
            node.prepare()

    # -------------------------------------------------------------------------------------------------- looking

    def status(self) -> dict[str, Any]:
        """The last tick over all cells, JSON-able; `baseline_power_w` where there is a twin."""
        status = self.run.status() | {"table": self.table()}
        if self.twin is not None:
            status["baseline_power_w"] = round(float(self.twin.world.power_w.sum()), 3)
        return status

    def table(self) -> list[dict[str, Any]]:
        """One row per cell: the last tick, and the run's totals."""
        world, where, total = self.world, self.world.deployment, self.world.totals.cell
        seconds = max(world.time_us, 1) / 1e6
        return [
            row
            | {
                "cgi": str(Cgi.unpack(where.cells[cell])),
                "gnb": where.names[where.gnb[cell]],
                "sector": int(where.sector[cell]) + 1,
                "frequency_mhz": float(where.frequency_mhz[cell]),
                "energy_kwh": float(total[CellTotal.ENERGY_J, cell]) / J_PER_KWH,
                "asleep_percent": 100 * float(total[CellTotal.ASLEEP_S, cell]) / seconds,
                "sleeps": int(total[CellTotal.SLEEPS, cell]),
                "lost_bits": round(float(total[CellTotal.LOST_BITS, cell])),
            }
            for cell, row in enumerate(self.run.status()["table"])
        ]

    def result(self) -> dict[str, Any]:
        """As `NetworkRun.result`, with what the nodes refused and dropped, and what the twin spent."""
        refusals = {f"{node.name}: {reason}": count for node in self.nodes for reason, count in node.refusals.items()}
        return {
            **self.run.result(),
            "nodes": [node.name for node in self.nodes],
            "refused_controls": refusals,
            "link_faults": dict(sorted(sum((one.counters for one in self.faults.values()), Counter()).items())),
            "indications_dropped": sum(node.dropped for node in self.nodes),
            "table": self.table(),
            **self._saving(),
        }

    def _saving(self) -> dict[str, Any]:
        """Counted at equal served traffic: what is lost beyond the twin's loss is charged at its energy per bit."""
        if self.twin is None:
            return {}
        now, before = (run.world.totals.cell.sum(axis=1) for run in (self.run, self.twin))
        lost = float(now[CellTotal.LOST_BITS] - before[CellTotal.LOST_BITS])
        spent, served = float(before[CellTotal.ENERGY_J]), float(before[CellTotal.BITS])
        charged = lost * spent / served if served else 0.0
        saved = spent - float(now[CellTotal.ENERGY_J]) - charged
        return {
            "energy_baseline_kwh": spent / J_PER_KWH,
            "charged_kwh": charged / J_PER_KWH,
            "energy_saved_percent": 100 * saved / spent if spent else 0.0,
        }
