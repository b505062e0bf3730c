"""What cells and users do, tick by tick."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ricloop_e2sim.energy.cellstate import CellState, Depth
from ricloop_e2sim.energy.power import Power
from ricloop_e2sim.gnb.counters import CellCounter
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.world import World
from tests.e2sim.small import CAPACITY, COVERAGE, POWER, RATE, RULES, load, world


def total(world: World, counter: int) -> float:
    return float(world.totals[counter].sum())


def state(world: World) -> CellState:
    return CellState(int(world.cells.state[CAPACITY]))


def run(world: World, ticks: int, *prbs: float) -> None:
    for _ in range(ticks):
        world.step(load(*prbs))


def test_load_becomes_prbs_becomes_power() -> None:
    network = world()
    network.step(load(10, 20, 30))
    np.testing.assert_allclose(network.use, [10 / 50, 50 / 100])
    np.testing.assert_allclose(network.power_w, [100 + 300 * 0.2, 100 + 300 * 0.5])
    assert total(network, CellCounter.BITS) == pytest.approx(60 * RATE * 0.1)
    assert total(network, CellCounter.LOST_BITS) == 0


def test_energy_is_the_integral_of_power_through_sleeping_and_waking() -> None:
    network = world()
    joules = 0.0
    for tick in range(30):
        if tick in (5, 15):
            network.cells.sleep(CAPACITY, Depth.DEEP if tick == 5 else Depth.AWAKE)
        network.step(load(5, 1, 1))
        joules += float(network.power_w.sum()) * 0.1
    assert total(network, CellCounter.ENERGY_J) == pytest.approx(joules)


def test_a_sleeping_cell_draws_sleep_power_and_each_sleep_its_transition_energy() -> None:
    network = world()
    run(network, 1, 0, 0, 0)
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 10, 0, 0, 0)
    assert network.totals[CellCounter.ENERGY_J, CAPACITY] == pytest.approx(100 * 0.1 + 2 * 1.0 + 7)
    assert network.totals[CellCounter.SLEEPS, CAPACITY] == 1
    assert network.totals[CellCounter.ASLEEP_S, CAPACITY] == pytest.approx(1.0)


def test_a_command_takes_effect_at_the_next_tick_and_waking_takes_its_time_at_idle_power() -> None:
    network = world()
    run(network, 1, 0, 0, 0)
    network.cells.sleep(CAPACITY, Depth.DEEP)
    assert state(network) is CellState.ACTIVE
    run(network, 5, 0, 0, 0)
    assert state(network) is CellState.ASLEEP
    network.cells.sleep(CAPACITY, Depth.AWAKE)
    for _ in range(3):
        network.step(load(0, 0, 0))
        assert state(network) is CellState.WAKING
        assert network.cells.saving[CAPACITY]
        assert network.power_w[CAPACITY] == 100
    network.step(load(0, 0, 0))
    assert state(network) is CellState.ACTIVE
    assert not network.cells.saving[CAPACITY]


def test_falling_asleep_takes_its_time_without_service() -> None:
    network = world(replace(POWER, down_us=250_000))
    run(network, 1, 0, 1, 1)
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 2, 0, 1, 1)
    assert state(network) is CellState.FALLING_ASLEEP
    assert network.power_w[CAPACITY] == 100
    assert network.use[CAPACITY] == 0
    run(network, 1, 0, 1, 1)
    assert state(network) is CellState.ASLEEP
    assert network.power_w[CAPACITY] == pytest.approx((100 + 2) / 2)


def test_waking_a_cell_that_falls_asleep_lets_it_finish_first() -> None:
    network = world(replace(POWER, down_us=200_000))
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 1, 0, 0, 0)
    network.cells.sleep(CAPACITY, Depth.AWAKE)
    run(network, 4, 0, 0, 0)
    assert state(network) is CellState.WAKING
    run(network, 1, 0, 0, 0)
    assert state(network) is CellState.ACTIVE


def test_users_left_in_a_cell_that_falls_asleep_lose_their_traffic_until_they_re_establish() -> None:
    network = world()
    run(network, 1, 5, 5, 5)
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 10, 5, 5, 5)
    assert network.totals[CellCounter.FAILURES, CAPACITY] == 2
    assert total(network, CellCounter.LOST_BITS) == pytest.approx(2 * 5 * RATE * 1.0)
    assert network.connected().tolist() == [1, 0]
    run(network, 1, 5, 5, 5)
    assert network.connected().tolist() == [3, 0]
    assert network.totals[CellCounter.REESTABLISHED, COVERAGE] == 2
    assert network.use[COVERAGE] == pytest.approx(15 / 50)


def test_a_drained_cell_sleeps_without_any_loss() -> None:
    network = world()
    run(network, 1, 5, 5, 5)
    assert [network.hand_over(user, COVERAGE) for user in (1, 2)] == ["", ""]
    run(network, 2, 5, 5, 5)
    assert network.connected().tolist() == [3, 0]
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 10, 5, 5, 5)
    assert total(network, CellCounter.FAILURES) == 0
    assert network.totals[CellCounter.HANDOVERS_DONE, CAPACITY] == 2


def test_a_handover_takes_preparation_and_interruption_and_interrupts_for_40_ms() -> None:
    network = world()
    run(network, 1, 0, 10, 0)
    network.hand_over(1, COVERAGE)
    network.step(load(0, 10, 0))
    assert network.serving[1] == CAPACITY
    assert network.use[CAPACITY] == pytest.approx(0.1 * 0.6)
    network.step(load(0, 10, 0))
    assert network.serving[1] == COVERAGE


def test_what_does_not_fit_waits_in_the_buffer_and_beyond_it_is_lost() -> None:
    network = world(rules=replace(RULES, buffer_bits=20 * RATE * 0.1))
    network.step(load(60, 0, 0))
    assert network.buffer[0] == pytest.approx(10 * RATE * 0.1)
    assert total(network, CellCounter.LOST_BITS) == 0
    network.step(load(70, 0, 0))
    assert total(network, CellCounter.LOST_BITS) == pytest.approx(10 * RATE * 0.1)
    network.step(load(0, 0, 0))
    assert total(network, CellCounter.BITS) == pytest.approx(120 * RATE * 0.1)


def test_new_demand_of_a_sleeping_cell_is_served_by_the_one_that_covers_it() -> None:
    network = world()
    network.cells.sleep(CAPACITY, Depth.DEEP)
    network.step(load(5, 5, 5))
    assert network.connected().tolist() == [3, 0]
    assert total(network, CellCounter.FAILURES) == 0


def test_users_come_back_one_a_tick_when_their_cell_is_awake_again() -> None:
    network = world()
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 2, 1, 1, 1)
    network.cells.sleep(CAPACITY, Depth.AWAKE)
    run(network, 4, 1, 1, 1)
    assert network.connected().tolist() == [2, 1]
    run(network, 1, 1, 1, 1)
    assert network.connected().tolist() == [1, 2]


def test_a_user_that_was_handed_over_stays_a_while_and_comes_home_unless_its_home_sleeps() -> None:
    awake, asleep = world(), world()
    for network in (awake, asleep):
        run(network, 1, 1, 1, 1)
        network.hand_over(1, COVERAGE)
        run(network, 16, 1, 1, 1)
        assert network.serving[1] == COVERAGE
    asleep.cells.sleep(CAPACITY, Depth.DEEP)
    for network in (awake, asleep):
        run(network, 1, 1, 1, 1)
    assert awake.serving[1] == CAPACITY
    assert asleep.serving[1] == COVERAGE


def test_handovers_that_cannot_be_are_refused_with_the_reason() -> None:
    network = world()
    run(network, 1, 1, 1, 1)
    assert "already" in network.hand_over(1, CAPACITY)
    absent = world()
    absent.step(Load(np.array([True, False, True]), np.zeros(3)))
    assert "not connected" in absent.hand_over(1, COVERAGE)
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 1, 1, 1, 1)
    assert "gnb1/s1/2100 is asleep" in network.hand_over(0, CAPACITY)
    assert "re-establishing" in network.hand_over(1, COVERAGE)


def test_a_target_that_fell_asleep_meanwhile_keeps_the_user_where_it_is() -> None:
    network = world()
    run(network, 1, 1, 1, 1)
    network.hand_over(0, CAPACITY)
    network.cells.sleep(CAPACITY, Depth.DEEP)
    run(network, 3, 1, 1, 1)
    assert network.serving[0] == COVERAGE
    assert network.totals[CellCounter.HANDOVERS_ASKED, COVERAGE] == 1
    assert network.totals[CellCounter.HANDOVERS_DONE, COVERAGE] == 0


def test_an_area_without_an_active_cell_is_counted_and_loses_its_traffic() -> None:
    network = world()
    network.cells.sleep(CAPACITY, Depth.DEEP)
    network.cells.sleep(COVERAGE, Depth.DEEP)
    run(network, 5, 1, 1, 1)
    assert network.uncovered_s == pytest.approx(0.5)
    assert total(network, CellCounter.LOST_BITS) == total(network, CellCounter.OFFERED_BITS)


def test_every_offered_bit_is_delivered_lost_or_waiting() -> None:
    network = world(rules=replace(RULES, buffer_bits=1e6))
    rng = np.random.default_rng(1)
    for tick in range(200):
        if tick % 17 == 0:
            network.cells.sleep(CAPACITY, Depth.DEEP if tick % 2 == 0 else Depth.AWAKE)
        bits = rng.random(3) * 60 * RATE * 0.1
        network.step(Load(rng.random(3) < 0.8, bits))
    accounted = total(network, CellCounter.BITS) + total(network, CellCounter.LOST_BITS) + network.buffer.sum()
    assert accounted == pytest.approx(total(network, CellCounter.OFFERED_BITS))
    assert total(network, CellCounter.LOST_BITS) > 0


def test_repeating_a_command_changes_nothing() -> None:
    network = world(Power("plain", 100, 0, 0))
    for _ in range(3):
        network.cells.sleep(CAPACITY, Depth.DEEP)
        network.step(load(0, 0, 0))
    assert network.totals[CellCounter.SLEEPS, CAPACITY] == 1
