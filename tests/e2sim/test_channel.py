"""The channel's gains, candidates and statistics."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.channel import OMNI, Channel, Plan, Settings, UserPlan, outdoors
from ricloop_e2sim.channel.nearest import NearestSites
from ricloop_e2sim.channel.pathloss import uma
from tests.e2sim.hexagons import hexagons, three_sectors

PLAIN = Settings(fading=False)


def seed(number: int = 1) -> np.random.SeedSequence:
    return np.random.SeedSequence(number)


def one_mast(scenario: str = "UMa", f_ghz: float = 3.5) -> Plan:
    """A site at the origin with one omnidirectional cell without gain."""
    one = np.ones(1)
    return Plan(
        0 * one, 0 * one, 25 * one, (scenario,), np.array([0]), 0 * one, 0 * one, f_ghz * one, OMNI.peak_dbi * one,
        OMNI.horizontal_deg * one, OMNI.vertical_deg * one,
    )  # fmt: skip


def test_the_gain_is_minus_the_loss_of_the_tables() -> None:
    xy = np.array([[500.0, 0.0], [0.0, -500.0], [300.0, 400.0]] * 50)
    channel = Channel(one_mast(), outdoors(150), xy, seed(), PLAIN)
    seen = channel.in_sight()
    assert 0 < seen.sum() < 150
    np.testing.assert_allclose(channel.gain_db[seen], -98.27, atol=0.01)
    np.testing.assert_allclose(channel.gain_db[~seen], -129.92, atol=0.01)


def test_masts_apart_reach_each_user_over_its_own_distance() -> None:
    one = np.ones(3)
    plan = Plan(
        np.array([0.0, 1000.0, 1500.0]), 0 * one, 25 * one, ("UMa",) * 3, np.arange(3), 0 * one, 0 * one, 3.5 * one,
        0 * one, np.inf * one, np.inf * one,
    )  # fmt: skip
    channel = Channel(plan, outdoors(2), np.array([[500.0, 0.0], [1000.0, 500.0]]), seed(), PLAIN)
    expected = [[500, 500, 1000], [np.hypot(1000, 500), 500, np.hypot(500, 500)]]
    losses = uma(np.array(expected), np.array(25.0), np.array(1.5), np.array(3.5))
    np.testing.assert_array_equal(channel.near, [[0, 1, 2], [0, 1, 2]])
    np.testing.assert_allclose(channel.gain_db, -np.where(channel.in_sight(), *losses), atol=1e-9)


def test_sectors_point_where_they_should() -> None:
    plan = dataclasses.replace(three_sectors(np.zeros((1, 2))), tilt_deg=np.zeros(3))
    # 1000 m off, so the antenna's 23.5 m are 1.35° and cost 0.005 dB.
    angle = np.radians([30.0, 150.0, 270.0, 62.5])
    xy = 1000 * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    gain = Channel(plan, outdoors(4), xy, seed(), PLAIN).gain_db
    order = np.argsort(-gain[:3], axis=1)
    np.testing.assert_array_equal(order[:, 0], [0, 1, 2])
    assert gain[0, 0] - gain[0, 1] == pytest.approx(30, abs=0.01)  # 120° off: at the floor
    assert gain[3, 0] - gain[3, 2] == pytest.approx(27, abs=0.01)  # 32.5° off against more than 100°


def test_a_tilted_beam_falls_where_it_points() -> None:
    plan = dataclasses.replace(
        three_sectors(np.zeros((1, 2))), tilt_deg=np.full(3, 45.0), vertical_deg=np.full(3, 10.0)
    )
    # 23.5 m off, 45° below the antenna.
    users = Channel(plan, outdoors(1), np.array([[0.0, -23.5]]), seed(), PLAIN)
    level = Channel(
        dataclasses.replace(plan, tilt_deg=np.full(3, 40.0)), outdoors(1), np.array([[0.0, -23.5]]), seed(), PLAIN
    )
    assert users.gain_db[0, 2] - level.gain_db[0, 2] == pytest.approx(3, abs=0.01)


def test_indoor_users_lose_the_wall_and_the_depth() -> None:
    yes = np.ones(2, dtype=np.bool_)
    users = UserPlan(np.full(2, 1.5), yes, np.array([False, True]), np.array([10.0, 20.0]))
    channel = Channel(one_mast(), users, np.full((2, 2), 500 / np.sqrt(2)), seed(), PLAIN)
    street = np.where(channel.in_sight()[:, 0], 98.27, 129.92)
    np.testing.assert_allclose(-channel.gain_db[:, 0], street + np.array([17.70, 36.85]), atol=0.01)


def test_carriers_of_one_site_differ_in_path_loss_and_share_sight_and_shadowing() -> None:
    both = three_sectors(np.zeros((1, 2)))
    both = dataclasses.replace(both, frequency_ghz=np.array([0.7, 2.1, 3.5]), azimuth_deg=np.zeros(3))
    xy = np.random.default_rng(1).uniform(-400, 400, (100, 2))
    channel = Channel(both, outdoors(100), xy, seed())
    # Out of sight the frequency comes in by 20 log f alone.
    hidden = ~channel.in_sight()[:, 0] & (np.hypot(*xy.T) > 50)
    difference = channel.gain_db[hidden] - channel.gain_db[hidden, :1]
    np.testing.assert_allclose(difference, np.broadcast_to([0, -9.5424, -13.9794], difference.shape), atol=1e-3)


def test_sites_of_unequal_cell_counts_leave_gaps_that_carry_nothing() -> None:
    plan = three_sectors(hexagons(0, 500.0).repeat(2, axis=0) + np.array([[0.0, 0.0], [300.0, 0.0]]))
    keep = np.array([0, 1, 2, 4])
    less = {
        field.name: getattr(plan, field.name)[keep]
        for field in dataclasses.fields(Plan)
        if len(getattr(plan, field.name)) == 6
    }
    channel = Channel(dataclasses.replace(plan, **less), outdoors(5), np.arange(10.0).reshape(5, 2), seed())
    assert channel.near.shape == (5, 6)
    for row in range(5):
        assert sorted(channel.near[row].tolist()) == [-1, -1, 0, 1, 2, 3]
    assert np.isneginf(channel.gain_db[channel.near < 0]).all()
    assert np.isfinite(channel.gain_db[channel.near >= 0]).all()


def test_each_scenario_keeps_its_own_nearest_sites() -> None:
    big, small = hexagons(2, 500.0), hexagons(3, 100.0) + 7.0
    plan = dataclasses.replace(
        three_sectors(np.concatenate((big, small))), scenario=("UMa",) * len(big) + ("UMi",) * len(small)
    )
    xy = np.array([[3.0, 4.0], [-200.0, 100.0]])
    channel = Channel(plan, outdoors(2), xy, seed(), Settings(near_sites=4))
    for user in range(2):
        sites = set((channel.near[user] // 3).tolist())
        for first, positions in ((0, big), (len(big), small)):
            distance = np.hypot(*(positions - xy[user]).T)
            assert set((first + np.argsort(distance)[:4]).tolist()) <= sites
        assert len(sites) == 8


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.integers(1, 9), st.sampled_from(["square", "line", "point"]))
def test_the_grid_finds_the_nearest_sites_wherever_one_looks(number: int, sites: int, keep: int, shape: str) -> None:
    rng = np.random.default_rng(number)
    spread = {"square": [3000.0, 3000.0], "line": [3000.0, 0.0], "point": [0.0, 0.0]}[shape]
    positions = rng.uniform(0, 1, (sites, 2)) * spread
    xy = rng.uniform(-2000, 5000, (50, 2))
    found = NearestSites(positions[:, 0], positions[:, 1], keep).find(xy)
    distance = np.hypot(xy[:, :1] - positions[:, 0], xy[:, 1:] - positions[:, 1])
    assert found.shape == (50, min(keep, sites))
    assert (np.diff(found, axis=1) > 0).all()
    got = np.sort(np.take_along_axis(distance, found, axis=1), axis=1)
    np.testing.assert_allclose(got, np.sort(distance, axis=1)[:, : found.shape[1]])


def walk(count: int, steps: int, step_m: float, number: int = 3) -> list[Floats]:
    rng = np.random.default_rng(number)
    start = rng.uniform(-600, 600, (count, 2))
    return list(start + np.cumsum(rng.normal(0, step_m, (steps, count, 2)), axis=0))


def test_the_same_seed_and_moves_give_the_same_bits() -> None:
    path = walk(40, 30, 5.0)
    few = Settings(near_sites=5)
    first, second = (Channel(three_sectors(hexagons(2, 500.0)), outdoors(40), path[0], seed(), few) for _ in range(2))
    for xy in path:
        first.move(xy)
        second.move(xy)
        np.testing.assert_array_equal(first.gain_db, second.gain_db)
        np.testing.assert_array_equal(first.near, second.near)
    other = Channel(three_sectors(hexagons(2, 500.0)), outdoors(40), path[-1], seed(2), few)
    assert not np.array_equal(first.gain_db, other.gain_db)


def test_a_user_does_not_notice_that_others_are_there_or_move() -> None:
    path = walk(300, 30, 5.0)
    few = Settings(near_sites=5)
    plan = three_sectors(hexagons(2, 500.0))
    crowd = Channel(plan, outdoors(300), path[0], seed(), few)
    alone = Channel(plan, outdoors(3), path[0][:3], seed(), few)
    still = path[0].copy()
    for xy in path:
        still[:3] = xy[:3]
        if xy is path[20]:
            still[10:] = xy[10:]
        crowd.move(still)
        alone.move(xy[:3])
        np.testing.assert_array_equal(crowd.gain_db[:3], alone.gain_db)
        np.testing.assert_array_equal(crowd.near[:3], alone.near)


def test_who_stands_still_keeps_the_gains_and_who_moves_is_named() -> None:
    xy = walk(10, 1, 1.0)[0]
    channel = Channel(three_sectors(hexagons(1, 500.0)), outdoors(10), xy, seed())
    before = channel.gain_db.copy()
    channel.move(xy)
    assert channel.changed.tolist() == []
    moved = xy.copy()
    moved[[2, 7], 0] += 3.0
    channel.move(moved)
    assert channel.changed.tolist() == [2, 7]
    np.testing.assert_array_equal(np.flatnonzero((channel.gain_db != before).any(axis=1)), [2, 7])
    np.testing.assert_array_equal(channel.xy, moved)


def test_moves_below_the_grain_wait_until_they_add_up() -> None:
    xy = walk(1, 1, 1.0)[0]
    channel = Channel(three_sectors(hexagons(1, 500.0)), outdoors(1), xy, seed(), Settings(grain_m=1.0))
    changed = []
    for step in range(1, 8):
        channel.move(xy + np.array([0.3 * step, 0.0]))
        changed.append(len(channel.changed))
    assert changed == [0, 0, 0, 1, 0, 0, 0]


def test_a_site_that_stays_near_keeps_its_shadowing_when_others_come_and_go() -> None:
    # A step of 30 m, further than the slack, is looked up anew; against the same walk with all 19 sites kept, the
    # shadowing of the sites that stayed is the same, so the gain is.
    plan = three_sectors(hexagons(2, 500.0))
    path = [np.array([[30.0 * step, 10.0]]) for step in range(-8, 9)]
    few = Channel(plan, outdoors(1), path[0], seed(), Settings(near_sites=4))
    every = Channel(plan, outdoors(1), path[0], seed())
    centre, changes = {0, 1, 2}, set()
    for xy in path[1:]:
        few.move(xy)
        every.move(xy)
        changes.add(tuple(few.near[0].tolist()))
        for cell in centre:
            ours, theirs = few.near[0] == cell, every.near[0] == cell
            assert few.gain_db[0, ours] == every.gain_db[0, theirs]
    assert len(changes) > 1


def shadows(plan: Plan, users: UserPlan, xy: Floats, chosen: Settings) -> tuple[Channel, Channel]:
    """A channel and what it would be without fading: their difference is the shadowing."""
    plain = dataclasses.replace(chosen, fading=False)
    return Channel(plan, users, xy, seed(), chosen), Channel(plan, users, xy, seed(), plain)


def difference(pair: tuple[Channel, Channel]) -> Floats:
    return pair[0].gain_db - pair[1].gain_db


def test_shadowing_has_its_deviation_in_and_out_of_sight_and_sectors_share_it() -> None:
    xy = np.random.default_rng(4).uniform(-300, 300, (20_000, 2))
    pair = shadows(three_sectors(np.zeros((1, 2))), outdoors(20_000), xy, Settings())
    shadow, seen = difference(pair), pair[0].in_sight()[:, 0]
    np.testing.assert_allclose(shadow[:, 1:], shadow[:, [0, 0]], atol=1e-9)
    # Standard error of a deviation: σ/√(2n), below 0.05 here.
    assert shadow[seen, 0].std() == pytest.approx(4, abs=0.15)
    assert shadow[~seen, 0].std() == pytest.approx(6, abs=0.15)
    assert shadow.mean() == pytest.approx(0, abs=0.15)


def test_rural_shadowing_grows_beyond_the_break_point() -> None:
    angle = np.random.default_rng(4).uniform(0, 2 * np.pi, 20_000)
    around = np.stack((np.cos(angle), np.sin(angle)), axis=1)
    # h_BS 25, h_UT 1.5, 0.7 GHz: the break point lies at 550 m.
    for distance, deviation in ((500.0, 4.0), (600.0, 6.0)):
        pair = shadows(one_mast("RMa", 0.7), outdoors(20_000), distance * around, Settings())
        seen = pair[0].in_sight()[:, 0]
        assert difference(pair)[seen, 0].std() == pytest.approx(deviation, abs=0.15)


def test_indoor_users_have_shadowing_and_walls_of_their_own() -> None:
    count = 20_000
    yes = np.ones(count, dtype=np.bool_)
    users = UserPlan(np.full(count, 1.5), yes, yes, np.full(count, 10.0))
    xy = np.random.default_rng(4).uniform(-300, 300, (count, 2))
    pair = shadows(one_mast(), users, xy, Settings())
    # 7 dB of shadowing and 6.5 dB of the building.
    assert difference(pair)[:, 0].std() == pytest.approx(np.hypot(7, 6.5), abs=0.25)


@pytest.mark.parametrize(("shared", "correlation"), [(0.5, 0.5), (0.0, 0.0)])
def test_the_shadowing_of_two_sites_is_correlated_as_set(shared: float, correlation: float) -> None:
    xy = np.random.default_rng(4).uniform(-2, 2, (20_000, 2))
    plan = three_sectors(np.array([[-900.0, 0.0], [900.0, 0.0]]))
    pair = shadows(plan, outdoors(20_000), xy, Settings(shared=shared))
    for step in range(6):  # and stays so
        away = xy + np.array([20.0 * step, 0.0])
        pair[0].move(away)
        pair[1].move(away)
    hidden = ~pair[0].in_sight()[:, :2].any(axis=1)
    first, second = difference(pair)[hidden, :2].T
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(correlation, abs=0.03)
    assert first.std() == pytest.approx(6, abs=0.15)


def test_shadowing_forgets_by_the_distance_moved_however_many_steps_it_takes() -> None:
    start = np.random.default_rng(4).uniform(-2, 2, (20_000, 2)) + np.array([900.0, 0.0])
    for steps in (1, 5):
        pair = shadows(one_mast(), outdoors(20_000), start, Settings())
        hidden, before = ~pair[0].in_sight()[:, 0], difference(pair)[:, 0]
        for step in range(1, steps + 1):
            xy = start + np.array([0.0, 50.0 * step / steps])
            pair[0].move(xy)
            pair[1].move(xy)
            hidden &= ~pair[0].in_sight()[:, 0]
        after = difference(pair)[:, 0]
        # d_cor out of sight is 50 m.
        assert np.corrcoef(before[hidden], after[hidden])[0, 1] == pytest.approx(np.exp(-1), abs=0.03)
        assert after[hidden].std() == pytest.approx(6, abs=0.15)


def test_sight_has_its_probability_and_lasts_while_a_user_moves_little() -> None:
    angle = np.random.default_rng(4).uniform(0, 2 * np.pi, 20_000)
    start = 100 * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    channel = Channel(one_mast(), outdoors(20_000), start, seed())
    first = channel.in_sight()[:, 0].copy()
    assert first.mean() == pytest.approx(0.3477, abs=0.015)
    around = np.radians(2.0 / 100 * 180 / np.pi) + angle  # 2 m along the circle
    channel.move(100 * np.stack((np.cos(around), np.sin(around)), axis=1))
    second = channel.in_sight()[:, 0]
    assert second.mean() == pytest.approx(0.3477, abs=0.015)
    # Orthant probability of two normals correlated by r that straddle their median: acos(r)/π; at this quantile less.
    changed = (first != second).mean()
    assert 0.5 * np.arccos(np.exp(-2 / 50)) / np.pi < changed < np.arccos(np.exp(-2 / 50)) / np.pi


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("scenario", ("Uma",), r"no scenario is called 'Uma'.*UMa.*Known: UMa, UMi, RMa, InH"),
        ("site", np.array([1]), r"the site of cell 0 is 1; sites are 0\.\.0"),
        ("height_m", np.array([0.5]), r"the antenna height in m of site 0 is 0\.5"),
        ("azimuth_deg", np.array([400.0]), r"azimuth in degrees of cell 0 is 400\.0; give it in -180\.\.360"),
        ("frequency_ghz", np.array([2100.0]), r"frequency in GHz of cell 0 is 2100\.0"),
        ("vertical_deg", np.array([0.0]), r"vertical_deg of cell 0 is 0\.0"),
        ("tilt_deg", np.zeros(2), r"columns of cells differ in length"),
    ],
)
def test_a_plan_that_no_network_has_is_refused(column: str, value: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        dataclasses.replace(one_mast(), **{column: value})  # type: ignore[arg-type]


def test_a_site_without_cells_is_refused() -> None:
    plan = three_sectors(hexagons(1, 500.0))
    with pytest.raises(ConfigError, match="number of cells of site 6 is"):
        dataclasses.replace(plan, site=np.minimum(plan.site, 5))


def test_users_and_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"the height in m of user 1 is 0\.0"):
        dataclasses.replace(outdoors(2), height_m=np.array([1.5, 0.0]))
    with pytest.raises(ConfigError, match=r"the depth in m of user 0 is -1\.0"):
        dataclasses.replace(outdoors(1), depth_m=np.array([-1.0]))
    with pytest.raises(ConfigError, match="near_sites is 0"):
        Settings(near_sites=0)
    with pytest.raises(ConfigError, match=r"shared is 1\.5"):
        Settings(shared=1.5)
    with pytest.raises(ConfigError, match=r"grain_m is -1\.0 m"):
        Settings(grain_m=-1.0)
    with pytest.raises(ConfigError, match=r"positions of 2 users have shape \(3, 2\)"):
        Channel(one_mast(), outdoors(2), np.zeros((3, 2)), seed())
