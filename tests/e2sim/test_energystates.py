"""Radio units and the energy of sleeping, against the published numbers and sums by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.energy.cellstate import Depth
from ricloop_e2sim.energy.power import ai_rsg, earth, tr38864
from ricloop_e2sim.energy.radiounits import TABLE, RadioUnits
from ricloop_e2sim.energy.states import EnergyStates

TICK = 100_000


def one(name: str, watts_per_unit: float = 1.0) -> RadioUnits:
    return RadioUnits([name], watts_per_unit)


class Script:
    """Runs ticks of 100 ms and gives the joules of each, by cell."""

    def __init__(self, units: RadioUnits, **settings: float) -> None:
        self.states = EnergyStates(units, **settings)  # type: ignore[arg-type]
        self.time_us = 0

    def tick(self, use: float | list[float], *orders: Depth) -> list[float]:
        for cell, depth in enumerate(orders):
            if depth is not Depth.KEEP:
                self.states.sleep(cell, depth)
        self.last = self.states.tick(self.time_us, TICK)
        self.time_us += TICK
        use_ = np.broadcast_to(np.asarray(use, dtype=np.float64), self.states.state.shape)
        return [round(j, 9) for j in self.states.joules(self.last, TICK, use_).tolist()]


def test_on_sleep_wake_in_deep_sleep_of_tr_38864_category_1() -> None:
    # Set 1 at 2 W a unit: P1 2 W, P3 110 W, P4 560 W; T 50 ms, 25 down and 25 up; E 1000 unit·ms = 2 J.
    script = Script(one("tr38864-cat1-set1", 2.0))
    # At 30 % use 110 + 450 · 0.3 = 245 W for 0.1 s.
    assert script.tick(0.3) == [24.5]
    # 25 ms at 110 W, 75 ms at 2 W, and E: 2.75 + 0.15 + 2.
    assert script.tick(0, Depth.DEEP) == [4.9]
    assert (script.last.in_service[0], script.last.asleep[0], script.last.fell[0]) == (0, 0.75, True)
    # 100 ms at 2 W.
    assert script.tick(0) == [0.2]
    assert script.tick(0) == [0.2]
    # 25 ms at 110 W; 75 ms in service, with use 0.4 in it so that the mean is 0.3: 110 + 450 · 0.4 = 290 W.
    assert script.tick(0.3, Depth.AWAKE) == [2.75 + 21.75]
    assert (script.last.in_service[0], script.last.woke[0]) == (0.75, True)
    assert script.tick(0.3) == [24.5]


def test_a_transition_longer_than_a_tick_is_charged_by_its_share() -> None:
    # Category 2, light: P2 2.1, P3 5.5, T 640 ms, 320 + 320, E 1088 unit·ms.
    script = Script(one("tr38864-cat2-set1"))
    assert script.tick(0, Depth.LIGHT) == [round(0.55 + 1.088, 9)]
    assert [script.tick(0) for _ in range(2)] == [[0.55], [0.55]]
    # 20 ms of falling, 80 ms asleep.
    assert script.tick(0) == [round(0.02 * 5.5 + 0.08 * 2.1, 9)]
    assert script.tick(0) == [0.21]
    assert [script.tick(0, Depth.AWAKE)] + [script.tick(0) for _ in range(2)] == [[0.55]] * 3
    assert script.tick(0) == [0.55]
    assert script.last.in_service[0] == pytest.approx(0.8)


def test_cells_of_different_units_move_on_their_own() -> None:
    script = Script(RadioUnits(["tr38864-cat1-set1", "ai-rsg", "earth-macro"], 1.0))
    # Light: 3 of 6 ms down at 55, 97 ms at 25, E 90 unit·ms. AI RSG 5 W at once. EARTH stays: 780 W.
    assert script.tick([0, 0, 0], Depth.LIGHT, Depth.DEEP, Depth.KEEP) == [
        round(0.003 * 55 + 0.097 * 25 + 0.09, 9),
        0.5,
        78.0,
    ]
    # 3 ms up; AI RSG awake at once; EARTH asleep at 450 W.
    assert script.tick([0, 1, 0], Depth.AWAKE, Depth.AWAKE, Depth.MICRO) == [5.5, 51.19, 45.0]


def test_going_deeper_costs_the_difference_and_going_shallower_is_ignored() -> None:
    script = Script(one("tr38864-cat1-set1"))
    script.tick(0, Depth.LIGHT)
    assert script.last.charged_j[0] == pytest.approx(0.09)
    script.tick(0, Depth.DEEP)
    assert script.last.charged_j[0] == pytest.approx(0.91)
    assert script.tick(0, Depth.LIGHT) == [0.1]
    assert script.tick(0, Depth.DEEP) == [0.1]


def test_waking_a_falling_cell_lets_it_finish_and_sleeping_a_waking_one_costs_anew() -> None:
    script = Script(one("tr38864-cat2-set1"))
    script.tick(0, Depth.LIGHT)
    assert script.tick(0, Depth.AWAKE) == [0.55]
    # 320 + 320 ms from 0: in service from 640.
    served = [script.last.in_service[0]]
    for _ in range(5):
        script.tick(0)
        served.append(script.last.in_service[0])
    assert served == pytest.approx([0, 0, 0, 0, 0, 0.6])
    script.tick(0, Depth.LIGHT)
    for _ in range(4):
        script.tick(0)
    script.tick(0, Depth.AWAKE)
    script.tick(0, Depth.LIGHT)
    assert script.last.charged_j[0] == pytest.approx(1.088)


def test_an_operator_may_make_waking_longer_and_shift_the_split() -> None:
    script = Script(one("tr38864-cat1-set1"), down_share=1.0, wake_extra_us=1_020_000)
    script.tick(0, Depth.DEEP)
    assert script.last.asleep[0] == pytest.approx(0.5)
    script.tick(0, Depth.AWAKE)
    for _ in range(10):
        assert script.last.in_service[0] == 0
        script.tick(0)
    assert script.last.in_service[0] == pytest.approx(0.8)


def test_the_same_commands_at_another_tick_length_cost_the_same() -> None:
    total = {}
    for tick_us in (10_000, 100_000, 1_000_000):
        states = EnergyStates(one("tr38864-cat1-set2"))
        total[tick_us] = 0.0
        for start in range(0, 3_000_000, tick_us):
            if start in (0, 2_000_000):
                states.sleep(0, Depth.LIGHT if start == 0 else Depth.AWAKE)
            total[tick_us] += float(states.joules(states.tick(start, tick_us), tick_us, np.zeros(1))[0])
    # 3 ms at 50, 1997 ms at 25, then 1000 ms at 50, and E 90 unit·ms.
    for joules in total.values():
        assert joules == pytest.approx(0.15 + 49.925 + 50 + 0.09)


def test_a_stay_of_the_least_worthwhile_length_saves_nothing() -> None:
    # Deep in category 1 set 1: 1000/(55−1) + 50 = 68.5185 ms without service (the report's table says 68.5).
    stay_us = 68_519
    states = EnergyStates(one("tr38864-cat1-set1"))
    states.sleep(0, Depth.DEEP)
    slept = states.joules(states.tick(0, stay_us - 25_000), stay_us - 25_000, np.zeros(1))
    states.sleep(0, Depth.AWAKE)
    slept += states.joules(states.tick(stay_us - 25_000, 25_000), 25_000, np.zeros(1))
    assert slept[0] == pytest.approx(55 * stay_us / 1e6, rel=1e-4)


@pytest.mark.parametrize(
    ("share", "single", "dual"), [(1.0, 280, 280), (0.5, 212.5, 212.5), (0.3, 185.5, 198.29), (0.1, 158.5, 162.76)]
)
def test_downlink_power_follows_the_used_bandwidth(share: float, single: float, dual: float) -> None:
    units = one("tr38864-cat1-set1")
    use = np.array([share])
    assert units.active_w(use, spread=True)[0] == pytest.approx(single)
    assert units.active_w(use, spread=True, dual=True)[0] == pytest.approx(dual, abs=0.005)


def test_antennas_density_uplink_and_idle_symbols() -> None:
    units = one("tr38864-cat1-set1")
    full = np.ones(1)
    assert units.active_w(full, antennas=0.5)[0] == pytest.approx(167.5)
    assert units.active_w(np.array([0.3]))[0] == pytest.approx(122.5)
    assert units.active_w(np.zeros(1), spread=True)[0] == 55
    # Half of the power density: 55 + 225 (0.4 + 0.6 · 0.5).
    assert units.active_w(full, density=0.5)[0] == pytest.approx(212.5)
    # (1 − d − u) P3 + d P4 + u P5 with d 0.5, u 0.2: 16.5 + 140 + 22.
    assert units.active_w(np.array([0.5]), 0.2)[0] == pytest.approx(178.5)


@pytest.mark.parametrize(
    ("name", "idle", "full", "asleep"),
    [
        ("earth-macro", 780, 1344, 450),
        ("earth-rrh", 504, 840, 336),
        ("earth-micro", 112, 144.76, 78),
        ("earth-pico", 13.6, 14.64, 8.6),
        ("earth-femto", 9.6, 10.4, 5.8),
        ("ai-rsg", 56.9, 511.9, 5),
        ("measured-4-2-20", 16.21, 43.79, 10.13125),
        ("measured-2-4-20", 16.63, 66.23, 10.39375),
        ("tr38864-cat2-set3", 3.0, 17.6, 1),
    ],
)
def test_units_idle_full_and_asleep(name: str, idle: float, full: float, asleep: float) -> None:
    units = one(name)
    assert units.active_w(np.zeros(1))[0] == pytest.approx(idle)
    assert units.active_w(np.ones(1))[0] == pytest.approx(full)
    assert units.sleep_w[Depth.DEEP, 0] == pytest.approx(asleep)


@pytest.mark.parametrize(
    ("name", "ratio"),
    [
        ("2-2-20", 2.37),
        ("2-4-20", 3.98),
        ("3-2-10", 1.68),
        ("3-4-10", 1.71),
        ("4-1-20", 2.65),
        ("4-2-20", 2.70),
        ("5-2-10", 1.95),
        ("6-1-5", 1.46),
        ("6-1-10", 1.83),
        ("6-2-10", 1.99),
        ("7-1-20", 2.11),
        ("7-2-20", 2.20),
    ],
)
def test_measured_stations_have_the_published_ratio_of_full_to_idle(name: str, ratio: float) -> None:
    units = one(f"measured-{name}")
    assert units.active_w(np.ones(1))[0] / units.idle_w[0] == pytest.approx(ratio, abs=0.006)


def test_a_relative_unit_is_scaled_and_a_unit_in_watts_is_not() -> None:
    units = RadioUnits(["tr38864-cat1-set1", "ai-rsg"], watts_per_unit=3.0)
    assert units.downlink_w.tolist() == pytest.approx([840, 511.9])
    assert units.transition_j[Depth.DEEP].tolist() == [3.0, 0.0]


def test_the_deeper_the_less_and_never_above_idle() -> None:
    units = RadioUnits(list(TABLE))
    assert (np.diff(units.sleep_w, axis=0) <= 0).all()
    assert (units.idle_w < units.downlink_w).all()


@pytest.mark.parametrize("use", [0.0, 0.25, 1.0])
def test_units_agree_with_the_power_models_of_the_same_name(use: float) -> None:
    for power in (ai_rsg(), *map(earth, ("macro", "rrh", "femto")), tr38864(1, 2, "light"), tr38864(2, 3)):
        unit = next(u for u in TABLE if power.name == u or power.name.startswith(u + "-"))
        assert RadioUnits([unit]).active_w(np.array([use])) == pytest.approx(power.active_w(np.array([use])))


def test_a_tick_in_which_every_cell_is_awake_costs_what_the_sum_over_states_says_to_the_bit() -> None:
    script = Script(RadioUnits(["tr38864-cat1-set2", "measured-4-2-20", "earth-macro"]))
    use = np.array([0.0, 0.37, 1.0])
    script.tick(0, Depth.KEEP, Depth.LIGHT, Depth.KEEP)
    assert not script.last.awake
    script.tick(0, Depth.KEEP, Depth.AWAKE, Depth.KEEP)
    for _ in range(20):
        script.tick(0)
    assert script.last.awake
    short = script.states.joules(script.last, TICK, use)
    assert short.tobytes() == script.states.joules(replace(script.last, awake=False), TICK, use).tobytes()


def test_bad_settings_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'ai-rsg'"):
        RadioUnits(["ai-rgs"])
    with pytest.raises(ConfigError, match="0 watts per unit"):
        RadioUnits(["ai-rsg"], 0.0)
    with pytest.raises(ConfigError, match=r"down share 1\.5"):
        EnergyStates(one("ai-rsg"), down_share=1.5)
    with pytest.raises(ConfigError, match="extra wake time -1 µs"):
        EnergyStates(one("ai-rsg"), wake_extra_us=-1)
