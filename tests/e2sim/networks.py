"""Small networks for tests."""

from __future__ import annotations

from dataclasses import replace

from ricloop_e2sim.channel.plan import Settings
from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.world import NetworkRules

TOWN = NetworkScenario(
    name="town",
    title="three sites and forty users",
    groups=(
        Group(20, "web", "streets", hours="always"),
        Group(10, "ftp3-im", "waypoint", speed_kmh=60, hours="always"),
        Group(10, "voip", "static", hours="always", indoor=0.5),
    ),
    deployment=Hexagons(sites=3),
    seconds=10.0,
)

APART = ((0.0, 0.0), (500.0, 0.0), (0.0, 500.0), (500.0, 500.0))
TWO_TOWNS = NetworkScenario(
    name="two-towns",
    title="two towns of four sites, 30 km apart, that no user of the other hears",
    groups=(
        Group(24, "full-buffer", "static", hours="always", disc=(250.0, 250.0, 400.0)),
        Group(24, "full-buffer", "static", hours="always", disc=(30_250.0, 250.0, 400.0)),
        Group(12, "ftp3-im", "waypoint", speed_kmh=60, hours="always", disc=(250.0, 250.0, 400.0)),
        Group(12, "ftp3-im", "waypoint", speed_kmh=60, hours="always", disc=(30_250.0, 250.0, 400.0)),
    ),
    deployment=Hexagons(
        sites=8,
        layers=(Layer(700, 10), Layer(2100, 20, preference_db=12.0)),
        points=(*APART, *((x + 30_000.0, y) for x, y in APART)),
    ),
    rules=NetworkRules(channel=Settings(near_sites=4)),
)
"""Cells 0..23 are of the first town, the others of the second."""


def still(scenario: NetworkScenario) -> NetworkScenario:
    """The same, with everyone where the first tick finds them."""
    return replace(scenario, groups=tuple(replace(group, moves="static", line=()) for group in scenario.groups))
