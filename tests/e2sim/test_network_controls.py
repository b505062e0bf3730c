"""What the E2 nodes of a network's world do on command, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ricloop.core.ids import UeId
from ricloop.e2ap.messages import Cause
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.ccc.configuration import saving_of
from ricloop.e2sm.common import Slice as SNssai
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc import quota
from ricloop.e2sm.rc.mobility import cell_octets
from ricloop.session.events import (
    ControlAcknowledged,
    ControlFailed,
    RicEvent,
)
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.function import CELL, FORMER_STATE, RC_ID, STATE
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.totals import UserTotal
from tests.e2sim.network import Network, action, indications
from tests.e2sim.street import (
    FAST,
    PLMN,
    SLOW,
    STREET,
    WAITING,
    ask,
    cell_id,
    cell_values,
    movable,
    node,
    started,
    watch_ues,
    with_holes,
    world,
)

FAILED = Cause("ricRequest", "control-failed-to-execute")
UNSUPPORTED = Cause("ricRequest", "action-not-supported")


@pytest.fixture
def network() -> Network:
    return started()


def events_of(said: list[RicEvent], user: int) -> list[tuple[int, UeId, dict[int, Any]]]:
    found = []
    for report in indications(said):
        message = rc.decode_indication_message(report.message)
        header = rc.decode_indication_header(report.header)
        assert isinstance(message, rc.UeMessage)
        assert isinstance(header, rc.ReportHeader)
        assert header.condition is not None
        found += [(header.condition, ue, dict(values)) for ue, values in message.ues if ue.amf_ue_ngap_id == user]
    return found


def test_a_user_goes_to_another_gnb_on_command_and_both_tell_it_as_a_change_of_cell() -> None:
    network = started(WAITING, 40)
    one, two = node(network), node(network, "2")
    user, target = movable(world(network), 1)
    watch_ues(network, one)
    watch_ues(network, two)
    name = one.names.of(user)
    assert isinstance(network.hand_over(one, name, cell_id(network, target)), ControlAcknowledged)
    said = network.tick(3)
    assert world(network).serving[user] == target
    connected, here = rc.Element(0), rc.Element(cell_octets(cell_id(network, target)))
    told = {STATE: connected, FORMER_STATE: connected, CELL: here}
    assert events_of(said[one.name], user) == [(7, name, told)]
    (event,) = events_of(said[two.name], user)
    assert event == (7, UeId(amf_ue_ngap_id=user, guami=name.guami, f1ap=(200_000 + user,)), told)


def test_a_handover_between_gnbs_is_counted_where_it_began() -> None:
    network = started(WAITING, 40)
    user, target = movable(world(network), 1)
    source = int(world(network).serving[user])
    asked = action("MM.HoExeInterReq", "MM.HoExeInterSucc", "MM.HoExeIntraReq", cell=cell_id(network, source))
    ask(network, node(network), asked)
    network.hand_over(node(network), node(network).names.of(user), cell_id(network, target))
    (report,) = indications(network.tick(10)[node(network).name])
    assert cell_values(report, asked).tolist() == [1, 1, 0]


def test_a_sleeping_cell_spends_and_disturbs_less_and_wakes_again() -> None:
    network, other = started(), started(ticks=11)
    cell = int(np.flatnonzero(world(network).connected()[1:6:2])[0]) * 2 + 1
    one = cell_id(network, cell)
    network.watch(node(network), [one])
    assert saving(network.tick(1)[node(network).name]) == [{one: False}]
    assert isinstance(network.sleep(node(network), cell_id(network, cell), False, True), ControlAcknowledged)
    told = saving(network.tick(10)[node(network).name])
    other.tick(10)
    state, awake = world(network), world(other)
    assert told == [{one: True}]
    # Deep sleep of TR 38.864, Cat 1 set 2: one relative unit, of 2 W.
    assert state.power_w[cell] == pytest.approx(2.0)
    assert awake.power_w[cell] > 100
    same = (state.serving == awake.serving) & (state.serving >= 0)
    carrier = state.deployment.frequency_mhz[state.serving]
    better = state.sinr_db - awake.sinr_db
    near = same & (carrier == 2100) & (state.air.near == cell).any(axis=1)
    assert near.any()
    assert (better[near] > 0).all()
    network.sleep(node(network), cell_id(network, cell), True, False)
    assert saving(network.tick(10)[node(network).name]) == [{one: False}]
    assert world(network).availability.in_service[cell] == 1


def saving(said: list[RicEvent]) -> list[dict[int, bool]]:
    """Energy saving by cell, of each report."""
    return [saving_of(ccc.decode_indication_message(report.message).entries()) for report in indications(said)]


def set_quota(network: Network, whom: SimNode, ue: UeId, slice_: SNssai, least: int, most: int, alone: int) -> RicEvent:
    header = rc.encode_control_header(rc.ControlHeader(ue, 2, 6))
    ids = tuple(quota.ids_of(()).items())
    return network.control(whom, RC_ID, header, quota.message(ids, PLMN, slice_, least, most, alone))


def someone(network: Network, gnb: int) -> int:
    state = world(network)
    serving = state.serving
    return int(np.flatnonzero((serving >= 0) & (state.deployment.gnb[serving] == gnb))[0])


def used_by_slice(network: Network, cells: range) -> np.ndarray[Any, Any]:
    """[cells, 2] PRBs, over the next second."""
    state = world(network)
    before = state.totals.user[UserTotal.PRB_S].copy()
    network.tick(10)
    grown = state.totals.user[UserTotal.PRB_S] - before
    return np.array(
        [[grown[(state.serving == c) & (state.population.slice == s)].sum() for s in (0, 1)] for c in cells]
    )


def test_a_quota_caps_a_slice_in_every_cell_of_the_gnb_and_in_no_other(network: Network) -> None:
    du = node(network, "2-du1")
    own, others = range(6, 12), range(6)
    before = used_by_slice(network, range(12)) / world(network).deployment.prbs[:, None]
    ue = du.names.of(someone(network, 1))
    assert isinstance(set_quota(network, du, ue, SLOW, 0, 10, 0), ControlAcknowledged)
    after = used_by_slice(network, range(12)) / world(network).deployment.prbs[:, None]
    assert before[own, 1].max() > 0.2
    assert (after[own, 1] <= 0.1 + 1e-9).all()
    np.testing.assert_allclose(after[own, 1].max(), 0.1)
    assert after[others, 1].max() > 0.2


def ratio(dedicated: int, least: int, most: int, slice_: SNssai) -> dict[str, Any]:
    sd = {} if slice_.sd is None else {"sd": f"{slice_.sd:06x}"}
    return {
        "rRMPolicyMemberList": [{"plmnId": {"mcc": "001", "mnc": "01"}, "sNSSAI": {"sst": slice_.sst, **sd}}],
        "rRMPolicyDedicatedRatio": dedicated,
        "rRMPolicyMinRatio": least,
        "rRMPolicyMaxRatio": most,
    }


def configure(network: Network, whom: SimNode, cell: int | None, new: dict[str, Any], **old: Any) -> list[str]:
    """The causes of what failed."""
    control = ccc.Controlled(cell, "O-RRMPolicyRatio", old, new)
    answer = network.control(whom, CCC_ID, *ccc.encode_control([control]))
    assert isinstance(answer, ControlAcknowledged)
    assert answer.outcome is not None
    return [one.cause for _, one in ccc.decode_outcome(answer.outcome).failed()]


def test_a_ratio_of_one_cell_caps_the_slice_there_and_is_told(network: Network) -> None:
    state = world(network)
    whom = node(network)
    cell = int(np.argmax([((state.serving == c) & (state.population.slice == 1)).sum() for c in range(6)]))
    assert configure(network, whom, cell_id(network, cell), ratio(0, 0, 5, SLOW)) == []
    assert whom.config.values(cell, "O-RRMPolicyRatio") == {"resourceType": "PRB_DL", **ratio(0, 0, 5, SLOW)}
    others = [c for c in range(6) if c != cell]
    assert [state.slicing.maximum[c, 1] for c in others] == [100.0] * 5
    used = used_by_slice(network, range(6))
    assert used[cell, 1] == pytest.approx(0.05 * state.deployment.prbs[cell])
    # The other slice's is a structure of its own.
    old = {"rRMPolicyMaxRatio": 100}
    assert configure(network, whom, cell_id(network, cell), ratio(10, 20, 90, FAST), **old) == []
    assert state.slicing.maximum[cell].tolist() == [90.0, 5.0]


def test_the_nodes_ratio_is_that_of_all_its_cells(network: Network) -> None:
    assert configure(network, node(network), None, ratio(5, 10, 50, SLOW)) == []
    slicing = world(network).slicing
    assert [table[:, 1].tolist() for table in (slicing.dedicated, slicing.minimum, slicing.maximum)] == [
        [5.0] * 6 + [0.0] * 6,
        [10.0] * 6 + [0.0] * 6,
        [50.0] * 6 + [100.0] * 6,
    ]


def test_what_is_refused_says_why_and_leaves_no_trace(network: Network) -> None:
    untouched = started()
    one, cu, du = (node(network, name) for name in ("1", "2", "2-du1"))
    first, second = someone(network, 0), someone(network, 1)
    known = one.names.of(first)
    here = cell_id(network, 0)
    handovers = [
        network.hand_over(one, known, here + 77),
        network.hand_over(one, UeId(amf_ue_ngap_id=10_000, guami=known.guami, f1ap=(1,)), here),
        network.hand_over(one, one.names.of(second), here),
        network.hand_over(one, known, cell_id(network, int(world(network).serving[first]))),
    ]
    assert [answer.cause for answer in handovers if isinstance(answer, ControlFailed)] == [FAILED] * 4
    wrong_node = network.hand_over(du, du.names.of(second), here)
    assert isinstance(wrong_node, ControlFailed)
    assert wrong_node.cause == UNSUPPORTED
    quotas = [
        set_quota(network, du, du.names.of(first), SLOW, 0, 10, 0),
        set_quota(network, du, du.names.of(second), SNssai(7), 0, 10, 0),
        set_quota(network, du, du.names.of(second), SLOW, 20, 10, 0),
    ]
    assert [answer.cause for answer in quotas if isinstance(answer, ControlFailed)] == [FAILED] * 3
    wrong_node = set_quota(network, cu, cu.names.of(second), SLOW, 0, 10, 0)
    assert isinstance(wrong_node, ControlFailed)
    assert wrong_node.cause == UNSUPPORTED
    assert configure(network, one, here, ratio(0, 30, 20, SLOW)) == ["SemanticError"]
    assert configure(network, one, here, ratio(0, 0, 50, SNssai(7))) == ["NotAvailable"]
    assert configure(network, one, here, ratio(0, 0, 50, SLOW), rRMPolicyMinRatio=3) == ["IncompatibleState"]
    assert configure(network, one, cell_id(network, 6), ratio(0, 0, 50, SLOW)) == ["NotAvailable"]
    # Cell 0 is the coverage layer of its sector.
    answer = network.sleep(one, here, False, True)
    assert isinstance(answer, ControlAcknowledged)
    assert answer.outcome is not None
    assert [entry.cause for _, entry in ccc.decode_outcome(answer.outcome).failed()] == ["Unspecified"]
    reasons = " ".join(network.simulation.result()["refused_controls"])
    for words in (
        "has no cell", "no user is called", "already, or on its way", "only 2/6 is served",
        "only 1/1 and 3/1 and 4/4 are served", "has no slice 07", "is above its max", "is not one slice",
        "rRMPolicyMinRatio is 0", "no other cell in service",
    ):  # fmt: skip
        assert words in reasons
    network.tick(10)
    untouched.tick(10)
    assert network.simulation.result()["digest"] == untouched.simulation.result()["digest"]


def test_quotas_that_cannot_hold_together_change_nothing(network: Network) -> None:
    du = node(network, "2-du1")
    ue = du.names.of(someone(network, 1))
    assert isinstance(set_quota(network, du, ue, FAST, 70, 100, 0), ControlAcknowledged)
    slicing = world(network).slicing
    before = slicing.minimum.copy()
    assert isinstance(set_quota(network, du, ue, SLOW, 40, 100, 0), ControlFailed)
    np.testing.assert_array_equal(slicing.minimum, before)
    assert before[6:, 0].tolist() == [70.0] * 6


def test_a_target_that_sleeps_and_the_last_cell_of_a_sector_are_refused_unless_holes_are_allowed() -> None:
    network = started(WAITING, 40)
    whom = node(network)
    user, target = movable(world(network), 1)
    asleep = target | 1
    network.sleep(node(network, "2-du1"), cell_id(network, asleep), False, True)
    network.tick(5)
    answer = network.hand_over(whom, whom.names.of(user), cell_id(network, asleep))
    assert isinstance(answer, ControlFailed)
    assert "is out of service" in " ".join(network.simulation.result()["refused_controls"])
    holes = started(with_holes(WAITING), 5)
    holes.sleep(node(holes), cell_id(holes, 0), False, True)
    holes.tick(3)
    assert world(holes).availability.in_service[0] == 0


def test_a_gnb_without_power_says_that_its_cells_do_not_work() -> None:
    dark = replace(STREET, impairments=(Impairment("blackout", "gnb1", 1, 2),))
    network = started(dark, 15)
    config = node(network).config
    assert config.values(0, "O-NRCellDU") == {
        "operationalState": "DISABLED",
        "administrativeState": "UNLOCKED",
        "cellState": "INACTIVE",
    }
    assert config.values(0, "O-CESManagementFunction") == {"cesSwitch": True, "energySavingState": "isNotEnergySaving"}
    network.tick(10)
    state = config.values(0, "O-NRCellDU")
    assert state is not None
    assert state["operationalState"] == "ENABLED"
