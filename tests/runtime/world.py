"""A simulated network and a RIC in one process, joined by the real codec; time moves tick by tick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ricloop import XApp
from ricloop.core.time import ManualClock
from ricloop.decide.topology import Topology
from ricloop.runtime.books.audit import SCHEMA
from ricloop.runtime.nodes.association import Association
from ricloop.runtime.ric import NearRtRic
from ricloop_e2sim.drivers.driven import Driven
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.scenarios import find

SCENARIO = "three-sites"
TICK_NS = find(SCENARIO).tick_us * 1000


class World:
    """One gNB (`gnb`) of a scenario, or all of them (None), or another simulation; and a RIC with these xApps."""

    def __init__(
        self,
        *xapps: XApp[Any],
        gnb: str | None = "gnb1",
        topology: Topology | None = None,
        simulation: Driven | None = None,
        **options: Any,
    ) -> None:
        self.clock, self.audit = ManualClock(), AuditList()
        plan = topology or Topology.of(find(SCENARIO).topology(), "scenario")
        # A stopwatch of its own: turns are taken when everything has arrived, as in lockstep.
        options = {"stopwatch": ManualClock(), "audit": self.audit, **options}
        self.ric = NearRtRic(xapps, clock=self.clock, topology=plan, **options)
        self.simulation: Any = simulation or find(SCENARIO).simulation(1, gnb, seconds=60)
        self.pairs: dict[SimNode, Association] = {}
        for node in self.simulation.nodes:
            self.connect(node)

    def connect(self, node: SimNode) -> None:
        self.pairs[node] = self.ric.attach(f"memory://{node.name}")
        node.renew().connect(self.clock.now())
        self.exchange()

    def disconnect(self, node: SimNode) -> None:
        association = self.pairs.pop(node)
        node.session.connection_lost("cut", self.clock.now())
        for event in node.session.events():
            node.handle(event, self.clock.now())
        association.connection_lost("cut")
        self.ric.turn()

    def step(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.clock.set((self.simulation.time_us + self.simulation.tick_us) * 1000)
            self.ric.handle_timer(self.clock.now())
            self.simulation.advance()
            for node in self.simulation.nodes:
                node.release()
            self.exchange()

    def exchange(self) -> None:
        moving = True
        while moving:
            moving = False
            for node, association in self.pairs.items():
                moving |= shuttle(node, association, self.clock.now())
            moving |= bool(self.ric.turn())
        self.ric.lifecycle.spare()

    def decisions(self) -> list[dict[str, Any]]:
        return [record for record in self.audit.records if record["kind"] == "decision"]

    def outcomes(self) -> list[str]:
        return [record["state"] for record in self.audit.records if record["kind"] == "outcome"]


def shuttle(node: SimNode, association: Association, now: int) -> bool:
    moved = False
    for data in node.session.data_to_send():
        association.receive(data)
        moved = True
    for data in association.data_to_send():
        node.session.receive(data, now)
        moved = True
    for event in node.session.events():
        node.handle(event, now)
        moved = True
    return moved


class AuditList:
    """Records in a list."""

    dropped = 0
    full = False

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []

    def record(self, kind: str, fields: Mapping[str, Any]) -> None:
        self.records.append({"schema": SCHEMA, "kind": kind, **fields})

    def flush(self) -> None:
        """They are there already."""

    def close(self) -> None:
        """Nothing is open."""
