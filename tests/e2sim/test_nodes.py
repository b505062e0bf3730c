"""What the simulated nodes answer, over the real codec."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.ids import UeId
from ricloop.e2ap.messages import Cause, RequestId
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.configuration import saving_of
from ricloop.e2sm.kpm import codec as kpm
from ricloop.e2sm.kpm.condition import Condition
from ricloop.e2sm.kpm.records import CellRecord, UeRecords
from ricloop.session.events import (
    ControlAcknowledged,
    ControlFailed,
    NodeConnected,
    SubscriptionAdmitted,
    SubscriptionRefused,
)
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.kpm.reports import KPM_ID
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_e2sim.e2node.timing import EPOCH_NS
from tests.e2sim.network import Network, action, indications

FAILED = Cause("ricRequest", "control-failed-to-execute")
UNAVAILABLE = Cause("ricRequest", "requested-information-unavailable")


@pytest.fixture
def network() -> Network:
    return Network.of("single")


def cells_of(network: Network) -> list[int]:
    return [int(cell) for part in network.simulation.parts for cell in part.layout.cells]


def test_a_split_gnb_is_two_nodes_with_one_gnb_id_and_their_own_functions() -> None:
    network = Network.of("three-sites")
    offers = {
        name: {f.id for f in event.setup.functions}
        for name, events in network.setup.items()
        for event in events
        if isinstance(event, NodeConnected)
    }
    everything = {KPM_ID, RC_ID, CCC_ID}
    assert offers == {
        "gnb-00101-1": everything,
        "gnb-00101-2": everything,
        "gnb-00101-3": {KPM_ID, RC_ID},
        "gnb-00101-3-du1": {KPM_ID, CCC_ID},
    }


def test_a_report_per_cell_arrives_each_period_with_the_values_of_the_world(network: Network) -> None:
    (node,) = network.simulation.nodes
    wanted = [action("RRU.PrbTotDl", "PEE.AvgPower", "RRC.ConnMean", cell=cell) for cell in cells_of(network)]
    assert network.report(node, wanted) == SubscriptionAdmitted(RequestId(1, 1), (1, 2), ())
    world = network.simulation.parts[0].world
    for tick in range(3):
        reports = indications(network.tick()[node.name])
        assert [(r.action_id, r.sequence) for r in reports] == [(1, tick), (2, tick)]
        for report, definition in zip(reports, wanted, strict=True):
            cell = report.action_id - 1
            record = kpm.decode_message(report.message, definition)
            assert isinstance(record, CellRecord)
            expected = [np.rint(100 * world.use[cell]), world.power_w[cell], world.connected()[cell]]
            np.testing.assert_allclose(record.values, expected, rtol=1e-6)
            assert kpm.decode_indication_header(report.header) == pytest.approx(EPOCH_NS + tick * 100_000_000, abs=2)


def test_a_longer_period_reports_less_often_on_whole_multiples(network: Network) -> None:
    (node,) = network.simulation.nodes
    network.tick(3)
    network.report(node, [action("RRU.PrbUsedDl", cell=cells_of(network)[0])], period_ms=500)
    assert [len(indications(network.tick()[node.name])) for _ in range(8)] == [0, 1, 0, 0, 0, 0, 1, 0]


def test_users_are_reported_per_cell_under_the_names_of_cu_and_du() -> None:
    network = Network.of("three-sites")
    cu, du = (network.nodes[name] for name in ("gnb-00101-3", "gnb-00101-3-du1"))
    part = network.simulation.parts[2]
    cells = [int(cell) for cell in part.layout.cells]
    network.report(cu, [action("RRC.ConnMean", cell=cell, style=4) for cell in cells])
    network.report(du, [action("RSRP", cell=cell, style=4) for cell in cells])
    said = network.tick()
    for node, metric in ((cu, "RRC.ConnMean"), (du, "RSRP")):
        seen: dict[int, UeId] = {}
        for report in indications(said[node.name]):
            records = kpm.decode_message(report.message, action(metric, style=4))
            assert isinstance(records, UeRecords)
            for ue in records.ues:
                (f1ap,) = ue.f1ap
                seen[f1ap] = ue
                assert part.world.serving[f1ap] == report.action_id - 1
        assert sorted(seen) == np.flatnonzero(part.world.serving >= 0).tolist()
        assert all((ue.amf_ue_ngap_id is not None) == (node is cu) for ue in seen.values())


def test_only_users_that_match_the_condition_are_reported(network: Network) -> None:
    (node,) = network.simulation.nodes
    layout = network.simulation.parts[0].layout
    limit = round(float(np.median(layout.rsrp_dbm[:, 0])))
    network.report(node, [action("RSRP", style=4, conditions=(Condition("RSRP", ">", limit),))])
    (report,) = indications(network.tick()[node.name])
    records = kpm.decode_message(report.message, action("RSRP", style=4))
    assert 0 < len(records.values) < layout.user_count
    assert (records.values > limit).all()


@pytest.mark.parametrize(
    ("wanted", "cause"),
    [
        (action("TB.TotNbrDl"), UNAVAILABLE),
        (action("No.SuchThing"), UNAVAILABLE),
        (action("RRU.PrbTotDl", cell=1 << 50), UNAVAILABLE),
        (action("PEE.AvgPower", style=4), UNAVAILABLE),
        (action("RSRP", style=4, conditions=(Condition("5QI", "==", 9),)), UNAVAILABLE),
    ],
)
def test_what_a_node_cannot_report_is_not_admitted_with_the_cause(
    network: Network, wanted: kpm.ActionDefinition, cause: Cause
) -> None:
    (node,) = network.simulation.nodes
    good = action("RRU.PrbTotDl", cell=cells_of(network)[0])
    answer = network.report(node, [good, wanted])
    assert isinstance(answer, SubscriptionAdmitted)
    assert answer.admitted == (1,)
    assert [(a.id, a.cause) for a in answer.not_admitted] == [(2, cause)]
    assert network.report(node, [wanted], request=RequestId(1, 2)) == SubscriptionRefused(RequestId(1, 2), cause)


def test_a_period_that_is_no_whole_number_of_ticks_is_refused(network: Network) -> None:
    (node,) = network.simulation.nodes
    answer = network.report(node, [action("RRU.PrbTotDl")], period_ms=150)
    assert answer == SubscriptionRefused(RequestId(1, 1), Cause("ricRequest", "eventTriggerNotSupported"))


def test_an_undecodable_action_or_trigger_is_not_subscribed_to(network: Network) -> None:
    (node,) = network.simulation.nodes
    trigger = kpm.encode_event_trigger(100)
    answer = network.subscribe(node, RequestId(1, 1), KPM_ID, trigger, [b"\xff\xff"])
    assert answer == SubscriptionRefused(RequestId(1, 1), Cause("protocol", "transfer-syntax-error"))
    answer = network.subscribe(node, RequestId(1, 2), RC_ID, b"\xff", [b"\0"])
    assert answer == SubscriptionRefused(RequestId(1, 2), Cause("protocol", "transfer-syntax-error"))


def test_a_deleted_subscription_reports_no_more(network: Network) -> None:
    (node,) = network.simulation.nodes
    network.report(node, [action("RRU.PrbTotDl")])
    assert indications(network.tick()[node.name])
    network.rics[node.name].unsubscribe(RequestId(1, 1), 0)
    network.exchange()
    assert not indications(network.tick()[node.name])


def test_a_new_association_starts_without_subscriptions(network: Network) -> None:
    (node,) = network.simulation.nodes
    network.report(node, [action("RRU.PrbTotDl")])
    assert node.messages()["sent"]
    node.session.connection_lost("test", 0)
    for event in node.session.events():
        node.handle(event, 0)
    node.renew()
    network.simulation.advance()
    assert node.ready == []
    assert node.messages() == {"sent": 0, "received": 0}


def test_sleeping_is_acknowledged_then_reported_upon_change_and_seen_in_the_power(network: Network) -> None:
    (node,) = network.simulation.nodes
    cells = cells_of(network)
    network.watch(node, cells)
    (first,) = indications(network.tick()[node.name])
    assert ccc.decode_indication_header(first.header).reason == "uponSubscription"
    assert saving_of(ccc.decode_indication_message(first.message).entries()) == {cells[0]: False, cells[1]: False}
    answer = network.sleep(node, cells[1], False, True)
    assert isinstance(answer, ControlAcknowledged)
    assert answer.outcome is not None
    outcome = ccc.decode_outcome(answer.outcome)
    accepted = [one for at, one in outcome.accepted() if at is not None and at.cell == cells[1]]
    failed = [one for at, one in outcome.failed() if at is not None and at.cell == cells[1]]
    assert (len(accepted), len(failed)) == (1, 0)
    (change,) = indications(network.tick()[node.name])
    assert ccc.decode_indication_header(change.header).reason == "uponChange"
    assert saving_of(ccc.decode_indication_message(change.message).entries()) == {cells[1]: True}
    assert not indications(network.tick()[node.name])
    world = network.simulation.parts[0].world
    assert world.power_w[1] == world.power.sleep_w
    network.sleep(node, cells[1], True, False)
    assert [len(indications(network.tick()[node.name])) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(("known", "old", "cause"), [(True, True, "IncompatibleState"), (False, False, "NotAvailable")])
def test_a_wrong_old_value_and_a_cell_that_is_not_there_are_listed_as_failed(
    network: Network, known: bool, old: bool, cause: str
) -> None:
    (node,) = network.simulation.nodes
    cell = cells_of(network)[1] if known else cells_of(network)[1] + 77
    answer = network.sleep(node, cell, old, not old)
    assert isinstance(answer, ControlAcknowledged)
    assert answer.outcome is not None
    outcome = ccc.decode_outcome(answer.outcome)
    accepted = [one for at, one in outcome.accepted() if at is not None and at.cell == cell]
    failed = [one for at, one in outcome.failed() if at is not None and at.cell == cell]
    assert not accepted
    assert [entry.cause for entry in failed] == [cause]
    (reason,) = network.simulation.result()["refused_controls"]
    assert f"{cell & (1 << 36) - 1:09x}" in reason


def test_a_handover_moves_the_user_and_its_load() -> None:
    network = Network.of("single")
    (node,) = network.simulation.nodes
    network.tick()
    part = network.simulation.parts[0]
    user = int(np.flatnonzero(part.world.serving == 1)[0])
    ue = UeId(amf_ue_ngap_id=100_000 + user, guami=node.names.of(0).guami, f1ap=(user,))
    assert isinstance(network.hand_over(node, ue, int(part.layout.cells[0])), ControlAcknowledged)
    network.tick(2)
    assert part.world.serving[user] == 0


def test_handovers_to_nowhere_of_strangers_and_to_sleeping_cells_fail(network: Network) -> None:
    (node,) = network.simulation.nodes
    cells = cells_of(network)
    network.tick()
    known = node.names.of(0)
    stranger = UeId(amf_ue_ngap_id=7, guami=known.guami, f1ap=(1,))
    assert network.hand_over(node, known, cells[0] + 77) == ControlFailed(RequestId(9, 1), FAILED, None)
    assert network.hand_over(node, stranger, cells[0]) == ControlFailed(RequestId(9, 2), FAILED, None)
    network.sleep(node, cells[1], False, True)
    network.tick()
    assert network.hand_over(node, known, cells[1]) == ControlFailed(RequestId(9, 4), FAILED, None)
    reasons = " ".join(network.simulation.result()["refused_controls"])
    assert "has no cell" in reasons
    assert "no user is called" in reasons
    assert "is asleep" in reasons


def test_a_control_that_is_no_message_fails(network: Network) -> None:
    (node,) = network.simulation.nodes
    invalid = Cause("ricRequest", "control-message-invalid")
    assert network.control(node, RC_ID, b"\xff", b"\xff") == ControlFailed(RequestId(9, 1), invalid, None)
    assert network.control(node, CCC_ID, b"{", b"[]") == ControlFailed(RequestId(9, 2), invalid, None)


def test_a_function_that_only_reports_takes_no_control(network: Network) -> None:
    (node,) = network.simulation.nodes
    unsupported = Cause("ricRequest", "action-not-supported")
    assert network.control(node, KPM_ID, b"\0", b"\0") == ControlFailed(RequestId(9, 1), unsupported, None)


def test_controls_change_the_digest_and_the_same_controls_give_the_same_one() -> None:
    digests = []
    for controlled in (True, True, False):
        network = Network.of("single")
        (node,) = network.simulation.nodes
        network.tick(5)
        if controlled:
            network.sleep(node, cells_of(network)[1], False, True)
        network.tick(5)
        digests.append(network.simulation.result()["digest"])
    assert digests[0] == digests[1] != digests[2]
