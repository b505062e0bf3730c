"""A RIC hears, by E2 Node Configuration Update, which cells of a node work."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ricloop.core.ids import Plmn
from ricloop.e2ap.messages import GlobalRicId
from ricloop.session.events import ComponentsChanged, TransactionAnswered
from ricloop.session.ric import RicSession
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.energy.cellstate import Depth
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.simulation import NetworkSimulation
from tests.e2sim.network import Network
from tests.e2sim.networks import TWO_TOWNS

DARK = replace(TWO_TOWNS, impairments=(Impairment("blackout", "gnb1", 0.2, 0.4),))


def told(network: Network) -> dict[str, list[dict[str, Any]]]:
    """One tick; the cells that each node tells of."""
    network.simulation.advance()
    for node in network.nodes.values():
        node.notify(0)
    said = {
        name: [event.update.updated for event in events if isinstance(event, ComponentsChanged)]
        for name, events in network.exchange().items()
    }
    return {
        name: [cell for (component,) in updates for cell in json.loads(component.request)["cells"]]
        for name, updates in said.items()
        if updates
    }


def a_node(network: Network) -> SimNode:
    return next(node for node in network.nodes.values() if node.gnb == "gnb1")


def test_every_cell_of_a_gnb_that_loses_its_power_is_told_once_and_again_when_it_is_back() -> None:
    network = Network(NetworkSimulation(DARK, 1))
    heard = [told(network) for _ in range(6)]
    name = a_node(network).name
    assert [sorted(one) for one in heard] == [[], [], [name], [], [name], []]
    out, back = heard[2][name], heard[4][name]
    assert len(out) == len(back) == 6
    assert {cell["operationalState"] for cell in out} == {"DISABLED"}
    assert {cell["operationalState"] for cell in back} == {"ENABLED"}


def test_a_cell_on_command_is_told_and_a_new_association_hears_it_anew() -> None:
    network = Network(NetworkSimulation(TWO_TOWNS, 1))
    node = a_node(network)
    told(network)
    node.world.cells.sleep(1, Depth.DEEP)
    (told_of,) = (told(network) | told(network)).values()
    assert [cell["cellState"] for cell in told_of] == ["INACTIVE"]
    assert not told(network)
    node.renew().connect(0)
    network.rics[node.name] = RicSession(GlobalRicId(Plmn("001", "01"), 1))
    network.rics[node.name].connect(0)
    network.exchange()
    assert [cell["nci"] for cell in told(network)[node.name]] == [told_of[0]["nci"]]


def test_the_answer_ends_the_update() -> None:
    network = Network(NetworkSimulation(DARK, 1))
    for _ in range(3):
        network.simulation.advance()
    node = a_node(network)
    node.notify(0)
    ric = network.rics[node.name]
    for data in node.session.data_to_send():
        ric.receive(data, 0)
    for data in ric.data_to_send():
        node.session.receive(data, 0)
    assert [type(event) for event in node.session.events()] == [TransactionAnswered]
    assert node.session.timer_at() is None
