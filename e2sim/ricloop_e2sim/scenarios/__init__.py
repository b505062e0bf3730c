"""The scenarios by name. A new one is a file here and an entry in `SCENARIOS`, or in `NETWORKS` for a whole network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.scenarios.backhaul_congestion import BACKHAUL_CONGESTION
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_e2sim.scenarios.blackout import BLACKOUT
from ricloop_e2sim.scenarios.dense_urban_day import DENSE_URBAN_DAY
from ricloop_e2sim.scenarios.highway import HIGHWAY
from ricloop_e2sim.scenarios.indoor_hotspot import INDOOR_HOTSPOT
from ricloop_e2sim.scenarios.interference import INTERFERENCE
from ricloop_e2sim.scenarios.lossy_e2 import LOSSY_E2
from ricloop_e2sim.scenarios.mixed_vendor import MIXED_VENDOR
from ricloop_e2sim.scenarios.night_sleep import NIGHT_SLEEP
from ricloop_e2sim.scenarios.office import OFFICE
from ricloop_e2sim.scenarios.quiet_night import QUIET_NIGHT
from ricloop_e2sim.scenarios.single import SINGLE
from ricloop_e2sim.scenarios.sleeping_cell import SLEEPING_CELL
from ricloop_e2sim.scenarios.slice_sla import SLICE_SLA
from ricloop_e2sim.scenarios.stadium import STADIUM
from ricloop_e2sim.scenarios.three_sites import THREE_SITES

SCENARIOS: dict[str, Scenario] = {s.name: s for s in (THREE_SITES, SINGLE, NIGHT_SLEEP, OFFICE)}
NETWORKS: dict[str, NetworkScenario] = {
    s.name: s
    for s in (
        QUIET_NIGHT,
        DENSE_URBAN_DAY,
        STADIUM,
        HIGHWAY,
        INDOOR_HOTSPOT,
        SLEEPING_CELL,
        INTERFERENCE,
        BACKHAUL_CONGESTION,
        SLICE_SLA,
        LOSSY_E2,
        MIXED_VENDOR,
        BLACKOUT,
    )
}
DEFAULT = THREE_SITES.name
Kind = TypeVar("Kind")


def find(name: str) -> Scenario:
    """The scenario of that name. Raises ConfigError naming the nearest one."""
    if name in NETWORKS:
        raise ConfigError(
            f"scenario {name!r} is a whole network, and this takes those of single gNBs: {', '.join(SCENARIOS)}. Give "
            f"a network a RIC and xApps with `ricloop ric`, and `ricloop sim run {name} --connect`"
        )
    return _of(name, SCENARIOS)


def find_network(name: str) -> NetworkScenario:
    """The scenario of a whole network of that name. Raises ConfigError naming the nearest one."""
    return _of(name, NETWORKS)


def _of(name: str, known: Mapping[str, Kind]) -> Kind:
    if name not in known:
        raise ConfigError(f"no scenario is called {name!r}.{nearest(name, known)} `ricloop sim list` names them all")
    return known[name]
