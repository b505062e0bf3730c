"""How users move: what every way of moving owes, and the law of each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.diurnal import Calendar
from ricloop_e2sim.mobility.commuters import Commuters, CommutersSettings
from ricloop_e2sim.mobility.gaussmarkov import GaussMarkov, GaussMarkovSettings
from ricloop_e2sim.mobility.movement import Mobility, Rectangle
from ricloop_e2sim.mobility.places import Polyline, in_rectangle
from ricloop_e2sim.mobility.route import Route, RouteSettings
from ricloop_e2sim.mobility.static import Static
from ricloop_e2sim.mobility.streets import Streets, StreetsSettings
from ricloop_e2sim.mobility.waypoint import Waypoint, WaypointSettings, mean_distance

AREA = Rectangle(-200, 100, 400, 500)
LINE = Polyline(np.array([[-200.0, 100.0], [100.0, 500.0], [400.0, 500.0]]))


def seed(number: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(number)


def places(users: int, number: int) -> Floats:
    return in_rectangle(np.random.Generator(np.random.PCG64(number)), users, AREA)


def commuters(users: int, number: int) -> Mobility:
    calendar = Calendar(start_hour=7.5)
    return Commuters(places(users, 91), places(users, 92), calendar, CommutersSettings(mean_mps=1), seed(number))


KINDS: dict[str, Callable[[int, int], Mobility]] = {
    "static": lambda users, number: Static(places(users, number)),
    "waypoint": lambda users, number: Waypoint(users, AREA, WaypointSettings(mean_mps=20), seed(number)),
    "gauss-markov": lambda users, number: GaussMarkov(users, AREA, GaussMarkovSettings(mean_mps=20), seed(number)),
    "streets": lambda users, number: Streets(users, AREA, StreetsSettings(mean_mps=20), seed(number)),
    "route": lambda users, number: Route(users, LINE, RouteSettings(), seed(number)),
    "commuters": commuters,
}

kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
@given(ticks=st.lists(st.integers(1, 200_000_000), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_nobody_leaves_the_area_and_any_ticks_lead_to_the_same_place(kind: str, ticks: list[int]) -> None:
    often, once, time_us = KINDS[kind](25, 3), KINDS[kind](25, 3), 0
    for tick_us in ticks:
        xy = often.move(time_us, tick_us)
        time_us += tick_us
        assert xy.shape == (25, 2)
        assert AREA.holds(xy).all()
    np.testing.assert_allclose(xy, once.move(0, time_us), atol=1e-3)


@kinds
def test_one_seed_gives_one_trajectory(kind: str) -> None:
    runs = []
    for number in (5, 5, 6):
        movement = KINDS[kind](30, number)
        runs.append([movement.move(k * 10_000_000, 10_000_000).tobytes() for k in range(200)])
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


@kinds
def test_what_is_done_to_positions_does_not_come_back(kind: str) -> None:
    one, other = KINDS[kind](10, 5), KINDS[kind](10, 5)
    one.move(0, 0)[:] = 1e9
    np.testing.assert_array_equal(one.move(0, 100_000), other.move(0, 100_000))


def walk(movement: Mobility, ticks: int, tick_us: int) -> Floats:
    """[ticks + 1, users, 2]."""
    return np.array([movement.move(0, 0)] + [movement.move(k * tick_us, tick_us) for k in range(ticks)])


def speeds(track: Floats, tick_us: int) -> Floats:
    """[ticks, users] m/s."""
    step = np.diff(track, axis=0)
    moving: Floats = np.hypot(step[..., 0], step[..., 1]) / tick_us * 1e6
    return moving


def speeds_along(track: Floats, tick_us: int) -> Floats:
    """[ticks, users] m/s, of ways along x and y only."""
    moving: Floats = np.abs(np.diff(track, axis=0)).sum(axis=2) / tick_us * 1e6
    return moving


def evenness(xy: Floats, area: Rectangle, bins: int) -> Floats:
    """[bins, bins] share of the positions in equal parts of an area, in multiples of an even share."""
    edges = [np.linspace(area.west, area.east, bins + 1), np.linspace(area.south, area.north, bins + 1)]
    counts, *_ = np.histogram2d(xy[:, 0], xy[:, 1], edges)
    even: Floats = counts / counts.mean()
    return even


def test_static_users_stay() -> None:
    track = walk(Static(places(5, 1)), 10, 1_000_000)
    assert (track == places(5, 1)).all()


SQUARE = Rectangle(0, 0, 1000, 1000)


def test_mean_distances_are_those_of_the_closed_form() -> None:
    # The unit square's constant, and a line (a third of its length) in the limit.
    assert mean_distance(1, 1) == pytest.approx(0.5214054331)
    assert mean_distance(1000, 0.5) == pytest.approx(1000 / 3, rel=1e-4)
    assert mean_distance(2, 3) == pytest.approx(mean_distance(3, 2))


def test_waypoint_users_pause_and_move_as_long_as_told_from_the_first_moment() -> None:
    track = walk(Waypoint(4000, SQUARE, WaypointSettings(mean_mps=10, pause_s=40), seed(1)), 400, 1_000_000)
    moving = speeds(track, 1_000_000)
    # A leg takes 521.4 m · E[1/v] on average, v uniform in 5…15 m/s: ln 3/10 s/m.
    leg_s = 521.4054 * np.log(3) / 10
    share = 40 / (40 + leg_s)
    # 4000 users, each a coin: 5 standard errors are 0.04 at one moment.
    assert (moving[0] == 0).mean() == pytest.approx(share, abs=0.04)
    assert (moving[-1] == 0).mean() == pytest.approx(share, abs=0.04)
    # All the way and all the time of many legs.
    assert moving.mean() == pytest.approx(521.4054 / (40 + leg_s), rel=0.02)


def test_waypoint_speeds_do_not_decay_and_stay_in_their_range() -> None:
    track = walk(Waypoint(5000, SQUARE, WaypointSettings(mean_mps=2, pause_s=0), seed(2)), 900, 1_000_000)
    moving = speeds(track, 1_000_000)
    assert moving.max() <= 3 + 1e-9
    # Over time, slow legs take longer: the mean is the harmonic one, 1/E[1/v].
    for part in (moving[:30], moving[-30:]):
        assert part.mean() == pytest.approx(2 / np.log(3), rel=0.02)


def test_waypoint_users_are_denser_in_the_middle_as_much_at_first_as_later() -> None:
    track = walk(Waypoint(20_000, SQUARE, WaypointSettings(mean_mps=10, pause_s=0), seed(3)), 30, 10_000_000)
    # The second moment per axis of a point at random on a leg taken by its length, legs between uniform points:
    # E[L·((x1 − ½)² + (x1 − ½)(x2 − ½) + (x2 − ½)²)/3]/E[L], by 400 × 400 midpoints of the two distances between ends,
    # whose densities are 2(1 − d).
    d = (np.arange(400) + 0.5) / 400
    weight = np.outer(2 * (1 - d), 2 * (1 - d)) * np.hypot(d[:, np.newaxis], d)
    # At a distance d apart the ends' midpoint is uniform within (1 − d)/2 of the middle; a point between adds d²/12.
    moment = (((1 - d) ** 2 / 12 + d**2 / 12)[:, np.newaxis] * weight).sum() / weight.sum()
    for xy in (track[0], track[15], track[-1]):
        measured = ((xy / 1000 - 0.5) ** 2).mean(axis=0)
        np.testing.assert_allclose(measured, moment, rtol=0.035)
    assert moment < 1 / 12 * 0.75


def test_gauss_markov_speeds_are_rayleigh_and_remember_three_quarters() -> None:
    track = walk(
        GaussMarkov(2000, Rectangle(0, 0, 1e6, 1e6), GaussMarkovSettings(mean_mps=10), seed(4)), 400, 1_000_000
    )
    velocity = np.diff(track, axis=0)
    moving = np.hypot(velocity[..., 0], velocity[..., 1])
    assert moving.mean() == pytest.approx(10, rel=0.01)
    # Rayleigh: E[v²]/E[v]² = 4/π.
    assert (moving**2).mean() / moving.mean() ** 2 == pytest.approx(4 / np.pi, rel=0.01)
    assert abs(velocity.mean()) < 0.1
    for lag, memory in ((1, 0.75), (3, 0.75**3)):
        x = velocity[..., 0]
        assert np.corrcoef(x[lag:].ravel(), x[:-lag].ravel())[0, 1] == pytest.approx(memory, abs=0.01)


def test_gauss_markov_users_are_spread_evenly_at_all_times() -> None:
    track = walk(GaussMarkov(20_000, SQUARE, GaussMarkovSettings(mean_mps=30), seed(5)), 20, 30_000_000)
    for xy in (track[0], track[-1]):
        # 1250 users in each of 16 parts: 5 standard errors are 14 %.
        np.testing.assert_allclose(evenness(xy, SQUARE, 4), 1, atol=0.14)


def test_a_gauss_markov_user_that_never_turns_is_reflected_by_the_border() -> None:
    user = GaussMarkov(1, SQUARE, GaussMarkovSettings(mean_mps=10, memory=1), seed(6))
    track = walk(user, 3000, 1_000_000)[:, 0]
    step = np.abs(np.diff(track, axis=0))
    straight = np.median(step, axis=0)
    # But for the step in which it turns back, always as far, and it turns where the border is.
    assert (np.abs(step - straight) > 1e-6).mean() < 0.05
    assert ((track.min(axis=0) < straight) & (track.max(axis=0) > 1000 - straight)).all()


def test_users_keep_to_the_streets_at_their_own_speeds() -> None:
    users, spacing = 500, 100
    track = walk(Streets(users, SQUARE, StreetsSettings(mean_mps=1, spacing_m=spacing), seed(7)), 600, 1_000_000)
    off = np.abs(track - spacing * np.rint(track / spacing)).min(axis=2)
    assert off.max() < 1e-6
    steps = speeds_along(track, 1_000_000)
    own = np.median(steps, axis=0)
    assert (own >= 0.5).all()
    assert (own <= 1.5).all()
    assert own.mean() == pytest.approx(1, abs=0.07)
    np.testing.assert_allclose(steps, np.broadcast_to(own, steps.shape), rtol=1e-6)


def test_every_block_of_street_is_as_busy_as_any_other() -> None:
    area = Rectangle(0, 0, 300, 200)
    track = walk(Streets(10_000, area, StreetsSettings(mean_mps=10, spacing_m=100), seed(8)), 20, 25_000_000)
    for xy in (track[0], track[-1]):
        on_x = np.abs(xy[:, 1] / 100 - np.rint(xy[:, 1] / 100)) < 1e-9
        along_x = (np.rint(xy[on_x, 1] / 100) * 10 + np.floor(xy[on_x, 0] / 100)).astype(int)
        along_y = (np.rint(xy[~on_x, 0] / 100) * 10 + np.floor(xy[~on_x, 1] / 100)).astype(int)
        blocks = np.concatenate([np.unique(part, return_counts=True)[1] for part in (along_x, along_y)])
        # 3 × 3 blocks east–west, 2 × 4 north–south; 588 users in each: 5 standard errors are 20 %.
        assert len(blocks) == 17
        np.testing.assert_allclose(blocks / 10_000, 1 / 17, rtol=0.2)


@pytest.mark.parametrize("straight", [0.2, 0.5, 1.0])
def test_crossings_are_passed_straight_on_as_often_as_told(straight: float) -> None:
    area = Rectangle(0, 0, 1e6, 1e6)
    service = StreetsSettings(mean_mps=100, spacing_m=100, straight=straight)
    steps = []
    for number in range(30):
        user = Streets(1, area, service, seed(number))
        block_us = round(1e6 * 100 / speeds_along(walk(user, 1, 1000), 1000).item())
        steps.append(np.diff([user.move(1000, k * block_us)[0] for k in range(200)], axis=0))
    # From a point in one block to that in the next: along one axis when going straight on, along both after a turn.
    ahead = (np.abs(np.array(steps)).min(axis=2) < 1e-3).mean()
    # 6,000 crossings: 5 standard errors.
    assert ahead == pytest.approx(straight, abs=0.033)


def test_streets_need_room_for_a_block() -> None:
    with pytest.raises(ConfigError, match="no block fits"):
        Streets(1, Rectangle(0, 0, 500, 50), StreetsSettings(spacing_m=100), seed(1))


def test_cars_go_to_and_fro_along_the_route_at_their_own_speeds() -> None:
    line = Polyline(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    track = walk(Route(3000, line, RouteSettings(mean_mps=30), seed(10)), 200, 1_000_000)
    assert (track[..., 1] == 0).all()
    moving = np.median(speeds(track, 1_000_000), axis=0)
    assert moving.min() >= 15
    assert moving.max() <= 45
    assert moving.mean() == pytest.approx(30, abs=0.8)
    for x in (track[0, :, 0], track[-1, :, 0]):
        np.testing.assert_allclose(np.histogram(x, 5, (0, 1000))[0] / 3000, 0.2, atol=0.037)
    assert (np.diff(track[..., 0], axis=0)[0] > 0).mean() == pytest.approx(0.5, abs=0.046)


def hours(group: Commuters, every: list[float]) -> list[Floats]:
    """Positions at hours after the calendar's start."""
    return [group.move(int(hour * 3.6e9), 0) for hour in every]


def test_commuters_are_at_home_at_night_and_at_weekends_and_at_the_office_at_noon() -> None:
    homes, offices = places(300, 1), places(300, 2)
    group = Commuters(homes, offices, Calendar(start_hour=24), CommutersSettings(mean_mps=2), seed(1))
    night, noon, evening, thursday, saturday, sunday = hours(group, [4, 12, 22, 60, 108, 132])
    np.testing.assert_allclose(night, homes)
    np.testing.assert_allclose(noon, offices)
    np.testing.assert_allclose(evening, homes)
    np.testing.assert_allclose(thursday, offices)
    np.testing.assert_allclose(saturday, homes)
    np.testing.assert_allclose(sunday, homes)


def test_commuters_leave_around_their_hours_and_go_straight_at_their_own_speed() -> None:
    users = 4000
    homes, offices = np.zeros((users, 2)), np.full((users, 2), (3000.0, 4000.0))
    group = Commuters(homes, offices, Calendar(), CommutersSettings(mean_mps=10), seed(2))
    track = np.array([group.move(k * 60_000_000, 0) for k in range(24 * 60)])
    np.testing.assert_allclose(track[..., 0] * 4, track[..., 1] * 3, atol=1e-6)
    way = np.hypot(track[..., 0], track[..., 1])
    assert np.abs(np.diff(way, axis=0)).max() <= 15 * 60 + 1e-6
    left = (way > 0).argmax(axis=0) / 60
    back = (24 * 60 - 1 - (way[::-1] > 4999.999).argmax(axis=0)) / 60
    # Two normals within two deviations (0.8796): √(0.75² + 0.25²)·0.8796 h; a minute's grid.
    for hour, leaving in ((8, left), (17, back)):
        assert leaving.mean() == pytest.approx(hour, abs=0.06)
        assert leaving.std() == pytest.approx(np.hypot(0.75, 0.25) * 0.87963, rel=0.06)
    # 5000 m at 5…15 m/s.
    reach = (way > 4999.999).argmax(axis=0) / 60 - left
    assert reach.min() >= 5000 / 15 / 3600 - 1 / 60
    assert reach.max() <= 5000 / 5 / 3600 + 1 / 60


def test_commuters_days_differ_and_their_habits_stay() -> None:
    users = 2000
    homes, offices = np.zeros((users, 2)), np.full((users, 2), (3000.0, 4000.0))
    group = Commuters(homes, offices, Calendar(), CommutersSettings(), seed(3))
    left = []
    for day in range(2):
        track = np.array([group.move((day * 1440 + k) * 60_000_000, 0) for k in range(12 * 60)])
        left.append((track[..., 0] > 0).argmax(axis=0) / 60)
    assert np.corrcoef(*left)[0, 1] == pytest.approx(0.75**2 / (0.75**2 + 0.25**2), abs=0.03)
    assert (left[1] - left[0]).std() == pytest.approx(0.25 * 0.87963 * np.sqrt(2), rel=0.06)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: WaypointSettings(mean_mps=0), "mean_mps 0"),
        (lambda: WaypointSettings(pause_s=-1), "pause_s -1"),
        (lambda: GaussMarkovSettings(memory=1.5), "memory 1.5"),
        (lambda: GaussMarkovSettings(step_s=0), "step_s 0"),
        (lambda: StreetsSettings(straight=2), "straight 2"),
        (lambda: RouteSettings(mean_mps=float("inf")), "mean_mps inf"),
        (lambda: CommutersSettings(spread_h=0), "spread_h 0"),
        (lambda: Waypoint(0, AREA, WaypointSettings(), seed(1)), "0 users"),
        (
            lambda: Commuters(places(3, 1), places(3, 2), Calendar(), CommutersSettings(out_hour=15), seed(1)),
            "before they arrive",
        ),
        (
            lambda: Commuters(places(3, 1), places(3, 2), Calendar(), CommutersSettings(back_hour=23), seed(1)),
            "after midnight",
        ),
        (lambda: Commuters(places(3, 1), places(4, 2), Calendar(), CommutersSettings(), seed(1)), "3 homes"),
    ],
)
def test_settings_that_make_no_sense_are_named(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        make()
