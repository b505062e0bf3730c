"""gNBs whose CU-UP is an E2 node of its own: what it is called, what it offers and reports, and that a RIC takes it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop.core.ids import NodeKind, UeId
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.records import UeRecords
from ricloop.runtime.nodes.identity import UeRegister
from ricloop.session.events import NodeConnected
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.kpm.reports import KPM_ID
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_e2sim.network.hexagons import Hexagons
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.scenarios import find_network
from tests.e2sim.network import Network, action, indications
from tests.e2sim.street import APART, STREET, ask, cell_id, cell_values, node, started, world

NAMES = ("2", "2-cu-up1", "2-du1")
VOLUME = "DRB.PdcpSduVolumeDL"


def connected(network: Network) -> dict[str, NodeConnected]:
    return {name: event for name, said in network.setup.items() for event in said if isinstance(event, NodeConnected)}


def test_it_is_three_nodes_of_one_gnb_and_the_cu_up_only_measures() -> None:
    setups = {name: one.setup for name, one in connected(Network(NetworkSimulation(APART, 3))).items()}
    assert {name: {f.id for f in setup.functions} for name, setup in setups.items()} == {
        "gnb-00101-1": {KPM_ID, RC_ID, CCC_ID},
        "gnb-00101-2": {KPM_ID, RC_ID},
        "gnb-00101-2-cu-up1": {KPM_ID},
        "gnb-00101-2-du1": {KPM_ID, RC_ID, CCC_ID},
    }
    ids = [setups[f"gnb-00101-{name}"].node for name in NAMES]
    assert [(one.kind, one.unit) for one in ids] == [
        (NodeKind.GNB, None),
        (NodeKind.GNB_CU_UP, 1),
        (NodeKind.GNB_DU, 1),
    ]
    assert len({one.gnb for one in ids}) == 1
    # TS 38.401 6.1.1: E1 is between CU-CP and CU-UP, F1-C between CU-CP and DU.
    assert [tuple(c.interface for c in setups[f"gnb-00101-{name}"].components) for name in NAMES] == [
        ("ng", "e1", "f1"),
        ("e1",),
        ("f1",),
    ]
    offered = {
        name: set(style.measurements)
        for name in NAMES
        for f in setups[f"gnb-00101-{name}"].functions
        if f.id == KPM_ID and (style := kpm.decode_function_definition(f.definition).style(1)) is not None
    }
    assert VOLUME in offered["2-cu-up1"]
    assert all(
        name.startswith(("DRB.P", "DRB.F1u", "DRB.F1UpacketLossRateUl", "DRB.GtpF1", "DRB.Delay", "QosFlow."))
        for name in offered["2-cu-up1"]
    )
    assert not offered["2"] & offered["2-cu-up1"] | offered["2-du1"] & offered["2-cu-up1"]


def test_it_reports_the_volume_of_its_cells_and_of_its_users_by_their_e1ap_ids() -> None:
    network = started(APART)
    up, asked, by_user = node(network, "2-cu-up1"), action(VOLUME), action(VOLUME, style=4)
    ask(network, up, asked, by_user, action(VOLUME, cell=cell_id(network, 7)))
    state = world(network)
    cells, users = state.totals.cell.copy(), state.totals.user.copy()
    whole, named, one = indications(network.tick(10)[up.name])
    cells, users = state.totals.cell - cells, state.totals.user - users
    kbit = cells[CellTotal.BITS, 6:] / 1e3
    np.testing.assert_allclose(cell_values(whole, asked), np.rint(kbit).sum())
    np.testing.assert_allclose(cell_values(one, asked), np.rint(kbit[1]))
    records = kpm.decode_message(named.message, by_user)
    assert isinstance(records, UeRecords)
    told = {ue: value for ue, (value,) in zip(records.ues, np.asarray(records.values).tolist(), strict=True)}
    here = np.flatnonzero(state.serving >= 6)
    assert told == {UeId(e1ap=(200_000 + user,)): np.rint(users[UserTotal.BITS, user] / 1e3) for user in here.tolist()}
    assert len(here) > 3


def test_a_ric_knows_a_user_as_one_whichever_node_names_it() -> None:
    network = started(APART)
    register, seen = UeRegister(), defaultdict(set)
    state = world(network)
    for name in NAMES:
        whom = node(network, name)
        for user in np.flatnonzero(state.serving >= 6).tolist():
            seen[user].add(register.handle(whom.id.gnb, whom.names.of(user)))
    assert all(len(handles) == 1 for handles in seen.values())
    assert len(set.union(*seen.values())) == len(seen) > 3


def test_how_a_gnb_is_split_changes_nothing_in_the_network() -> None:
    digests = set()
    for scenario in (STREET, APART, replace(APART, deployment=replace(APART.deployment, split_up=()))):
        network = started(scenario, ticks=0)
        for whom in network.nodes.values():
            if whom.role.up:
                network.report(whom, [action(VOLUME, style=4)], period_ms=100)
        network.tick(10)
        digests.add(network.simulation.result()["digest"])
    assert len(digests) == 1


def test_the_city_of_several_vendors_has_every_kind_of_node_and_a_ric_takes_all_of_them() -> None:
    scenario = find_network("mixed-vendor").scaled(users=20)
    simulation = NetworkSimulation(scenario, 1)
    network = Network(simulation)
    assert connected(network).keys() == network.nodes.keys()
    assert len(network.nodes) == scenario.deployment.nodes == 7 + 1 + 2 * 3
    roles = {(one.role.cp, one.role.up, one.role.du) for one in simulation.nodes}
    assert roles == {
        (True, True, True),
        (True, True, False),
        (True, False, False),
        (False, True, False),
        (False, False, True),
    }
    for whom in simulation.nodes:
        if whom.role.up:
            network.report(whom, [action(VOLUME)], period_ms=100)
    said = network.tick(2)
    assert {name for name, events in said.items() if indications(events)} == {
        one.name for one in simulation.nodes if one.role.up
    }


@pytest.mark.parametrize(("split", "apart"), [((0, 0), ()), ((0,), (0,)), ((), (7,))])
def test_a_site_is_split_once_or_not_at_all(split: tuple[int, ...], apart: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="at most once"):
        Hexagons(split=split, split_up=apart)
