"""What a scenario of a whole network is, and how it becomes a world."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.arithmetic.devices import arrays
from ricloop_e2sim.e2node.topology import topology
from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.linkfaults.association import AssociationFault
from ricloop_e2sim.linkfaults.messages import LinkFault, LinkFaults
from ricloop_e2sim.network.deployment import deploy
from ricloop_e2sim.network.hexagons import Hexagons
from ricloop_e2sim.network.impairments import Impairment, Impairments
from ricloop_e2sim.network.population import Group, Population
from ricloop_e2sim.network.slicing import Slice, Slicing
from ricloop_e2sim.network.world import NetworkRules, NetworkWorld

LEAST_S, MOST_S = 0.1, 1e6
"""Simulated time of a run."""


@dataclass(frozen=True, slots=True)
class NetworkScenario:
    """A network, its users, their day and what goes wrong. Everything random in it comes from the run's seed."""

    name: str
    title: str
    groups: tuple[Group, ...]
    deployment: Hexagons = field(default_factory=Hexagons)
    slices: tuple[Slice, ...] = (Slice(),)
    impairments: tuple[Impairment, ...] = ()
    faults: tuple[LinkFault, ...] = ()
    """Of the E2 links' messages; the network itself does not notice them."""
    associations: tuple[AssociationFault, ...] = ()
    """Faults of the E2 associations."""
    calendar: Calendar = field(default_factory=Calendar)
    rules: NetworkRules = field(default_factory=NetworkRules)
    tick_us: int = 100_000
    seconds: float = 60.0
    """Simulated time of a run that names none."""

    def __post_init__(self) -> None:
        if not LEAST_S <= self.seconds <= MOST_S:
            raise ConfigError(f"seconds: a run of {self.seconds:g} s; give {LEAST_S:g} to {MOST_S:.0f}")

    @property
    def users(self) -> int:
        return sum(group.users for group in self.groups)

    @property
    def cells(self) -> int:
        return self.deployment.cells

    def listed(self) -> dict[str, Any]:
        """Its row of `ricloop sim list`."""
        return {
            "name": self.name,
            "title": self.title,
            "gnbs": self.deployment.sites,
            "nodes": self.deployment.nodes,
            "cells": self.cells,
            "ues": self.users,
            "seconds": self.seconds,
            "anomalies": len(self.impairments),
        }

    def world(self, seed: int, device: str | None = None) -> NetworkWorld:
        """Its arithmetic of users × cells on a device of `arrays.arrays`; None: in numpy.

        Raises ConfigError for parts that do not fit together, and a device that is not there.
        """
        xp = arrays(device)
        population, world, _ = np.random.SeedSequence(seed).spawn(3)
        where = deploy(self.deployment)
        return NetworkWorld(
            where,
            Population(self.groups, where.area, self.calendar, len(self.slices), population),
            Impairments(self.impairments, where, len(self.slices)),
            Slicing(self.slices, where.cell_count),
            self.rules,
            self.tick_us,
            world,
            xp,
        )

    def links(self, seed: int, part: int = 0) -> list[LinkFaults]:
        """[gNBs]: the faults of each one's E2 link, from a stream of their own; parts count the nodes of a split gNB.

        Raises ConfigError for the link of a gNB that there is not.
        """
        names = deploy(self.deployment).names
        planned: tuple[LinkFault | AssociationFault, ...] = (*self.faults, *self.associations)
        for fault in planned:
            if fault.gnb and fault.gnb not in names:
                raise ConfigError(f"{fault.kind} at {fault.gnb!r}: there is no such gNB.{nearest(fault.gnb, names)}")
        *_, faults = np.random.SeedSequence(seed).spawn(3)[-1].spawn(part + 1)
        return [
            LinkFaults(self.faults, name, self.tick_us, stream, self.associations)
            for name, stream in zip(names, faults.spawn(len(names)), strict=True)
        ]

    def scaled(self, sites: int | None = None, users: int | None = None) -> NetworkScenario:
        """The same with another number of sites, or of users: shared among the groups as before.

        Raises ConfigError where an anomaly would be left without its cell, or a site without a place.
        """
        groups = self.groups
        if users is not None:
            if users < len(groups):
                raise ConfigError(f"{users} users for {len(groups)} groups: give at least one each")
            groups = tuple(
                replace(group, users=count) for group, count in zip(groups, self._shares(users), strict=True)
            )
        where = self.deployment if sites is None else self.deployment.of(sites)
        scenario = replace(self, groups=groups, deployment=where)
        try:
            Impairments(self.impairments, deploy(where), len(self.slices))
        except ConfigError as error:
            raise ConfigError(f"{self.name} with {where.sites} sites: {error}") from None
        return scenario

    def _shares(self, users: int) -> list[int]:
        weights = np.array([group.users for group in self.groups], dtype=np.float64)
        parts = 1 + weights / weights.sum() * (users - len(weights))
        counts = np.floor(parts).astype(int)
        short = users - int(counts.sum())
        for place in np.argsort(counts - parts, kind="stable")[:short]:
            counts[place] += 1
        return [int(count) for count in counts]

    def truth(self) -> list[dict[str, Any]]:
        """Every anomaly and planned fault of a link: `kind`, `entity`, `start`, `end`."""
        wrong: tuple[Impairment | LinkFault | AssociationFault, ...] = (
            *self.impairments,
            *self.faults,
            *self.associations,
        )
        return [one.truth() for one in wrong]

    def topology(self) -> dict[str, Any]:
        """Cells and coverage relations (NRCellRelation.isESCoveredBy, TS 28.541) as the topology file's JSON."""
        where = deploy(self.deployment)
        gnbs = [where.names[number] for number in where.gnb]
        return topology(gnbs, where.cells, where.sector, where.frequency_mhz, where.umbrella)
