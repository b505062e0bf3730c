"""How far controls reach: every one changes the town that it is given to, and not a bit of the next; which handovers
are refused, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ricloop.core.ids import UeId
from ricloop.e2ap.messages import Cause
from ricloop.e2sm.ccc import codec as ccc
from ricloop.e2sm.common import Slice
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc import quota
from ricloop.session.events import ControlAcknowledged, ControlFailed, RicEvent
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from tests.e2sim.network import Network
from tests.e2sim.networks import TWO_TOWNS
from tests.e2sim.street import PLMN, WAITING, cell_id, movable, node, started, world

BY_QOS = replace(TWO_TOWNS, rules=replace(TWO_TOWNS.rules, policy=Policy.QOS_PROPORTIONAL_FAIR))
FAILED = Cause("ricRequest", "control-failed-to-execute")


def user_of(network: Network) -> int:
    """A settled user of the first gNB, with a full buffer."""
    state = world(network)
    here = (state.serving >= 0) & (state.serving < 6) & state.roaming.settled() & (state.population.group == 0)
    return int(np.flatnonzero(here)[0])


def name_of(network: Network, user: int) -> UeId:
    return node(network).names.of(user)


def by_ccc(network: Network, structure: str, new: dict[str, object], cell: int = 1) -> RicEvent:
    control = ccc.Controlled(cell_id(network, cell), structure, {}, new)
    return network.control(node(network), CCC_ID, *ccc.encode_control([control]))


def by_rc(network: Network, style: int, action: int, message: bytes) -> RicEvent:
    header = rc.encode_control_header(rc.ControlHeader(name_of(network, user_of(network)), style, action))
    return network.control(node(network), RC_ID, header, message)


def moved(network: Network) -> RicEvent:
    user = user_of(network)
    state = world(network)
    near = state.air.near[user]
    heard = np.where((near >= 0) & (near != state.serving[user]), state.air.strength[user], -np.inf)
    return network.hand_over(node(network), name_of(network, user), cell_id(network, int(near[heard.argmax()])))


def capped(network: Network) -> RicEvent:
    return by_rc(network, 2, 6, quota.message(tuple(quota.ids_of(()).items()), PLMN, Slice(1), 0, 30, 0))


def preferred(network: Network) -> RicEvent:
    return by_rc(network, 1, 1, rc.encode_control_message(rc.ControlMessage({1: rc.Element(1), 11: rc.Element(1)})))


CONTROLS: dict[str, Callable[[Network], RicEvent]] = {
    "RC 3/1": moved,
    "RC 2/6": capped,
    "RC 1/1": preferred,
    "energySavingControl": lambda n: by_ccc(n, "O-CESManagementFunction", {"energySavingControl": "toBeEnergySaving"}),
    "administrativeState": lambda n: by_ccc(n, "O-NRCellDU", {"administrativeState": "LOCKED"}),
    "sleepMode": lambda n: by_ccc(n, "O-NESPolicy", {"policyType": "ASM", "sleepMode": "SLEEP_MODE2"}),
    "rRMPolicyMaxRatio": lambda n: by_ccc(n, "O-RRMPolicyRatio", {"rRMPolicyMaxRatio": 20}),
}


@pytest.fixture(scope="module")
def free() -> Network:
    return started(BY_QOS, 40)


@pytest.mark.parametrize("name", CONTROLS)
def test_a_control_changes_its_town_and_not_a_bit_of_the_next(name: str, free: Network) -> None:
    network = started(BY_QOS)
    assert isinstance(CONTROLS[name](network), ControlAcknowledged)
    network.tick(30)
    mine, theirs = world(network), world(free)
    near, far = slice(0, 24), slice(24, 48)
    group = mine.population.group % 2
    assert not np.array_equal(mine.totals.cell[:, near], theirs.totals.cell[:, near])
    for name in ("cell", "cell_up", "rrc"):
        np.testing.assert_array_equal(getattr(mine.totals, name)[:, far], getattr(theirs.totals, name)[:, far], name)
    np.testing.assert_array_equal(mine.totals.users[:, :, group == 1], theirs.totals.users[:, :, group == 1])
    np.testing.assert_array_equal(mine.sinr_db[group == 1], theirs.sinr_db[group == 1])
    np.testing.assert_array_equal(mine.sinr_up_db[group == 1], theirs.sinr_up_db[group == 1])


def test_a_quota_of_all_cells_of_a_gnb_is_what_they_send() -> None:
    network, other = started(BY_QOS), started(BY_QOS)
    assert isinstance(capped(network), ControlAcknowledged)
    before = world(network).totals.cell[CellTotal.PRB_S].copy()
    network.tick(10)
    other.tick(10)
    used = (world(network).totals.cell[CellTotal.PRB_S] - before) / world(network).deployment.prbs
    free = (world(other).totals.cell[CellTotal.PRB_S] - before) / world(other).deployment.prbs
    assert (used[:6] <= 0.3 + 1e-9).all()
    assert used[:6].max() == pytest.approx(0.3)
    assert free[:6].max() == pytest.approx(1.0)


def test_a_user_that_is_moved_takes_its_prbs_along() -> None:
    network = started(WAITING, 40)
    user, target = movable(world(network), 1)
    state, source = world(network), int(world(network).serving[user])
    name = name_of(network, user)
    assert isinstance(network.hand_over(node(network), name, cell_id(network, target)), ControlAcknowledged)
    network.tick()
    # Prepared for 50 ms, then 40 ms without a link: in the tick after the command it is in the target at the end.
    assert state.serving[user] == target
    bits = state.totals.user[UserTotal.BITS, user]
    prbs = state.totals.cell[CellTotal.PRB_S, [source, target]].copy()
    alone = state.connected()[source] == 0
    state.backlog[user] += 1e7
    network.tick()
    grown = state.totals.cell[CellTotal.PRB_S, [source, target]] - prbs
    assert state.totals.user[UserTotal.BITS, user] > bits
    assert grown[1] > 0
    assert not alone or grown[0] == 0


def test_handovers_that_cannot_be_are_refused_with_their_reason_and_leave_no_trace() -> None:
    network, untouched = started(TWO_TOWNS), started(TWO_TOWNS)
    one, user = node(network), user_of(network)
    name = name_of(network, user)
    state = world(network)
    stranger = int(np.flatnonzero((state.serving >= 6) & (state.serving < 24))[0])
    refused = [
        (network.hand_over(one, name, cell_id(network, 30)), "does not receive"),
        (network.hand_over(one, name, cell_id(network, 0) + 1000), "has no cell"),
        (network.hand_over(one, name_of(network, stranger), cell_id(network, 0)), "no user is called"),
        (network.hand_over(one, name, cell_id(network, int(state.serving[user]))), "is in"),
        (by_rc(network, 3, 1, rc.encode_control_message(rc.ControlMessage())), "names no NR target cell"),
    ]
    causes = [FAILED] * 4 + [Cause("ricRequest", "control-message-invalid")]
    reasons = network.simulation.result()["refused_controls"]
    for (answer, words), cause in zip(refused, causes, strict=True):
        assert isinstance(answer, ControlFailed), words
        assert answer.cause == cause
        assert any(words in reason for reason in reasons), words
    network.tick(10)
    untouched.tick(10)
    assert network.simulation.result()["digest"] == untouched.simulation.result()["digest"]


def test_a_user_on_its_way_is_not_sent_elsewhere() -> None:
    network = started(replace(TWO_TOWNS, tick_us=20_000), 50)
    user = user_of(network)
    name = name_of(network, user)
    assert isinstance(moved(network), ControlAcknowledged)
    network.tick()
    state = world(network)
    assert state.roaming.handovers.phase[user] == 1
    target = int(state.roaming.handovers.target[user])
    others = [cell for cell in state.air.near[user].tolist() if cell not in (-1, target, state.serving[user])]
    answer = network.hand_over(node(network), name, cell_id(network, others[0]))
    assert isinstance(answer, ControlFailed)
    assert answer.cause == FAILED
    network.tick(5)
    assert state.serving[user] in (target, -1)
