"""What a scenario is, and how it becomes layouts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop.core.ids import Cells, Cgi, GnbId, Plmn
from ricloop_e2sim.e2node.site import Split
from ricloop_e2sim.e2node.timing import spread_phases
from ricloop_e2sim.e2node.topology import topology
from ricloop_e2sim.energy.power import Power, tr38864
from ricloop_e2sim.gnb import radio
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.traffic import DayTraffic, Demand, Surge
from ricloop_e2sim.scenarios.geometry import Layer, homes, place_users, receive, site_positions

if TYPE_CHECKING:
    from ricloop_e2sim.gnb.simulation import Simulation

PLMN = Plmn("001", "01")
GNB_BITS = 22
LEAST_SINR_DB = -3.0
"""Of a user in its home cell."""

COVERAGE = Layer(700, 10)
CAPACITY = Layer(2100, 20)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A network, its users and their day. Everything random in it comes from the run's seed."""

    name: str
    title: str
    sites: int = 1
    """One gNB per site, on a spiral of hexagons 500 m apart."""
    sectors: int = 1
    split: tuple[int, ...] = ()
    """Sites whose gNB is split into a CU and a DU; the others are monolithic."""
    layers: tuple[Layer, ...] = (COVERAGE, CAPACITY)
    users_per_sector: int = 10
    demand: Demand = field(default_factory=Demand)
    power: Power = field(default_factory=lambda: tr38864(1, 2, "deep").waking_in(0.5))
    """TR 38.864's FR1 FDD 20 MHz set at 2 W per unit, and half a second to wake: the day is compressed too."""
    tick_us: int = 100_000
    seconds: float = 20.0
    """Simulated time of a run that names none."""
    use_cap: float = 0.9
    """PRB use of a coverage cell up to which the clairvoyant optimum lets its capacity cells sleep."""

    def surging(self, *surges: Surge) -> Scenario:
        """The same, with more or less demand for a while."""
        return replace(self, demand=replace(self.demand, surges=(*self.demand.surges, *surges)))

    def listed(self) -> dict[str, Any]:
        """Its row of `ricloop sim list`."""
        return {
            "name": self.name,
            "title": self.title,
            "gnbs": self.sites,
            "nodes": self.sites + len(self.split),
            "cells": self.sites * self.sectors * len(self.layers),
            "ues": self.sites * self.sectors * self.users_per_sector,
            "seconds": self.seconds,
        }

    def gnbs(self) -> tuple[str, ...]:
        return tuple(f"gnb{site + 1}" for site in range(self.sites))

    def gnb_id(self, site: int) -> GnbId:
        return GnbId(PLMN, site + 1, GNB_BITS)

    def cell_id(self, site: int, sector: int, layer: int) -> Cgi:
        """Cells of a sector are neighbours in number: 1 + sector × layers + layer under the gNB's id."""
        return Cgi(PLMN, (site + 1) << (36 - GNB_BITS) | (1 + sector * len(self.layers) + layer))

    def topology(self) -> dict[str, Any]:
        """Cells and coverage relations as the topology file's JSON."""
        sites, sectors, layers = self.sites, self.sectors, len(self.layers)
        number = np.arange(sites * sectors * layers)
        return topology(
            [name for name in self.gnbs() for _ in range(sectors * layers)],
            np.concatenate([self._cells(site) for site in range(sites)]),
            number // layers % sectors,
            np.array([layer.frequency_mhz for layer in self.layers] * (sites * sectors), dtype=np.float64),
            number // layers * layers,
        )

    def _cells(self, site: int) -> Cells:
        """[c]: packed ids of a gNB's cells, sector by sector."""
        ids = [
            self.cell_id(site, sector, number) for sector in range(self.sectors) for number in range(len(self.layers))
        ]
        return np.array([one.packed for one in ids], dtype=np.uint64)

    def layout(self, site: int, seed: np.random.SeedSequence) -> Layout:
        """One gNB's cells and users; the users' places and shadowing are drawn from `seed`."""
        places, shadows = (np.random.Generator(np.random.PCG64(s)) for s in seed.spawn(2))
        layers, users = len(self.layers), self.users_per_sector * self.sectors
        sector = np.repeat(np.arange(self.sectors), layers)
        centre = site_positions(self.sites)[site]
        position, user_sector = place_users(centre, self.sectors, self.users_per_sector, places)
        rsrp, sinr = receive(position, site, self.sites, self.sectors, self.layers, shadows)
        rate = radio.rate_per_prb(radio.spectral_efficiency(sinr))
        prbs = np.array([layer.prbs for layer in self.layers] * self.sectors, dtype=float)
        # Nobody lives where the own coverage cell does not reach.
        umbrella = np.repeat(np.arange(self.sectors) * layers, layers)
        own = (np.arange(users), user_sector * layers)
        least = float(radio.rate_per_prb(radio.spectral_efficiency(LEAST_SINR_DB)))
        rate[own] = np.maximum(rate[own], least)
        return Layout(
            name=self.gnbs()[site],
            gnb=self.gnb_id(site),
            split=Split.CU_DU if site in self.split else Split.NONE,
            cells=self._cells(site),
            titles=tuple(
                f"{self.gnbs()[site]}/s{s + 1}/{layer.frequency_mhz}"
                for s in range(self.sectors)
                for layer in self.layers
            ),
            sector=sector,
            frequency_mhz=np.array([float(layer.frequency_mhz) for layer in self.layers] * self.sectors),
            prbs=prbs,
            umbrella=umbrella,
            home=homes(rate, user_sector, prbs[:layers], least),
            rate=rate,
            rsrp_dbm=rsrp,
            sinr_db=sinr,
        )

    def simulation(self, seed: int = 0, only: str | None = None, *, seconds: float | None = None) -> Simulation:
        """A run of it. `only`: one gNB's part; every gNB draws from a stream of its own, so that is the same alone.

        Raises ConfigError for a gNB that there is not.
        """
        # Whoever only asks what a scenario is has no use for what plays it: E2 sessions and all.
        from ricloop_e2sim.gnb.part import Part
        from ricloop_e2sim.gnb.simulation import Simulation

        names = self.gnbs()
        if only is not None and only not in names:
            raise ConfigError(
                f"scenario {self.name} has no gNB {only!r}.{nearest(only, names)} It has: {', '.join(names)}"
            )
        streams = np.random.SeedSequence(seed).spawn(len(names))
        parts, nodes = [], []
        for site, (name, stream) in enumerate(zip(names, streams, strict=True)):
            nodes.append((name, 2 if site in self.split else 1))
            if only is None or name == only:
                places, traffic = stream.spawn(2)
                layout = self.layout(site, places)
                source = DayTraffic(layout, self.demand, traffic)
                parts.append(Part(layout, self.power, Rules(), source, self.tick_us))
        length = self.seconds if seconds is None else seconds
        return Simulation(
            parts,
            title=self.title,
            tick_us=self.tick_us,
            ticks=max(1, round(length * 1e6 / self.tick_us)),
            use_cap=self.use_cap,
            phases_us=spread_phases(nodes, self.tick_us),
        )
