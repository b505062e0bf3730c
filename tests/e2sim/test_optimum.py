"""The clairvoyant optimum against brute force, and against a world that follows its plan."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.energy.cellstate import Depth
from ricloop_e2sim.energy.power import Power
from ricloop_e2sim.gnb.counters import CellCounter
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.optimum import Demand, clairvoyant
from ricloop_e2sim.gnb.rules import Rules
from ricloop_e2sim.gnb.world import World
from tests.e2sim.small import CAPACITY, COVERAGE, RATE, layout

TICK_US = 1_000_000


def demand_of(own: Floats, above: Floats, umbrella: list[int], prbs: list[float]) -> Demand:
    return Demand(own * RATE, own, above, np.array(prbs), np.array(umbrella), TICK_US)


def random_demand(ticks: int, capacities: int, seed: int) -> Demand:
    rng = np.random.default_rng(seed)
    own = rng.random((ticks, capacities + 1)) * 40 * (rng.random((ticks, 1)) < 0.7)
    return demand_of(own, own * 1.3, [0] * (capacities + 1), [50.0] + [40.0] * capacities)


def brute_force(demand: Demand, power: Power, per_bit: float, cap: float | None) -> float:
    """Least cost over every on/off sequence of every capacity cell, for wakes of whole ticks."""
    ticks, cells = demand.bits.shape
    wake_ticks = power.up_us // demand.tick_us
    best = np.inf
    plans = [(False, *rest) for rest in itertools.product((False, True), repeat=ticks - 1)]
    for chosen in itertools.product(plans, repeat=cells - 1):
        cost, awake_for = 0.0, [wake_ticks + 1] * (cells - 1)
        for tick in range(ticks):
            need, carried, taken = demand.own_prbs[tick, 0], demand.bits[tick, 0], 0.0
            for number, plan in enumerate(chosen):
                cell = number + 1
                if plan[tick]:
                    if awake_for[number] > 0:
                        # Interrupting a wake is of no use, and not what the plan may do.
                        cost += power.transition_j if awake_for[number] >= wake_ticks else np.inf
                    awake_for[number] = 0
                else:
                    awake_for[number] += 1
                serves = awake_for[number] > wake_ticks
                if serves:
                    served = min(demand.own_prbs[tick, cell], demand.prbs[cell])
                    own = demand.own_prbs[tick, cell]
                    cost += per_bit * (demand.bits[tick, cell] * (own - served) / own if own else 0)
                    cost += float(power.active_w(np.array(served / demand.prbs[cell])))
                else:
                    taken += demand.umbrella_prbs[tick, cell]
                    carried += demand.bits[tick, cell]
                    cost += power.sleep_w if plan[tick] else power.idle_w
            need += taken
            if cap is not None and taken > 0 and need > cap * demand.prbs[0]:
                cost = np.inf
            served = min(need, demand.prbs[0])
            cost += per_bit * (carried * (need - served) / need if need else 0)
            cost += float(power.active_w(np.array(served / demand.prbs[0])))
        best = min(best, cost)
    return best


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("capacities", "ticks"), [(1, 8), (2, 5)])
@pytest.mark.parametrize("wake_ticks", [0, 1, 2])
@pytest.mark.parametrize("cap", [0.9, None])
def test_it_is_as_cheap_as_the_best_of_all_plans(
    seed: int, capacities: int, ticks: int, wake_ticks: int, cap: float | None
) -> None:
    demand = random_demand(ticks, capacities, seed)
    power = Power("hand", 100, 300, 2, up_us=wake_ticks * TICK_US, transition_j=20)
    plan = clairvoyant(demand, power, 1e-5, cap)
    assert plan.energy_j + 1e-5 * plan.lost_bits == pytest.approx(brute_force(demand, power, 1e-5, cap))


def test_a_world_that_follows_the_plan_saves_what_the_plan_says() -> None:
    network = layout((COVERAGE, CAPACITY))
    own = np.array([[10, 60], [10, 20], [5, 10], [0, 0], [0, 5], [30, 90], [40, 90], [5, 5]], dtype=float)
    power = Power("hand", 100, 300, 2, up_us=100_000)
    demand = Demand(own * RATE, own, own, network.prbs, network.umbrella, TICK_US)
    plan = clairvoyant(demand, power, 0.0, 0.9)
    world = World(network, power, Rules(0, 0, TICK_US, 0.0, TICK_US, return_at_once=True), TICK_US)
    for tick, row in enumerate(own):
        if tick and plan.asleep[tick, CAPACITY] != plan.asleep[tick - 1, CAPACITY]:
            if plan.asleep[tick, CAPACITY]:
                world.hand_over(1, COVERAGE)
            world.cells.sleep(CAPACITY, Depth.DEEP if bool(plan.asleep[tick, CAPACITY]) else Depth.AWAKE)
        world.step(Load(np.ones(2, dtype=np.bool_), row * RATE))
    assert plan.asleep[:, CAPACITY].any()
    assert world.totals[CellCounter.ENERGY_J].sum() == pytest.approx(plan.energy_j)
    assert world.totals[CellCounter.LOST_BITS].sum() == pytest.approx(plan.lost_bits)


def test_the_cap_keeps_a_cell_awake_that_would_overfill_its_cover() -> None:
    own = np.full((10, 2), 24.0)
    demand = demand_of(own, own, [0, 0], [50.0, 40.0])
    power = Power("hand", 100, 300, 2)
    assert not clairvoyant(demand, power, 0.0, 0.9).asleep.any()
    assert clairvoyant(demand, power, 0.0, 1.0).asleep[1:, 1].all()


def test_without_a_cap_it_is_the_charge_for_lost_bits_that_keeps_a_cell_awake() -> None:
    own = np.full((10, 2), 40.0)
    demand = demand_of(own, own, [0, 0], [50.0, 40.0])
    power = Power("hand", 100, 300, 2)
    cheap = clairvoyant(demand, power, 400 / (40 * RATE), None)
    assert cheap.asleep[1:, 1].all()
    assert cheap.lost_bits == pytest.approx(9 * 30 * RATE)
    assert cheap.saved_percent > 0
    assert not clairvoyant(demand, power, 500 / (40 * RATE), None).asleep.any()


def test_a_cell_without_a_cover_never_sleeps_and_empty_networks_save_nothing() -> None:
    own = np.zeros((5, 2))
    plan = clairvoyant(demand_of(own, own, [0, 1], [50.0, 40.0]), Power("hand", 100, 300, 2), 0.0)
    assert not plan.asleep.any()
    assert plan.saved_percent == 0
