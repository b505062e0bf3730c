"""One gNB's part of a run: its world, the uncontrolled twin that the saving is counted against, and its E2 nodes."""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

import numpy as np

from ricloop.core.ids import Cgi
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.energy.cellstate import CellState
from ricloop_e2sim.energy.power import J_PER_KWH, Power
from ricloop_e2sim.gnb.counters import CellCounter
from ricloop_e2sim.gnb.demandlog import DemandLog
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.optimum import clairvoyant
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.world import World


class Traffic(Protocol):
    """Where a part's load comes from."""

    def next(self, time_us: int, tick_us: int) -> Load:
        """The load of the tick that starts at `time_us`; ticks are asked for in order."""


class Part:
    """One gNB. `nodes` is one E2 node for a monolithic gNB, CU and DU for a split one."""

    def __init__(self, layout: Layout, power: Power, rules: Rules, traffic: Traffic, tick_us: int) -> None:
        self.layout = layout
        self.world = World(layout, power, rules, tick_us)
        self.baseline = World(layout, power, rules, tick_us)
        self.nodes: list[SimNode] = []
        """Filled by the simulation, which knows the phases."""
        self._traffic = traffic
        self._log = DemandLog(layout, tick_us)
        self._digest = hashlib.sha256()

    def forgo_optimum(self) -> None:
        """Record nothing for the clairvoyant optimum, which this run then does not have."""
        self._log.close()

    def step(self) -> None:
        """One tick of the world and of its twin, with the same traffic."""
        load = self._traffic.next(self.world.time_us, self.world.tick_us)
        self._log.add(load)
        self.world.step(load)
        self.baseline.step(load)
        self._write_digest()

    def _write_digest(self) -> None:
        """Values are rounded first: the last bits of sums differ between processors."""
        world = self.world
        for values, scale in (
            (world.use, 1e6),
            (world.power_w, 1e3),
            (world.totals[CellCounter.BITS], 1.0),
            (world.totals[CellCounter.LOST_BITS], 1.0),
            (world.connected(), 1.0),
            (world.cells.state, 1.0),
        ):
            self._digest.update(np.rint(values * scale).astype("<i8").tobytes())

    @property
    def digest(self) -> str:
        """SHA-256 over the rounded KPIs of every tick so far."""
        return self._digest.hexdigest()

    def status(self) -> dict[str, Any]:
        """The last tick, as JSON-able values."""
        return {
            "asleep": int((self.world.cells.state == CellState.ASLEEP).sum()),
            "power_w": round(float(self.world.power_w.sum()), 3),
            "baseline_power_w": round(float(self.baseline.power_w.sum()), 3),
            "table": self.table(),
        }

    def table(self) -> list[dict[str, Any]]:
        """One row per cell: the last tick, and the run's totals."""
        world, layout = self.world, self.layout
        connected, seconds = world.connected(), max(world.time_us, 1) / 1e6
        return [
            {
                "cell": layout.titles[cell],
                "cgi": str(Cgi.unpack(layout.cells[cell])),
                "gnb": layout.name,
                "sector": int(layout.sector[cell]) + 1,
                "frequency_mhz": float(layout.frequency_mhz[cell]),
                "state": CellState(int(world.cells.state[cell])).name.lower(),
                "prb_percent": round(100 * float(world.use[cell]), 3),
                "users": int(connected[cell]),
                "power_w": round(float(world.power_w[cell]), 3),
                "energy_kwh": round(float(world.totals[CellCounter.ENERGY_J, cell]) / J_PER_KWH, 9),
                "baseline_kwh": round(float(self.baseline.totals[CellCounter.ENERGY_J, cell]) / J_PER_KWH, 9),
                "asleep_percent": round(100 * float(world.totals[CellCounter.ASLEEP_S, cell]) / seconds, 3),
                "sleeps": int(world.totals[CellCounter.SLEEPS, cell]),
                "lost_bits": round(float(world.totals[CellCounter.LOST_BITS, cell])),
            }
            for cell in range(layout.cell_count)
        ]

    def result(self, use_cap: float | None) -> dict[str, Any]:
        """What became of this gNB, in sums that add up over gNBs (see `result.summarise`)."""
        totals, before = self.world.totals, self.baseline.totals
        energy, baseline = (float(t[CellCounter.ENERGY_J].sum()) for t in (totals, before))
        served, baseline_served = (float(t[CellCounter.BITS].sum()) for t in (totals, before))
        lost, baseline_lost = (float(t[CellCounter.LOST_BITS].sum()) for t in (totals, before))
        per_bit = baseline / baseline_served if baseline_served else 0.0
        best: dict[str, Any] = {"clairvoyant_kwh": None}
        if self._log.complete and self.world.time_us:
            plan = clairvoyant(self._log.demand(), self.world.power, per_bit, use_cap)
            # The plan's saving, taken off the baseline as it was simulated: the plan knows no buffers.
            best = {
                "clairvoyant_kwh": baseline * (1 - plan.saved_percent / 100) / J_PER_KWH,
                "clairvoyant_asleep_percent": 100 * float(plan.asleep.mean()),
            }
        seconds = self.world.time_us / 1e6
        return {
            "gnb": self.layout.name,
            "nodes": [node.name for node in self.nodes],
            "cells": self.layout.cell_count,
            "ues": self.layout.user_count,
            "seconds": seconds,
            "power_model": self.world.power.name,
            "energy_kwh": energy / J_PER_KWH,
            "energy_baseline_kwh": baseline / J_PER_KWH,
            "charged_kwh": (lost - baseline_lost) * per_bit / J_PER_KWH,
            "offered_bits": float(totals[CellCounter.OFFERED_BITS].sum()),
            "served_bits": served,
            "lost_bits": lost,
            "baseline_served_bits": baseline_served,
            "baseline_lost_bits": baseline_lost,
            "transitions": int(totals[CellCounter.SLEEPS].sum() + totals[CellCounter.WAKES].sum()),
            "transition_kwh": float(totals[CellCounter.SLEEPS].sum()) * self.world.power.transition_j / J_PER_KWH,
            "failures": int(totals[CellCounter.FAILURES].sum()),
            "handovers": int(totals[CellCounter.HANDOVERS_DONE].sum()),
            "asleep_percent": 100
            * float(totals[CellCounter.ASLEEP_S].sum())
            / max(seconds * self.layout.cell_count, 1e-9),
            "uncovered_cell_seconds": self.world.uncovered_s,
            "digest": self.digest,
            "table": self.table(),
            **best,
        }
