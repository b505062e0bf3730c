"""The scenarios by name. A new one is a file here and an entry in `SCENARIOS`."""

from __future__ import annotations

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_e2sim.scenarios.night_sleep import NIGHT_SLEEP
from ricloop_e2sim.scenarios.office import OFFICE
from ricloop_e2sim.scenarios.single import SINGLE
from ricloop_e2sim.scenarios.three_sites import THREE_SITES

SCENARIOS: dict[str, Scenario] = {s.name: s for s in (THREE_SITES, SINGLE, NIGHT_SLEEP, OFFICE)}
DEFAULT = THREE_SITES.name


def find(name: str) -> Scenario:
    """The scenario of that name. Raises ConfigError naming the nearest one."""
    if name not in SCENARIOS:
        raise ConfigError(
            f"no scenario is called {name!r}.{nearest(name, SCENARIOS)} `ricloop sim list` names them all"
        )
    return SCENARIOS[name]
