"""The world that policies are compared in, what they may know, and how they are chosen."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.progress import Progress

from ricloop_e2sim.arithmetic.dtypes import Bools
from ricloop_e2sim.scenarios import find
from ricloop_models.evaluate.energy_ahead import Learned, LearnedAhead, memory
from ricloop_models.evaluate.energy_days import commercial, demand, simulated
from ricloop_models.evaluate.energy_judge import choose, judge, nights, on_history
from ricloop_models.evaluate.energy_prior import Prior, PriorAhead
from ricloop_models.evaluate.energy_rules import ALWAYS_ON, Planned, Setting, Thresholds, Windows, thresholds, windows
from ricloop_models.evaluate.energy_tables import OURS, TOLD, margins_over_causal
from ricloop_models.evaluate.energy_world import Day, Policy, Seen, beside, live
from ricloop_models.evaluate.frontier import Point

SLEEPY, NIGHT = Thresholds(np.array([0.3]), np.array([0.8])), Windows(np.array([1]), np.array([6]))


@cache
def office(seed: int) -> Day:
    return simulated("office", seed)


@cache
def learned() -> tuple[Learned, Learned]:
    days = [(live(office(seed), [ALWAYS_ON])[1], office(seed).hours) for seed in (11, 12, 13)]
    return Learned.of(days, memory(200), 7), Learned.of(days, memory(200), 14)


@cache
def prior() -> Prior:
    hours = np.arange(240) % 24
    level = 0.1 + 0.9 * ((hours >= 8) & (hours < 20))
    return Prior.of([(np.stack([level, 2 * level], axis=1), hours)])


class Kept:
    """A policy, and what it said."""

    def __init__(self, policy: Policy) -> None:
        self._policy, self.said = policy, list[NDArray[np.bool_]]()
        self.copies = policy.copies

    def want(self, seen: Seen) -> Bools:
        self.said.append(self._policy.want(seen))
        return self.said[-1]


def ours(kind: str) -> Policy:
    """`learned` and `prior` trust in the load and a little in the time of day, `timetable` in nothing else."""
    if kind == "prior":
        return Planned(PriorAhead(prior(), np.array([0.9]), np.array([0.1])), np.array([0.9]), np.array([0.1]))
    trust = np.array([1.0 if kind == "timetable" else 0.25])
    quiet = np.array([np.inf if kind == "timetable" else 0.1])
    return Planned(LearnedAhead(*learned(), np.array([0.8]), trust), np.array([0.9]), quiet)


def test_always_on_is_the_simulation_without_a_controller() -> None:
    simulation = find("three-sites").simulation(seed=3, seconds=20)
    while not simulation.done:
        simulation.advance()
    result = simulation.result()
    outcome = live(simulated("three-sites", 3), [ALWAYS_ON])[0][0]
    assert outcome.energy_j / 3.6e6 == pytest.approx(result["energy_kwh"], rel=1e-9)
    assert outcome.offered_bits == result["offered_bits"]
    assert outcome.lost_bits == pytest.approx(result["lost_bits"], rel=1e-9)
    assert (outcome.asleep_s, outcome.switches, outcome.overloaded) == (0, 0, 0)


def test_a_copy_does_what_it_would_do_alone() -> None:
    together = live(office(1), [ALWAYS_ON, SLEEPY, NIGHT])[0]
    turned = live(office(1), [ALWAYS_ON, NIGHT, SLEEPY])[0]
    assert together[1] == turned[2]
    assert together[2] == turned[1]
    alone = live(office(1), [SLEEPY])[0][0]
    assert replace(together[1], overloaded=0.0) == alone


def test_networks_beside_each_other_share_no_cell() -> None:
    one = office(1).layout
    two = beside([one, one])
    assert (two.cell_count, two.user_count, two.sector_count) == (12, 24, 6)
    np.testing.assert_array_equal(two.rate[:12, 6:], 0)
    np.testing.assert_array_equal(two.rate[12:, 6:], one.rate)
    assert two.umbrella[6:].tolist() == (one.umbrella + 6).tolist()
    assert two.home[12:].tolist() == (one.home + 6).tolist()


def test_a_window_sleeps_in_its_hours_and_no_user_is_cut() -> None:
    window = Kept(NIGHT)
    outcome = live(office(2), [window])[0][0]
    hours = office(2).hours
    assert [bool(said[0].all()) for said in window.said] == ((hours >= 1) & (hours < 6)).tolist()
    # Three cells of four seconds and a sixth each, less the time that draining them takes.
    assert 10.0 < outcome.asleep_s < 12.5
    assert outcome.switches == 6


@pytest.mark.parametrize("kind", ["learned", "timetable", "prior", "threshold"])
def test_the_future_changes_no_decision_before_it(kind: str) -> None:
    day, cut = office(1), 120
    changed = replace(day, loads=[*day.loads[:cut], *office(2).loads[cut:]])
    said = []
    for one in (day, changed):
        policy = Kept(SLEEPY if kind == "threshold" else ours(kind))
        live(one, [policy])
        said.append(np.array(policy.said)[:, 0])
    np.testing.assert_array_equal(said[0][:cut], said[1][:cut])
    assert said[0].any(), "it sleeps at all"
    if kind == "timetable":
        np.testing.assert_array_equal(said[0], said[1])
    elif kind != "prior":
        assert not np.array_equal(said[0], said[1]), "and looks at the load"


def test_a_bolder_quantile_is_a_smaller_bound() -> None:
    cover, both = np.tile([0.2, 0.5], (3, 1)), np.tile([0.3, 0.6], (3, 1))
    quantiles, seen = np.array([0.5, 0.9, 0.99]), Seen(0, 6.0, cover, both, both > 1)
    for share in (0.0, 0.5, 1.0):
        trust = np.full(3, share)
        for ahead in (LearnedAhead(*learned(), quantiles, trust), PriorAhead(prior(), quantiles, trust)):
            upper = ahead.upper(seen)[0]
            assert (upper[1:] >= upper[:-1]).all()


def test_settings_decide_together_what_each_decides_alone() -> None:
    families = {"t": thresholds([(0.2, 0.2), (0.3, 0.8)]), "w": windows({"a": (1, 6), "b": (22, 4)})}
    for family in families.values():
        both = live(office(1), [ALWAYS_ON, family.make(slice(None))])[0]
        each = [live(office(1), [ALWAYS_ON, family.make(slice(at, at + 1))])[0][1] for at in range(2)]
        assert both[1:] == each


def test_learned_bounds_hold_as_often_as_they_say_on_days_that_were_not_learned() -> None:
    held = []
    for seed in (21, 22, 23):
        loads, hours = live(office(seed), [ALWAYS_ON])[1], office(seed).hours
        ahead = LearnedAhead(*learned(), np.array([0.9]), np.array([0.0]))
        for tick in range(len(loads) - 10):
            now = loads[tick][None]
            seen = Seen(tick, float(hours[tick]), now, now, now > 9)
            # The greatest mean of three ticks that begin in the next seven.
            worst = max(loads[tick + k : tick + k + 3].mean(axis=0)[0] for k in range(1, 8))
            held.append(worst <= ahead.upper(seen)[0][0, 0])
    # Three days of one scenario: errors of neighbouring ticks are nearly one.
    assert 0.8 < np.mean(held) < 0.98


def test_a_prior_says_what_other_networks_carry_at_the_hour() -> None:
    # At 8 loads of 2 appear; at noon nothing changes; a tenth of the mixture is the level, of which half is 2.
    quantiles, trust = np.array([0.90, 0.96]), np.array([0.1, 0.1])
    three, eight, noon = (prior().upper(np.array([0.2]), hour, quantiles, trust)[:, 0] for hour in (3, 8, 12))
    assert three == pytest.approx([0.2, 0.2], abs=0.011)
    assert (eight >= 1.0 - 0.02).all(), "half of the loads rise by 0.9, half by 1.8"
    assert noon == pytest.approx([0.2, 2.0], abs=0.011)


def test_with_all_trust_a_prior_is_the_hours_that_other_networks_are_quiet_in() -> None:
    """Both of them carry 0.1 and 0.2 at night, and 1 and 2 from 8 to 20 h."""
    quantiles, all_of_it = np.array([0.5, 1.0]), np.array([1.0, 1.0])
    for load in (0.0, 0.2, 3.0):
        night, noon = (prior().upper(np.array([load]), hour, quantiles, all_of_it)[:, 0] for hour in (3, 12))
        assert night == pytest.approx([0.1, 0.2], abs=0.011)
        assert noon == pytest.approx([1.0, 2.0], abs=0.011)


def test_a_prior_has_a_quantile_for_each_length_of_the_night() -> None:
    # Four networks of one cell: at hour h as many as h // 6 of them are above half a cover.
    hours = np.arange(48) % 24
    networks = [(np.where(hours // 6 > at, 0.8, 0.2)[:, None], hours) for at in range(4)]
    levels = Prior.of(networks)
    assert levels.nights(0.5) == pytest.approx([0.25, 0.5, 0.75, 1.0])
    for quantile, length in zip(levels.nights(0.5), (24, 18, 12, 6), strict=True):
        one = np.array([quantile]), np.array([1.0])
        fits = [levels.upper(np.array([0.9]), hour, *one)[0, 0] <= 0.5 for hour in range(24)]
        assert fits == [hour < length for hour in range(24)]


def test_a_timetable_is_what_other_days_had_at_the_time_and_trust_blends_it() -> None:
    # Three days of 24 hours, constant but for one step that comes at 12 h; the day begins at 6 h.
    hours = (6 + np.arange(24.0)) % 24
    steps = (hours >= 12).astype(float)
    days = [(np.stack([low + steps, low + 2 * steps], axis=1), hours) for low in (0.1, 0.2, 0.3)]
    table = Learned.of(days, memory(24), 2)
    assert table.usual.shape == (24, 6)
    # Means of three ticks: those that begin in the two after 8 h end at 12 h at the latest, the one tick of the step.
    assert table.usual[7] == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    third = 1 / 3
    assert table.usual[8] == pytest.approx(
        sorted([0.1 + third, 0.1 + 2 * third, 0.2 + third, 0.2 + 2 * third, 0.3 + third, 0.3 + 2 * third])
    )
    assert table.usual[15] == pytest.approx([1.1, 1.2, 1.3, 2.1, 2.2, 2.3])
    # At 5 h nobody knows what follows: as at the last time that it was known.
    assert table.usual[5] == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    busy = np.full((3, 1), 0.8)
    ahead = LearnedAhead(table, table, np.array([1.0, 1.0, 1.0]), np.array([0.0, 0.5, 1.0]))
    live, half, usual = ahead.upper(Seen(0, 15.0, busy, busy, busy > 1))[0][:, 0]
    assert usual == pytest.approx(2.3)
    assert half == pytest.approx((live + usual) / 2)


def test_what_just_fits_does_so_beside_however_many_others() -> None:
    class Flat:
        def upper(self, seen: Seen) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
            return seen.both, seen.both

    # The step of 0.01 that is the limit, as sums of steps give it: a rounding above.
    load = np.where(np.random.default_rng(1).random((500, 3)) < 0.5, 0.3, np.arange(-2, 4, 0.01)[290])
    policy = Planned(Flat(), np.full(500, 0.9), np.full(500, np.inf))
    assert policy.want(Seen(0, 0.0, load, load, np.zeros(load.shape, np.bool_))).all()


def test_a_setting_says_what_it_is() -> None:
    assert str(Setting(0.9, 0.25)) == "0.9, trust 0.25"
    assert str(Setting(1.0, 0.0, 0.1, 0.5)) == "1, trust 0, emptied below 0.1, within 0.5"


def test_windows_are_learned_where_there_is_least_to_lose() -> None:
    hours = np.arange(48) % 24
    found = nights([(np.where((hours >= 2) & (hours < 7), 0.1, 1.5)[:, None], hours)])
    assert found["02-07 h"] == (2, 7)
    assert len(found) == 12


def test_settings_are_chosen_by_the_budget_and_else_the_least_loss() -> None:
    days = [{"a": {"x": Point("x", 0.04, 5.0), "y": Point("y", 0.02, 3.0), "z": Point("z", 0.5, 9.0)}}]
    assert choose(days) == {"a": "x"}
    assert choose([{"a": {"x": Point("x", 0.4, 5.0), "z": Point("z", 0.5, 9.0)}}]) == {"a": "x"}


def test_on_history_a_decision_holds_for_the_next_hour() -> None:
    loads = np.array([[0.1], [0.2], [1.5], [0.1]])
    point = on_history({"r": thresholds([(0.3, 0.3)])}, loads, np.arange(4))["r"]["0.30"]
    # Asleep in the second and third hour, awake in the fourth: half of a cover is lost of 1.8 that were asked.
    assert point.saved == pytest.approx(200 / 3)
    assert point.lost == pytest.approx(100 * 0.5 / 1.8)


def test_what_was_told_the_day_is_no_causal_baseline() -> None:
    better = {"w": Point("w", 0.0, 9.0)}
    curves = {OURS: {"q": Point("q", 0.0, 5.0)}, TOLD: better, "reactive": {"r": Point("r", 0.0, 4.0)}}
    assert [m.percent for m in margins_over_causal(curves)] == [1.0]


def test_the_commercial_day_as_the_reference_has_it(sample_data: object) -> None:
    assert callable(sample_data)
    file: Path = sample_data("viavi_rsg") / "CellReports.csv"
    day = commercial(file)
    families = {"w": windows({"night": (0, 8)}), "h": thresholds([(0.4, 0.9)])}
    judged = judge(day, families, Progress(disable=True), "")
    assert judged.always_on.energy_j / 3.6e6 == pytest.approx(220.94, rel=0.01)
    assert judged.lost(judged.always_on) == 0
    # Found before by a program of others: 6.97 % with an awake first interval counted apart; 6.17 % and 1.08 % lost.
    assert judged.optimum == pytest.approx(6.97, abs=0.2)
    assert judged.saved(judged.outcomes["h"]["0.4/0.9"]) == pytest.approx(6.17, abs=0.05)
    assert judged.lost(judged.outcomes["h"]["0.4/0.9"]) == pytest.approx(1.08, abs=0.05)
    # 31 of 96 intervals of 21 cells without 51.9 W, on what the model says of the whole day.
    saved_j = 31 * 900 * 21 * 51.9
    assert judged.saved(judged.outcomes["w"]["night"]) == pytest.approx(100 * saved_j / judged.always_on.energy_j)
    shallow = judged.asleep_at(50.0)
    assert shallow.saved(shallow.outcomes["w"]["night"]) == pytest.approx(
        judged.saved(judged.outcomes["w"]["night"]) * 6.9 / 51.9
    )
    assert demand(day).bits.shape == (96, 42)
