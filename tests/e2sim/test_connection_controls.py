"""RC 4/4 at the nodes of a network: a connection is released, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ricloop.core.ids import UeId
from ricloop.e2ap.messages import Cause
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc import control as any_control
from ricloop.session.events import ControlAcknowledged, ControlFailed, RicEvent
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.function import RC_ID
from ricloop_e2sim.rrc.counters import CAUSES, ROW
from tests.e2sim.network import Network
from tests.e2sim.networks import still
from tests.e2sim.street import STREET, WAITING, cell_id, node, started, world

FAILED = Cause("ricRequest", "control-failed-to-execute")
INVALID = Cause("ricRequest", "control-message-invalid")
UNSUPPORTED = Cause("ricRequest", "action-not-supported")


def release(network: Network, whom: SimNode, ue: UeId, parameters: dict[int, int] | None = None) -> RicEvent:
    """As the SDK writes it."""
    asked = any_control(1, 4, 4, parameters)
    header = rc.encode_control_header(rc.ControlHeader(ue, asked.style, asked.action))
    return network.control(whom, RC_ID, header, rc.encode_control_message(rc.ControlMessage(asked.parameters)))


def somebody(network: Network) -> int:
    """A user of the first gNB."""
    state = world(network)
    return int(np.flatnonzero((state.serving >= 0) & (state.serving < 6) & state.roaming.settled())[0])


def setups(network: Network) -> int:
    table = world(network).totals.rrc
    return int(sum(table[ROW[f"RRC.ConnEstabSucc.{cause}"]].sum() for cause in CAUSES))


def test_a_released_user_is_idle_for_a_tick_and_with_data_it_comes_back() -> None:
    network, other = started(STREET), started(STREET)
    state = world(network)
    user, before = somebody(network), setups(network)
    assert isinstance(release(network, node(network), node(network).names.of(user)), ControlAcknowledged)
    assert state.serving[user] >= 0
    network.tick()
    other.tick()
    assert state.serving[user] == -1
    assert state.totals.rrc[ROW["Released"]].sum() - world(other).totals.rrc[ROW["Released"]].sum() == 1
    # A full buffer is cut off with data.
    assert state.totals.rrc[ROW["DRB.RelActNbr"]].sum() == 1
    # Nobody else was disturbed yet: who is where is decided before the loads.
    others = np.arange(len(state.serving)) != user
    np.testing.assert_array_equal(state.serving[others], world(other).serving[others])
    network.tick()
    assert state.serving[user] >= 0
    assert setups(network) == before + 1


def test_a_released_user_without_data_stays_idle() -> None:
    network = started(still(replace(WAITING, groups=(replace(WAITING.groups[0], scale=0.02),))), 60)
    state = world(network)
    idle = np.flatnonzero((state.serving >= 0) & (state.serving < 6) & (state.backlog == 0))
    assert len(idle) > 0
    user = int(idle[0])
    assert isinstance(release(network, node(network), node(network).names.of(user)), ControlAcknowledged)
    network.tick(3)
    assert state.serving[user] == -1 or state.backlog[user] > 0
    assert state.totals.rrc[ROW["Released"]].sum() == 1
    assert state.totals.rrc[ROW["DRB.RelActNbr"]].sum() == 0


def test_a_user_that_is_on_its_way_by_then_is_not_released() -> None:
    # Preparing a handover takes 50 ms: a tick.
    network = started(replace(STREET, tick_us=50_000))
    state = world(network)
    user, one = somebody(network), node(network)
    heard = [int(cell) for cell in state.air.near[user] if 0 <= cell < 6 and cell != state.serving[user]]
    release(network, one, one.names.of(user))
    assert isinstance(network.hand_over(one, one.names.of(user), cell_id(network, heard[0])), ControlAcknowledged)
    network.tick()
    assert state.totals.rrc[ROW["Released"]].sum() == 0
    assert not state.roaming.settled()[user]
    refused = release(network, one, one.names.of(user))
    assert isinstance(refused, ControlFailed)
    assert refused.cause == FAILED


def test_what_is_refused_says_why_and_leaves_no_trace() -> None:
    network, untouched = started(STREET), started(STREET)
    state = world(network)
    one, cu, du = (node(network, name) for name in ("1", "2", "2-du1"))
    me, theirs = somebody(network), int(np.flatnonzero(state.serving >= 6)[0])
    wrong = [
        (release(network, one, one.names.of(me), {1: 5}), INVALID, "takes no parameters here, not 1"),
        (release(network, one, one.names.of(theirs)), FAILED, "no user is called"),
        (release(network, cu, cu.names.of(me)), FAILED, "no user is called"),
        (release(network, du, du.names.of(theirs)), UNSUPPORTED, "style 4 action 4: only 2/6 is served"),
    ]
    reasons = " ".join(network.simulation.result()["refused_controls"])
    for answer, cause, why in wrong:
        assert isinstance(answer, ControlFailed)
        assert answer.cause == cause
        assert why in reasons
    network.tick(5)
    untouched.tick(5)
    assert network.simulation.result()["digest"] == untouched.simulation.result()["digest"]


def test_a_world_without_connections_of_its_own_does_not_offer_it() -> None:
    network = Network.of("single")
    (whom,) = network.simulation.nodes
    network.tick()
    answer = release(network, whom, whom.names.of(0))
    assert isinstance(answer, ControlFailed)
    assert answer.cause == UNSUPPORTED
