"""One run of a network: its digest, its KPIs and its result."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.energy.cellstate import CellState
from ricloop_e2sim.energy.power import J_PER_KWH
from ricloop_e2sim.network.kpis import kpis, slices
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.totals import CellTotal
from ricloop_e2sim.network.world import NetworkWorld


class NetworkRun:
    """A world on its way through a scenario's time."""

    def __init__(
        self, scenario: NetworkScenario, seed: int, seconds: float | None = None, device: str | None = None
    ) -> None:
        """Raises ConfigError for a scenario whose parts do not fit together, and for a device that is not there."""
        self.scenario, self.seed = scenario, seed
        self.world: NetworkWorld = scenario.world(seed, device)
        self.done_ticks = 0
        self._rows: Floats = np.zeros((9, self.world.deployment.cell_count))
        self.until(scenario.seconds if seconds is None else seconds)
        self._chain = ""
        """Digest of every tick so far and of the one before, in hexadecimal: plain data, which can be kept."""

    def until(self, seconds: float) -> None:
        """End at this simulated time. Raises ConfigError where the run is beyond it."""
        ticks = max(1, round(seconds * 1e6 / self.scenario.tick_us))
        if ticks < self.done_ticks:
            raise ConfigError(f"an end at {seconds:g} s: the run is at {self.time_us / 1e6:g} s already; give more")
        self.ticks = ticks

    @property
    def done(self) -> bool:
        return self.done_ticks >= self.ticks

    @property
    def time_us(self) -> int:
        return self.world.time_us

    @property
    def tick_us(self) -> int:
        return self.world.tick_us

    @property
    def title(self) -> str:
        return self.scenario.title

    def advance(self) -> None:
        """One tick."""
        self.world.step()
        self.done_ticks += 1
        self._write_digest()

    def _write_digest(self) -> None:
        """Values are rounded first: the last bits of sums differ between processors."""
        world = self.world
        rows = self._rows
        np.multiply(world.use, 1e6, out=rows[0])
        np.multiply(world.power_w, 1e3, out=rows[1])
        rows[2] = world.totals.cell[CellTotal.BITS]
        rows[3] = world.totals.cell[CellTotal.LOST_BITS]
        rows[4] = world.inside
        rows[5] = world.availability.energy.state
        np.multiply(world.uses[1], 1e6, out=rows[6])
        rows[7] = world.totals.cell_up[CellTotal.BITS]
        rows[8] = world.totals.cell_up[CellTotal.LOST_BITS]
        told = np.rint(rows).astype("<i8").tobytes()
        self._chain = hashlib.sha256(self._chain.encode() + told).hexdigest()

    @property
    def digest(self) -> str:
        """SHA-256 over the rounded KPIs of every tick so far, and the counters of connections, handovers and links."""
        return hashlib.sha256(self._chain.encode() + self.world.totals.rrc.astype("<i8").tobytes()).hexdigest()

    def status(self) -> dict[str, Any]:
        """The last tick over all cells, JSON-able."""
        world = self.world
        connected = world.connected()
        dark, locked = world.impairments.dark, world.availability.administration.locked
        return {
            "time_us": world.time_us,
            "asleep": int((world.availability.energy.state == CellState.ASLEEP).sum()),
            "power_w": float(world.power_w.sum()),
            "table": [
                {
                    "cell": title,
                    "state": "dark"
                    if dark[cell]
                    else "locked"
                    if locked[cell]
                    else CellState(int(world.availability.energy.state[cell])).name.lower(),
                    "prb_percent": 100 * float(world.use[cell]),
                    "users": int(connected[cell]),
                    "power_w": float(world.power_w[cell]),
                }
                for cell, title in enumerate(world.deployment.titles)
            ],
        }

    def result(self) -> dict[str, Any]:
        """JSON-able: sizes, `digest`, `energy_kwh`, `kpis`, `slices`, `truth`."""
        world, scenario = self.world, self.scenario
        return {
            "schema": 1,
            "scenario": scenario.name,
            "title": scenario.title,
            "seed": self.seed,
            "cells": world.deployment.cell_count,
            "ues": world.population.count,
            "steps": self.done_ticks,
            "seconds": world.time_us / 1e6,
            "digest": self.digest,
            "energy_kwh": float(world.totals.cell[CellTotal.ENERGY_J].sum()) / J_PER_KWH,
            "kpis": kpis(world),
            "slices": slices(world),
            "truth": scenario.truth(),
        }
