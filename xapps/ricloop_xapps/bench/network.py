"""The network under which a RIC is measured: nodes with cells, as many as asked for, whose reports walk at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop.session.events import ControlRequested, NodeEvent
from ricloop_e2sim.e2node.frames import ReadyFrame
from ricloop_e2sim.e2node.identity import GNB
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.control import Answer
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.world import World
from ricloop_e2sim.scenarios.base import COVERAGE, Scenario

MOST_ANSWERS = 100_000
MOST_NODES, MOST_CELLS = 900, 16
"""Sockets of one process, and cells of one node: a subscription has at most 16 actions."""


class Network:
    """Nodes whose worlds stand still: their cells take controls, and nothing follows from it."""

    def __init__(self, nodes: int, cells: int, seed: int) -> None:
        """Raises ConfigError for more than there can be."""
        self.plan = plan(nodes, cells)
        self._answers: dict[tuple[str, bytes, bytes], Answer] = {}
        """What a control was answered with: where nothing moves, the same control has the same answer."""
        self.nodes: list[SimNode] = []
        for site, stream in enumerate(np.random.SeedSequence(seed).spawn(nodes)):
            places, walk = stream.spawn(2)
            world = World(self.plan.layout(site, places), self.plan.power, Rules(), self.plan.tick_us)
            self.nodes.append(SimNode(world, GNB, load=walk))

    def release(self, node: SimNode) -> Sequence[ReadyFrame]:
        return node.release()

    def handle(self, node: SimNode, event: NodeEvent, now: int) -> None:
        if not isinstance(event, ControlRequested):
            node.handle(event, now)
            return
        request = event.request
        key = (node.name, request.header, request.message)
        answer = self._answers.get(key)
        if answer is None:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            answer = self._answers[key] = node.carry_out(request)
        node.reply(request, answer)


def plan(nodes: int, cells: int) -> Scenario:
    """`nodes` gNBs of `cells` coverage cells. Raises ConfigError for more than there can be."""
    if not 1 <= nodes <= MOST_NODES or not 1 <= cells <= MOST_CELLS:
        raise ConfigError(
            f"{nodes} nodes of {cells} cells: there can be 1 to {MOST_NODES} nodes of 1 to {MOST_CELLS} cells"
        )
    title = f"{nodes} nodes of {cells} cells"
    return Scenario(name="load", title=title, sites=nodes, sectors=cells, layers=(COVERAGE,), users_per_sector=1)
