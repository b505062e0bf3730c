"""The network under which a RIC is measured: nodes with cells, as many as asked for, whose reports walk at random."""

from __future__ import annotations

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.e2node.loadnode import LoadNode
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.world import World
from ricloop_e2sim.scenarios.base import COVERAGE, Scenario

MOST_NODES, MOST_CELLS = 900, 16
"""Sockets of one process, and cells of one node: a subscription has at most 16 actions."""


def network(nodes: int, cells: int, seed: int) -> list[LoadNode]:
    """Nodes whose worlds stand still. Raises ConfigError for more than there can be."""
    scenario, made = plan(nodes, cells), []
    for site, stream in enumerate(np.random.SeedSequence(seed).spawn(nodes)):
        places, walk = stream.spawn(2)
        world = World(scenario.layout(site, places), scenario.power, Rules(), scenario.tick_us)
        made.append(LoadNode(world, walk))
    return made


def plan(nodes: int, cells: int) -> Scenario:
    """`nodes` gNBs of `cells` coverage cells. Raises ConfigError for more than there can be."""
    if not 1 <= nodes <= MOST_NODES or not 1 <= cells <= MOST_CELLS:
        raise ConfigError(
            f"{nodes} nodes of {cells} cells: there can be 1 to {MOST_NODES} nodes of 1 to {MOST_CELLS} cells"
        )
    title = f"{nodes} nodes of {cells} cells"
    return Scenario(name="load", title=title, sites=nodes, sectors=cells, layers=(COVERAGE,), users_per_sector=1)
