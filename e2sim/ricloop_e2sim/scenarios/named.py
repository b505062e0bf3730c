"""A scenario by what a person calls it: its name, or the file it is in."""

from __future__ import annotations

from pathlib import Path

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.scenarios import NETWORKS, SCENARIOS
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_e2sim.scenarios.file import load

SUFFIXES = (".yaml", ".yml")


def named(text: str) -> Scenario | NetworkScenario:
    """Raises ConfigError naming the nearest name, or what is wrong in the file."""
    if text in SCENARIOS:
        return SCENARIOS[text]
    if text in NETWORKS:
        return NETWORKS[text]
    if Path(text).suffix.lower() in SUFFIXES:
        return load(Path(text))
    every = (*SCENARIOS, *NETWORKS)
    raise ConfigError(
        f"no scenario is called {text!r}.{nearest(text, every)} `ricloop sim list` names them all; a file's name ends "
        f"in {' or '.join(SUFFIXES)}"
    )


def named_network(text: str) -> NetworkScenario:
    """The same, of a whole network alone."""
    found = named(text)
    if isinstance(found, NetworkScenario):
        return found
    raise ConfigError(f"scenario {text} is of single gNBs; of a whole network are {', '.join(NETWORKS)}")
