"""A street of two gNBs whose E2 nodes can be asked over the real codec."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ricloop.core.ids import Plmn
from ricloop.e2ap.messages import ActionToBeSetup, ActionType, RequestId, RicIndication
from ricloop.e2sm.common import Slice as SNssai
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.records import CellRecord
from ricloop.e2sm.rc import codec as rc
from ricloop.session.events import SubscriptionAdmitted
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.function import CELL, FORMER_STATE, RC_ID, STATE
from ricloop_e2sim.network.hexagons import Hexagons, Layer
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.network.slicing import Slice
from ricloop_e2sim.network.world import NetworkWorld
from tests.e2sim.network import Network

FAST, SLOW = SNssai(1), SNssai(1, 0x00002A)
PLMN = Plmn("001", "01")
STREET = NetworkScenario(
    name="street",
    title="two sites of three sectors and two layers, the second a CU and a DU; two slices that fill their cells",
    groups=(
        Group(16, "full-buffer", "static", hours="always", disc=(250.0, 0.0, 350.0)),
        Group(8, "full-buffer", "static", hours="always", disc=(250.0, 0.0, 350.0), slice=1),
        Group(6, "voip", "waypoint", hours="always", disc=(250.0, 0.0, 350.0), slice=1),
    ),
    deployment=Hexagons(
        sites=2,
        layers=(Layer(700, 10), Layer(2100, 20, preference_db=14.0)),
        points=((0.0, 0.0), (500.0, 0.0)),
        split=(1,),
    ),
    slices=(Slice("fast", 1), Slice("slow", 1, 0x00002A)),
    seconds=20.0,
)
APART = replace(STREET, deployment=replace(STREET.deployment, split=(), split_up=(1,)))
"""The same with the second's CU-UP as a node of its own."""
WAITING = replace(STREET, groups=(Group(30, "ftp3", "static", hours="always", disc=(250.0, 0.0, 350.0)),))


def started(scenario: NetworkScenario = STREET, ticks: int = 10, **options: Any) -> Network:
    """The nodes' names: gnb-00101-1, gnb-00101-2 (the CU, or CU-CP), gnb-00101-2-du1."""
    network = Network(NetworkSimulation(scenario, 3, **options))
    network.tick(ticks)
    return network


def node(network: Network, name: str = "1") -> SimNode:
    return network.nodes[f"gnb-00101-{name}"]


def with_holes(scenario: NetworkScenario) -> NetworkScenario:
    """The same, where the last cell of an area may sleep too."""
    return replace(scenario, rules=replace(scenario.rules, allow_coverage_hole=True))


def world(network: Network) -> Any:
    return network.simulation.world


def cell_id(network: Network, cell: int) -> int:
    return int(world(network).deployment.cells[cell])


def ask(network: Network, whom: SimNode, *asked: kpm.ActionDefinition, period_ms: int = 1000) -> None:
    answer = network.report(whom, asked, period_ms=period_ms)
    assert answer == SubscriptionAdmitted(RequestId(1, 1), tuple(range(1, len(asked) + 1)), ())


def cell_values(report: RicIndication, asked: kpm.ActionDefinition) -> np.ndarray[Any, Any]:
    record = kpm.decode_message(report.message, asked)
    assert isinstance(record, CellRecord)
    return np.asarray(record.values, dtype=np.float64)


def movable(state: NetworkWorld, target_gnb: int) -> tuple[int, int]:
    """A settled user of the other gNB, and a cell of this one that it receives about as well as its own."""
    near, strength = state.air.near, state.air.strength
    theirs = (near >= 0) & (state.deployment.gnb[near] == target_gnb)
    slot = np.where(theirs, strength, -np.inf).argmax(axis=1)
    users = np.arange(len(near))
    margin = strength[users, slot] - strength[users, state.air.serving_slot(state.serving)]
    own = (state.serving >= 0) & (state.deployment.gnb[state.serving] != target_gnb) & state.roaming.settled()
    user = int(np.argmax(np.where(own, margin, -np.inf)))
    # More, and an A3 event would bring it back at once.
    assert margin[user] > -3
    return user, int(near[user, slot[user]])


def watch_ues(network: Network, whom: SimNode) -> None:
    moved = rc.UeChange(7, rc.UeContext((rc.ParameterTest(CELL, rc.Compare("value-change")),)))
    states = rc.UeChange(8, rc.RrcState((("any", None),)))
    definition = rc.encode_action_definition(rc.ReportAction(4, rc.asked(STATE, FORMER_STATE, CELL)))
    wanted = ActionToBeSetup(id=1, type=ActionType.REPORT, definition=definition)
    trigger = rc.encode_event_trigger(rc.OnUeChange((moved, states)))
    network.rics[whom.name].subscribe(RequestId(2, 1), RC_ID, trigger, [wanted], 0)
    (answer,) = network.exchange()[whom.name]
    assert answer == SubscriptionAdmitted(RequestId(2, 1), (1,), ())
