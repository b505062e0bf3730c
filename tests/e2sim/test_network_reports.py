"""What the E2 nodes of a network's world offer and report, over the real codec."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from ricloop.e2ap.messages import Cause, RequestId, RicIndication
from ricloop.e2sm.common import Slice as SNssai
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.condition import Condition
from ricloop.e2sm.kpm.metric import Label
from ricloop.e2sm.kpm.records import UeRecords
from ricloop.e2sm.rc import codec as rc
from ricloop.session.events import NodeConnected, SubscriptionAdmitted
from ricloop_e2sim.drivers.alone import run_alone
from ricloop_e2sim.drivers.associations import Associations
from ricloop_e2sim.drivers.driven import Driven
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.kpm.reports import KPM_ID
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_e2sim.e2node.timing import EPOCH_NS
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from tests.e2sim.network import Network, action, indications
from tests.e2sim.street import (
    FAST,
    PLMN,
    SLOW,
    STREET,
    ask,
    cell_id,
    cell_values,
    node,
    started,
    watch_ues,
    world,
)

UNAVAILABLE = Cause("ricRequest", "requested-information-unavailable")


@pytest.fixture
def network() -> Network:
    return started()


def ue_records(report: RicIndication, asked: kpm.ActionDefinition) -> UeRecords:
    records = kpm.decode_message(report.message, asked)
    assert isinstance(records, UeRecords)
    return records


def labelled(name: str, *labels: Label) -> kpm.ActionDefinition:
    return kpm.ActionDefinition(
        style=1, measurements=tuple(kpm.Measurement(name, label) for label in labels), granularity_ms=1000
    )


def test_a_gnb_is_one_node_or_two_and_each_offers_what_is_its_part() -> None:
    network = Network(NetworkSimulation(STREET, 3))
    functions = {
        name: {f.id: f.definition for f in event.setup.functions}
        for name, events in network.setup.items()
        for event in events
        if isinstance(event, NodeConnected)
    }
    assert {name: set(found) for name, found in functions.items()} == {
        "gnb-00101-1": {KPM_ID, RC_ID, CCC_ID},
        "gnb-00101-2": {KPM_ID, RC_ID},
        "gnb-00101-2-du1": {KPM_ID, RC_ID, CCC_ID},
    }
    controls = {
        name: {(one.type, a.id) for one in rc.decode_function_definition(found[RC_ID]).controls for a in one.actions}
        for name, found in functions.items()
    }
    assert controls == {
        "gnb-00101-1": {(1, 1), (3, 1), (2, 6), (4, 4)},
        "gnb-00101-2": {(1, 1), (3, 1), (4, 4)},
        "gnb-00101-2-du1": {(2, 6)},
    }
    style = kpm.decode_function_definition(functions["gnb-00101-1"][KPM_ID]).style(1)
    assert style is not None
    bins = dict(zip(style.measurements, style.bins, strict=True))
    cqi, rsrp, load = (bins[name] for name in ("CARR.WBCQIDist", "L1M.SS-RSRP", "RRU.PrbTotDlDist"))
    assert cqi is not None
    assert rsrp is not None
    assert load is not None
    assert [(b.index, b.start) for b in cqi.x] == [(cqi + 1, cqi) for cqi in range(16)]
    # TS 38.133 10.1.6: code 57 says −100 to −99 dBm.
    assert (rsrp.x[57].index, rsrp.x[57].start, rsrp.x[57].end) == (58, -100, -99)
    assert [(b.start, b.end) for b in load.x][-1] == (90, 100)


def test_only_one_gnbs_nodes_are_made_where_only_they_are_wanted_and_the_world_is_the_same() -> None:
    part, whole = NetworkSimulation(STREET, 3, "gnb2"), NetworkSimulation(STREET, 3)
    assert [one.name for one in part.nodes] == ["gnb-00101-2", "gnb-00101-2-du1"]
    for _ in range(5):
        part.advance()
        whole.advance()
    assert part.run.digest == whole.run.digest
    # A node reports at the same moment of the tick, whoever else does.
    assert [one.phase_us for one in part.nodes] == [one.phase_us for one in whole.nodes[1:]]


def test_a_cells_report_of_a_second_is_what_the_world_counted_in_it(network: Network) -> None:
    cells = [cell_id(network, cell) for cell in range(6)]
    names = ("RRU.PrbUsedDl", "DRB.PdcpSduVolumeDL", "DRB.UEThpDl", "PEE.AvgPower", "PEE.Energy", "RRC.ConnMean")
    asked = [action(*names, "DRB.RlcSduDelayDl", cell=cell) for cell in cells]
    ask(network, node(network), *asked)
    before = world(network).totals.cell.copy()
    reports = indications(network.tick(10)[node(network).name])
    grown = (world(network).totals.cell - before)[:, :6]
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = [
            np.rint(grown[CellTotal.PRB_S]),
            np.rint(grown[CellTotal.BITS] / 1e3),
            grown[CellTotal.BITS] / 1e3 / grown[CellTotal.BUSY_UE_S],
            grown[CellTotal.ENERGY_J],
            grown[CellTotal.ENERGY_J] / 3.6e6,
            np.rint(grown[CellTotal.CONNECTED_S]),
            # Little: bits that wait, over bits per second, are the seconds that each waits; told in 0.1 ms.
            grown[CellTotal.QUEUE_BIT_S] / grown[CellTotal.BITS] * 1e4,
        ]
    assert grown[CellTotal.BITS].max() > 0
    assert [report.action_id for report in reports] == [1, 2, 3, 4, 5, 6]
    for cell, (report, wanted) in enumerate(zip(reports, asked, strict=True)):
        column = np.array([values[cell] for values in expected])
        np.testing.assert_allclose(cell_values(report, wanted), column, rtol=1e-6)
        assert kpm.decode_indication_header(report.header) == pytest.approx(EPOCH_NS + 1_000_000_000, abs=2)


def test_a_cells_report_of_the_uplink_is_what_the_world_counted_in_it(network: Network) -> None:
    names = (
        "RRU.PrbTotUl", "RRU.PrbUsedUl", "RRU.PrbAvailUl", "DRB.PdcpSduVolumeUL", "DRB.RlcSduTransmittedVolumeUL",
        "QosFlow.PdcpSduVolumeUl", "DRB.UEThpUl", "DRB.RlcDelayUl", "DRB.PacketLossRateUl", "DRB.MeanActiveUeUl",
        "DRB.UEUnresVolUl", "DRB.F1uPdcpSduVolumeUL", "TB.TotNbrUlInit",
    )  # fmt: skip
    asked = [action(*names, cell=cell_id(network, cell)) for cell in range(6)]
    ask(network, node(network), *asked)
    before = world(network).totals.cell_up.copy()
    reports = indications(network.tick(10)[node(network).name])
    up = (world(network).totals.cell_up - before)[:, :6]
    volume = np.rint(up[CellTotal.BITS] / 1e3)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = [
            np.rint(100 * up[CellTotal.PRB_S] / up[CellTotal.AVAILABLE_PRB_S]),
            np.rint(up[CellTotal.PRB_S]),
            world(network).deployment.prbs[:6],
            volume,
            volume,
            volume,
            up[CellTotal.BITS] / 1e3 / up[CellTotal.BUSY_UE_S],
            up[CellTotal.QUEUE_BIT_S] / up[CellTotal.BITS] * 1e4,
            np.rint(1e6 * up[CellTotal.LOST_BITS] / up[CellTotal.OFFERED_BITS]),
            np.rint(up[CellTotal.BUSY_UE_S]),
            np.rint(100 * up[CellTotal.SLOT_BITS] / up[CellTotal.BITS]),
            volume,
            # 52 PRBs at 10 MHz and 106 at 20 MHz, 1000 slots in the second.
            np.rint(1000 * up[CellTotal.PRB_S] / np.tile([52, 106], 3)),
        ]
    assert up[CellTotal.BITS].max() > 0
    for cell, (report, wanted) in enumerate(zip(reports, asked, strict=True)):
        column = np.array([values[cell] for values in expected])
        np.testing.assert_allclose(cell_values(report, wanted), column, rtol=1e-6, err_msg=str(cell))


def test_the_uplink_of_users_and_of_slices_is_told_apart_from_the_downlink(network: Network) -> None:
    asked = action("DRB.PdcpSduVolumeUL", "RRU.PrbUsedUl", style=4)
    volumes = labelled("DRB.PdcpSduVolumeUL", Label(), Label(slice=FAST), Label(slice=SLOW, five_qi=9))
    ask(network, node(network), asked, volumes)
    state = world(network)
    before, serving = state.totals.user_up.copy(), state.serving.copy()
    users, slices = indications(network.tick(10)[node(network).name])
    grown = state.totals.user_up - before
    records = ue_records(users, asked)
    for ue, values in zip(records.ues, np.asarray(records.values), strict=True):
        user = ue.f1ap[0] - 100_000
        told = np.rint([grown[UserTotal.BITS, user] / 1e3, grown[UserTotal.PRB_S, user]])
        np.testing.assert_allclose(values, told, rtol=1e-6)
    assert (state.serving[:24] == serving[:24]).all()
    here = (serving >= 0) & (serving < 6)
    _, fast, slow = cell_values(slices, volumes)
    assert fast == pytest.approx(grown[UserTotal.BITS, :16][here[:16]].sum() / 1e3, abs=3)
    assert slow == pytest.approx(grown[UserTotal.BITS, 16:24][here[16:24]].sum() / 1e3, abs=3)


def test_users_are_reported_by_the_node_that_serves_them_with_what_they_got(network: Network) -> None:
    asked = action("DRB.RlcSduTransmittedVolumeDL", "RRU.PrbUsedDl", "RSRP", style=4)
    one, two = node(network), node(network, "2-du1")
    ask(network, one, asked)
    ask(network, two, asked)
    state = world(network)
    before = state.totals.user.copy()
    said = network.tick(10)
    grown = state.totals.user - before
    seen = []
    for number, whom in enumerate((one, two)):
        (report,) = indications(said[whom.name])
        records = ue_records(report, asked)
        for ue, values in zip(records.ues, np.asarray(records.values), strict=True):
            user = ue.f1ap[0] - (number + 1) * 100_000
            assert ue.amf_ue_ngap_id == (user if whom is one else None)
            assert state.deployment.gnb[state.serving[user]] == number
            told = np.rint([grown[UserTotal.BITS, user] / 1e3, grown[UserTotal.PRB_S, user]])
            np.testing.assert_allclose(values[:2], told, rtol=1e-6)
            slot = np.flatnonzero(state.air.near[user] == state.serving[user])
            assert values[2] == pytest.approx(state.air.measured[user, slot[0]], abs=1e-4)
            seen.append(user)
    assert sorted(seen) == np.flatnonzero(state.serving >= 0).tolist()
    assert len({int(state.deployment.gnb[state.serving[user]]) for user in seen}) == 2


def test_labels_part_a_volume_by_slice_and_5qi_and_the_parts_add_up(network: Network) -> None:
    name = "DRB.PdcpSduVolumeDL"
    own, other = Label(slice=FAST), Label(slice=SLOW)
    asked = labelled(name, Label(), own, other, Label(slice=SLOW, five_qi=1), Label(plmn=PLMN))
    ask(network, node(network), asked)
    state = world(network)
    before, serving = state.totals.user[UserTotal.BITS].copy(), state.serving.copy()
    (report,) = indications(network.tick(10)[node(network).name])
    grown = (state.totals.user[UserTotal.BITS] - before) / 1e3
    assert (state.serving[:24] == serving[:24]).all()
    here = (serving >= 0) & (serving < 6)
    whole, fast, slow, voice, plmn = cell_values(report, asked)
    # Six cells, each rounded to a kbit.
    assert fast == pytest.approx(grown[:16][here[:16]].sum(), abs=3)
    assert fast + slow == pytest.approx(whole, abs=6)
    assert 0 < voice < slow
    assert plmn == whole


def test_a_distribution_counts_every_connected_user_and_cell_once_a_tick() -> None:
    network = started(replace(STREET, groups=STREET.groups[:2]))
    name = node(network).name
    cqi = labelled("CARR.WBCQIDist", *(Label(bin_x=number) for number in range(1, 17)))
    sinr = labelled("MR.NRScSSSINR", *(Label(bin_x=number) for number in range(1, 129)))
    load = labelled("RRU.PrbTotDlDist", *(Label(bin_x=number) for number in range(1, 11)))
    headroom = labelled("L1M.PHR1", *(Label(bin_x=number) for number in range(1, 65)))
    ask(network, node(network), cqi, load, sinr, headroom)
    connected = int(world(network).connected()[:6].sum())
    reports = indications(network.tick(10)[name])
    values = [cell_values(report, asked) for report, asked in zip(reports, (cqi, load, sinr, headroom), strict=True)]
    assert [row.sum() for row in values] == [10 * connected, 60, 10 * connected, 10 * connected]
    # Full buffers fill every cell that has a user, and the others have only the first tenth.
    busy = int((world(network).connected()[:6] > 0).sum())
    assert (values[1][0], values[1][9]) == (10 * (6 - busy), 10 * busy)


def test_users_are_chosen_by_what_conditions_compare(network: Network) -> None:
    asked = action("CQI", style=4, conditions=(Condition("5QI", "==", 1),))
    ask(network, node(network), asked)
    (report,) = indications(network.tick(10)[node(network).name])
    names = {ue.amf_ue_ngap_id for ue in ue_records(report, asked).ues}
    state = world(network)
    assert names == {user for user in range(24, 30) if 0 <= state.serving[user] < 6}
    assert names


@pytest.mark.parametrize(
    "wanted",
    [
        action("RRU.PrbTotUlMimo"),
        action("CARR.WBCQIDist"),
        labelled("CARR.WBCQIDist", Label(bin_x=17)),
        labelled("RRU.PrbTotDl", Label(slice=FAST)),
        labelled("DRB.UEThpDl", Label(slice=SNssai(9))),
        labelled("DRB.RlcPacketDropRateDl", Label(plmn=PLMN)),
        action("RRU.PrbTotDl", cell=1 << 50),
    ],
)
def test_what_the_world_does_not_have_is_not_admitted(network: Network, wanted: kpm.ActionDefinition) -> None:
    good = action("RRU.PrbTotDl")
    answer = network.report(node(network), [good, wanted])
    assert isinstance(answer, SubscriptionAdmitted)
    assert [(a.id, a.cause) for a in answer.not_admitted] == [(2, UNAVAILABLE)]


def test_subscribers_of_one_period_are_told_of_one_window_whenever_they_came(network: Network) -> None:
    asked = action("PEE.Energy")
    ask(network, node(network), asked)
    network.tick(4)
    before = world(network).totals.cell.copy()
    network.rics[node(network).name].unsubscribe(RequestId(1, 1), 0)
    network.exchange()
    # Nobody closes the window that is open: whoever comes later begins a new one.
    network.tick(10)
    ask(network, node(network), asked)
    assert not indications(network.tick(5)[node(network).name])
    start = world(network).totals.cell.copy()
    (report,) = indications(network.tick(1)[node(network).name])
    told = cell_values(report, asked)[0]
    spent = (world(network).totals.cell - start)[CellTotal.ENERGY_J, :6].sum() / 3.6e6
    assert told == pytest.approx(6 * spent, rel=0.2)
    assert told < (world(network).totals.cell - before)[CellTotal.ENERGY_J, :6].sum() / 3.6e6 / 2


def test_one_digest_with_and_without_a_ric_and_with_lost_messages() -> None:
    alone = NetworkSimulation(STREET, 3, seconds=4)
    result = run_alone(alone, lambda: None, lambda: False, speed=None)
    watched = started(ticks=0)
    for whom in watched.nodes.values():
        names = ("RRC.ConnMean",) if not whom.role.du else ("DRB.UEThpDl", "RRU.PrbTotDl")
        watched.report(whom, [action(*names), action(names[0], style=4)], period_ms=100)
        if whom.role.cp:
            watch_ues(watched, whom)
    watched.tick(20)
    # From here on nothing of one node arrives, and another has no association.
    lost, cut = node(watched), node(watched, "2")
    cut.session.connection_lost("cut", 0)
    for event in cut.session.events():
        cut.handle(event, 0)
    for _ in range(20):
        watched.simulation.advance()
        for whom in watched.nodes.values():
            whom.release()
        lost.session.data_to_send()
    assert watched.simulation.result()["digest"] == result["digest"]
    assert result["indications_dropped"] == 0


def test_the_twin_is_the_same_network_without_controls() -> None:
    simulation = NetworkSimulation(STREET, 3, seconds=4, twin=True)
    network = Network(simulation)
    for cell in (1, 3, 5):
        network.sleep(node(network), cell_id(network, cell), False, True)
    network.tick(40)
    result, plain = simulation.result(), NetworkSimulation(STREET, 3, seconds=4)
    while not plain.done:
        plain.advance()
    assert simulation.done
    assert result["energy_baseline_kwh"] == plain.result()["energy_kwh"] > result["energy_kwh"]
    assert simulation.status()["baseline_power_w"] == pytest.approx(plain.status()["power_w"], abs=1e-3)
    assert [row["state"] for row in result["table"]][:6] == ["active", "asleep"] * 3
    assert "energy_baseline_kwh" not in plain.result()


def test_drivers_take_it_as_they_take_the_other_simulation() -> None:
    async def links() -> set[str]:
        simulation: Driven = NetworkSimulation(STREET, 3, seconds=1)
        return set(Associations(simulation.nodes, "tcp://127.0.0.1:1", lambda text: None).links)

    assert asyncio.run(links()) == {"gnb-00101-1", "gnb-00101-2", "gnb-00101-2-du1"}
