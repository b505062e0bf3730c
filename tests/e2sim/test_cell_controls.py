"""What a network's cells do when an operator locks them, shuts them down or gives them a sleep mode, over the codec."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ricloop.e2ap.messages import Cause
from ricloop.e2sm.ccc import codec as ccc
from ricloop.session.events import ControlAcknowledged, ControlFailed
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.network.connections import ConnectionRules
from ricloop_e2sim.network.totals import CellTotal
from ricloop_e2sim.network.world import NetworkRules
from ricloop_e2sim.rrc.counters import ROW
from tests.e2sim.network import Network
from tests.e2sim.networks import TWO_TOWNS, still
from tests.e2sim.street import STREET, WAITING, cell_id, movable, node, started, with_holes, world

DU_CELL, SAVING, POLICY = "O-NRCellDU", "O-CESManagementFunction", "O-NESPolicy"
LOCK, UNLOCK, SHUT = ({"administrativeState": state} for state in ("LOCKED", "UNLOCKED", "SHUTTINGDOWN"))
SLEEP, WAKE = ({"energySavingControl": word} for word in ("toBeEnergySaving", "toBeNotEnergySaving"))


def write(
    network: Network, cell: int | None, structure: str, new: dict[str, Any], whom: SimNode | None = None, **old: Any
) -> list[str]:
    """The causes of what failed. `cell` by its number in the network."""
    target = None if cell is None else cell_id(network, cell)
    message = ccc.encode_control([ccc.Controlled(target, structure, old, new)])
    answer = network.control(node(network) if whom is None else whom, CCC_ID, *message)
    assert isinstance(answer, ControlAcknowledged)
    assert answer.outcome is not None
    return [one.cause for _, one in ccc.decode_outcome(answer.outcome).failed()]


def busiest(network: Network) -> int:
    """A cell of the first gNB's upper layer."""
    state = world(network)
    connected = np.bincount(state.serving[state.serving >= 0], minlength=6)
    cell = int(1 + 2 * np.argmax(connected[1:6:2]))
    assert connected[cell] > 0
    return cell


def books(network: Network, town: int) -> list[np.ndarray[Any, Any]]:
    """All that a town's cells and users have counted."""
    totals = world(network).totals
    cells = slice(24 * town, 24 * (town + 1))
    groups = world(network).population.group % 2 == town
    return [totals.cell[:, cells], totals.rrc[:, cells], totals.user[:, groups], world(network).sinr_db[groups]]


def test_a_locked_cell_idles_and_disturbs_nobody_and_the_next_town_does_not_notice() -> None:
    scenario = still(TWO_TOWNS)
    network, other = started(scenario), started(scenario, 20)
    cell = busiest(network)
    left = np.flatnonzero(world(network).serving == cell)
    failures = world(network).totals.rrc[ROW["RadioLinkFailure"], cell]
    assert write(network, cell, DU_CELL, LOCK) == []
    network.tick(10)
    state, free = world(network), world(other)
    # TR 38.864 5.1, Cat 1 set 2: P3 is 50 units, of 2 W; more when it sends.
    assert state.power_w[cell] == pytest.approx(100.0)
    assert free.power_w[cell] > 150
    assert state.totals.rrc[ROW["RadioLinkFailure"], cell] - failures == len(left)
    assert (state.serving[left] != cell).all()
    assert (state.serving[left] >= 0).all()
    spent = free.totals.cell[CellTotal.AVAILABLE_PRB_S, cell] - state.totals.cell[CellTotal.AVAILABLE_PRB_S, cell]
    assert spent == pytest.approx(state.deployment.prbs[cell] * 1.0)
    assert state.totals.cell[CellTotal.ASLEEP_S, cell] == state.totals.cell[CellTotal.SLEEPS, cell] == 0
    same = (state.serving == free.serving) & (state.serving >= 0) & (state.population.group == 0)
    near = same & (state.deployment.frequency_mhz[state.serving] == 2100) & (state.air.near == cell).any(axis=1)
    assert near.any()
    assert (state.sinr_db[near] > free.sinr_db[near]).all()
    for mine, theirs in zip(books(network, 1), books(other, 1), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert not np.array_equal(books(network, 0)[0], books(other, 0)[0])


def test_a_cell_tells_its_states_and_serves_again_when_unlocked() -> None:
    network = started()
    config = node(network).config
    write(network, 1, DU_CELL, LOCK)
    network.tick()
    locked = {"operationalState": "ENABLED", "administrativeState": "LOCKED", "cellState": "INACTIVE"}
    assert config.values(1, DU_CELL) == locked
    assert config.values(1, SAVING) == {"cesSwitch": True, "energySavingState": "isNotEnergySaving"}
    assert network.simulation.run.status()["table"][1]["state"] == "locked"
    assert write(network, 1, DU_CELL, UNLOCK, **LOCK) == []
    network.tick()
    free = {"operationalState": "ENABLED", "administrativeState": "UNLOCKED", "cellState": "ACTIVE"}
    assert config.values(1, DU_CELL) == free
    assert world(network).availability.in_service[1] == 1


def test_a_cell_that_is_locked_asleep_does_not_serve_when_it_wakes() -> None:
    network = started()
    write(network, 1, SAVING, SLEEP)
    network.tick(3)
    write(network, 1, DU_CELL, LOCK)
    write(network, 1, SAVING, WAKE)
    network.tick(10)
    assert world(network).availability.energy.state[1] == 0
    assert world(network).availability.in_service[1] == 0
    assert world(network).power_w[1] == pytest.approx(100.0)


def test_a_cell_that_shuts_down_serves_whom_it_has_and_is_locked_when_they_are_gone() -> None:
    hasty = replace(
        WAITING,
        groups=(replace(WAITING.groups[0], scale=0.1),),
        rules=NetworkRules(connections=ConnectionRules(inactivity_us=300_000)),
    )
    network, other = started(hasty, 10), started(hasty, 10)
    while not len(waiting := np.flatnonzero(world(network).backlog * (world(network).serving >= 0) > 1e6)):
        network.tick()
        other.tick()
    cell = int(world(network).serving[waiting[0]])
    whom = node(network, "1" if cell < 6 else "2-du1")
    came = [ROW["RRC.ConnEstabSucc.mo-Data"], ROW["RRC.ReEstabAtt"]]
    first = world(network).totals.rrc[came, cell].copy()
    bits = world(network).totals.cell[CellTotal.BITS, cell]
    here = set(np.flatnonzero(world(network).serving == cell).tolist())
    assert write(network, cell, DU_CELL, SHUT, whom) == []
    config, seen = whom.config, []
    for _ in range(120):
        network.tick()
        other.tick()
        now = set(np.flatnonzero(world(network).serving == cell).tolist())
        assert now <= here
        here = now
        seen.append(config.values(cell % 6, DU_CELL)["administrativeState"])
        assert (world(network).availability.in_service[cell] > 0) == (seen[-1] == "SHUTTINGDOWN")
    assert seen[0] == "SHUTTINGDOWN"
    assert seen[-1] == "LOCKED"
    assert world(network).totals.cell[CellTotal.BITS, cell] > bits
    np.testing.assert_array_equal(world(network).totals.rrc[came, cell], first)
    assert world(other).totals.rrc[came[0], cell] > first[0]
    assert world(network).totals.rrc[ROW["RadioLinkFailure"], cell] == 0


@pytest.mark.parametrize(("mode", "watts"), [("SLEEP_MODE1", 100.0), ("sleep_mode2", 50.0), ("SLEEP_MODE3", 2.0)])
def test_a_sleep_mode_is_a_depth_of_sleep_and_mode_0_ends_it(mode: str, watts: float) -> None:
    network = started()
    cell = busiest(network)
    # TR 38.864 5.1, Cat 1 set 2: 50, 25 and 1 units, of 2 W.
    assert write(network, cell, POLICY, {"policyType": "ASM", "dataDir": "DL", "sleepMode": mode}) == []
    network.tick(3)
    state = world(network)
    assert state.power_w[cell] == pytest.approx(watts)
    assert state.availability.in_service[cell] == 0
    saved = node(network).config.values(cell, SAVING)
    assert saved == {"cesSwitch": True, "energySavingState": "isEnergySaving"}
    assert write(network, cell, POLICY, {"sleepMode": "SLEEP_MODE0"}, policyType="ASM") == []
    network.tick(10)
    assert state.availability.in_service[cell] == 1


def test_a_sleep_becomes_deeper_at_once_and_lighter_by_waking_only() -> None:
    network = started()
    assert write(network, 1, POLICY, {"policyType": "ASM", "sleepMode": "SLEEP_MODE2"}) == []
    network.tick(3)
    assert write(network, 1, POLICY, {"policyType": "ASM", "sleepMode": "SLEEP_MODE3"}) == []
    network.tick(3)
    assert world(network).power_w[1] == pytest.approx(2.0)
    assert write(network, 1, POLICY, {"policyType": "ASM", "sleepMode": "SLEEP_MODE1"}) == ["IncompatibleState"]
    assert write(network, 1, SAVING, WAKE) == []
    network.tick()
    assert write(network, 1, POLICY, {"policyType": "ASM", "sleepMode": "SLEEP_MODE1"}) == []


def test_without_its_switch_a_cell_is_not_put_to_sleep_but_may_wake() -> None:
    network = started()
    assert write(network, 1, SAVING, SLEEP) == []
    network.tick(3)
    assert write(network, 1, SAVING, {"cesSwitch": False}, cesSwitch=True) == []
    assert world(network).availability.in_service[1] == 0
    assert node(network).config.values(1, SAVING) == {"cesSwitch": False, "energySavingState": "isEnergySaving"}
    assert write(network, 1, SAVING, WAKE) == []
    network.tick(10)
    assert world(network).availability.in_service[1] == 1
    assert write(network, 1, SAVING, SLEEP) == ["IncompatibleState"]
    assert write(network, 3, SAVING, SLEEP) == []
    assert write(network, 1, SAVING, {"cesSwitch": True, **SLEEP}) == []
    network.tick(3)
    assert world(network).availability.in_service[[1, 3]].tolist() == [0, 0]


REFUSED: list[tuple[int | None, str, dict[str, Any], dict[str, Any], str, str]] = [
    (0, DU_CELL, LOCK, {}, "Unspecified", "no other cell in service"),
    (0, DU_CELL, SHUT, {}, "Unspecified", "no other cell in service"),
    (0, POLICY, {"policyType": "ASM", "sleepMode": "SLEEP_MODE1"}, {}, "Unspecified", "no other cell in service"),
    (1, DU_CELL, LOCK, LOCK, "IncompatibleState", "administrativeState is UNLOCKED, not LOCKED"),
    (1, DU_CELL, {**LOCK, "nrPci": 7}, {}, "NotSupported", "O-NRCellDU.nrPci cannot be written"),
    (1, DU_CELL, {}, LOCK, "SemanticError", "gives no new administrativeState"),
    (6, DU_CELL, LOCK, {}, "NotAvailable", "has no cell"),
    (1, SAVING, {"cesSwitch": False}, {"cesSwitch": False}, "IncompatibleState", "cesSwitch is True, not False"),
    (1, SAVING, {"energySavingState": "isEnergySaving"}, {}, "SemanticError", "neither energySavingControl nor"),
    (1, POLICY, {"policyType": "TRX_CONTROL", "sleepMode": "SLEEP_MODE1"}, {}, "NotSupported", "only ASM is served"),
    (1, POLICY, {"sleepMode": "SLEEP_MODE1"}, {}, "NotSupported", "policyType None"),
    (1, POLICY, {"policyType": "ASM", "dataDir": "UL", "sleepMode": "SLEEP_MODE1"}, {}, "NotSupported", "as a whole"),
    (1, POLICY, {"policyType": "ASM", "symbolMask": 3}, {}, "NotSupported", "O-NESPolicy.symbolMask cannot be"),
    (1, POLICY, {"policyType": "ASM"}, {}, "SemanticError", "gives no new sleepMode"),
    (1, "O-BWP", {"startRB": 3}, {}, "NotSupported", "O-BWP cannot be written"),
    (1, "O-CellDTXDRXConfig", {"slotOffset": 3}, {}, "NotSupported", "O-CellDTXDRXConfig cannot be written"),
    (1, "O-PRBBlankingPolicy", {"linkDir": "DL"}, {}, "NotSupported", "O-PRBBlankingPolicy cannot be written"),
    (None, "O-GNBCUCPFunction", {"xnBlockList": []}, {}, "NotSupported", "O-GNBCUCPFunction cannot be written"),
    (None, DU_CELL, LOCK, {}, "NotSupported", "node gnb1: O-NRCellDU cannot be written"),
]


def test_what_is_refused_says_why_and_leaves_no_trace() -> None:
    network, untouched = started(), started(STREET, 20)
    for cell, structure, new, old, cause, words in REFUSED:
        assert write(network, cell, structure, new, **old) == [cause], words
        assert any(words in reason for reason in network.simulation.result()["refused_controls"]), words
    network.tick(10)
    assert network.simulation.result()["digest"] == untouched.simulation.result()["digest"]


@pytest.mark.parametrize(("order", "word"), [(LOCK, "LOCKED"), (SHUT, "SHUTTINGDOWN")])
def test_nobody_is_handed_over_to_a_cell_that_takes_no_users(order: dict[str, str], word: str) -> None:
    network = started(with_holes(WAITING), 40)
    one, two = node(network), node(network, "2-du1")
    user, target = movable(world(network), 1)
    assert write(network, target, DU_CELL, order, two) == []
    answer = network.hand_over(one, one.names.of(user), cell_id(network, target))
    assert isinstance(answer, ControlFailed)
    assert answer.cause == Cause("ricRequest", "control-failed-to-execute")
    (reason,) = network.simulation.result()["refused_controls"]
    assert f"is {word} and takes no users" in reason


def test_a_locked_cell_cannot_shut_down() -> None:
    network = started()
    write(network, 1, DU_CELL, LOCK)
    assert write(network, 1, DU_CELL, SHUT) == ["IncompatibleState"]
