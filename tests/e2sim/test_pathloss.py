"""Path loss, sight and buildings against the values of the specification's tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.channel import indoor, pathloss, sight
from ricloop_e2sim.channel.pathloss import FORMS

UE = np.array(1.5)
HEIGHT = {"UMa": 25.0, "UMi": 10.0, "RMa": 35.0, "InH": 1.5}


def losses(scenario: str, distance: list[float], f_ghz: float) -> tuple[Floats, Floats]:
    return FORMS[scenario](np.array(distance), np.array(HEIGHT[scenario]), UE, np.array(f_ghz))


@pytest.mark.parametrize(
    ("scenario", "f_ghz", "distance", "los", "nlos"),
    [
        ("UMa", 0.7, [50, 100, 500, 1000], [63.23, 69.16, 95.83, 107.85], [78.53, 89.06, 115.94, 127.69]),
        ("UMa", 2.1, [50, 100, 500, 1000], [72.78, 78.70, 96.93, 108.96], [88.07, 98.60, 125.48, 137.23]),
        ("UMa", 3.5, [50, 100, 500, 1000], [77.21, 83.14, 98.27, 109.41], [92.51, 103.04, 129.92, 141.67]),
        ("UMi", 3.5, [50, 100, 200, 500], [79.09, 85.31, 91.61, 107.11], [94.18, 104.64, 115.23, 129.26]),
        ("UMi", 28.0, [50, 100, 200, 500], [97.15, 103.38, 109.67, 118.02], [113.42, 123.88, 134.46, 148.50]),
        ("RMa", 0.7, [100, 500, 1000, 5000], [70.22, 84.63, 93.38, 121.33], [78.69, 104.84, 116.44, 143.44]),
        # Antenna and user at one height: the distances are 3-D.
        ("InH", 3.5, [10, 50], [60.58, 72.67], [69.15, 95.92]),
    ],
)
def test_losses_at_the_computed_points(
    scenario: str, f_ghz: float, distance: list[float], los: list[float], nlos: list[float]
) -> None:
    seen, hidden = losses(scenario, distance, f_ghz)
    np.testing.assert_allclose(seen, los, atol=0.01)
    np.testing.assert_allclose(hidden, nlos, atol=0.01)


@pytest.mark.parametrize(
    ("h_bs", "f_ghz", "distance"),
    [(25, 0.7, 112), (25, 2.1, 336), (25, 3.5, 560), (10, 3.5, 210), (10, 28, 1680)],
)
def test_break_points_of_the_urban_scenarios(h_bs: float, f_ghz: float, distance: float) -> None:
    assert pathloss.breakpoint_m(np.array(h_bs), UE, np.array(f_ghz)) == pytest.approx(distance)


def test_the_rural_break_point_and_the_slope_of_40_db_a_decade_beyond_it() -> None:
    assert pathloss.rural_breakpoint_m(np.array(35.0), UE, np.array(0.7)) == pytest.approx(769.7, abs=0.05)
    seen, _ = losses("RMa", [1000, 10_000], 0.7)
    # The rise of 33.5 m makes the decade of 3-D distance that much shorter.
    assert seen[1] - seen[0] == pytest.approx(40, abs=0.01)


@given(st.sampled_from(sorted(FORMS)), st.floats(10, 5000), st.floats(0.5, 30), st.floats(1.5, 22.5))
def test_losing_sight_never_helps_and_going_away_always_costs(
    scenario: str, distance: float, f_ghz: float, h_ut: float
) -> None:
    further = np.array([distance, 1.01 * distance])
    seen, hidden = FORMS[scenario](further, np.array(HEIGHT[scenario]), np.array(h_ut), np.array(f_ghz))
    assert (hidden >= seen).all()
    assert seen[1] > seen[0]
    assert hidden[1] > hidden[0]


def test_arrays_broadcast_and_agree_with_the_single_values() -> None:
    distance = np.array([[30.0, 700.0], [90.0, 1500.0]])
    heights, tones = np.array([[1.5], [20.0]]), np.array([3.5])
    seen, hidden = pathloss.uma(distance, np.array([25.0, 30.0]), heights, tones)
    for row, column in np.ndindex(2, 2):
        single = pathloss.uma(distance[row, column], np.array([25.0, 30.0][column]), heights[row, 0], tones[0])
        assert (seen[row, column], hidden[row, column]) == pytest.approx(single, abs=1e-12)


PROBABILITY = {
    ("UMi", 1.5): (0.5196, 0.2310, 0.0935, 0.0360),
    ("UMa", 1.5): (0.6494, 0.3477, 0.1280, 0.0363),
    ("UMa", 23.0): (0.7221, 0.5708, 0.4656, 0.2389),
    ("RMa", 1.5): (0.9608, 0.9139, 0.8270, 0.6126),
}


@pytest.mark.parametrize(("scenario", "height"), PROBABILITY)
def test_probability_of_sight_at_50_100_200_and_500_m(scenario: str, height: float) -> None:
    got = sight.PROBABILITIES[scenario](np.array([50.0, 100.0, 200.0, 500.0]), np.array(height))
    np.testing.assert_allclose(got, PROBABILITY[scenario, height], atol=5e-5)


@pytest.mark.parametrize(("scenario", "sure"), [("UMi", 18.0), ("UMa", 18.0), ("RMa", 10.0), ("InH", 1.2)])
@pytest.mark.parametrize("height", [1.5, 23.0])
def test_a_user_close_by_is_always_seen(scenario: str, sure: float, height: float) -> None:
    got = sight.PROBABILITIES[scenario](np.array([0.0, sure / 2, sure]), np.array(height))
    np.testing.assert_allclose(got, 1.0, atol=1e-12)


def test_sight_in_a_mixed_office() -> None:
    # e^(−1), and 0.32·e^(−1) beyond 6.5 m.
    got = sight.inh_probability(np.array([1.2 + 4.7, 6.5 + 32.6]), UE)
    np.testing.assert_allclose(got, [math.exp(-1), 0.32 * math.exp(-1)])


def test_users_see_more_from_13_m_to_23_m() -> None:
    got = sight.high_user(np.array([1.5, 13.0, 18.0, 23.0, 30.0]))
    np.testing.assert_allclose(got, [0, 0, 0.5**1.5, 1, 1])


def test_the_share_below_of_a_standard_normal() -> None:
    x = np.linspace(-7, 7, 1001)
    exact = [0.5 * (1 + math.erf(value / math.sqrt(2))) for value in x]
    np.testing.assert_allclose(sight.normal_share(x), exact, atol=7.5e-8)


def test_a_wall_at_3_5_ghz() -> None:
    loss = indoor.wall_db(np.array([False, True]), np.array(3.5))
    np.testing.assert_allclose(loss, [12.70, 26.85], atol=0.01)


def test_being_indoors_adds_the_wall_half_a_db_per_metre_and_the_buildings_own_part() -> None:
    loss = indoor.penetration_db(
        np.array([True, True, False]),
        np.array([False, True, True]),
        np.array([10.0, 0.0, 10.0]),
        np.array([1.0, -1.0, 1.0]),
        np.array(3.5),
    )
    np.testing.assert_allclose(loss, [12.70 + 5 + 4.4, 26.85 - 6.5, 0], atol=0.01)


def test_depths_are_the_smaller_of_two_uniform_ones() -> None:
    depth = indoor.depth_m(np.random.default_rng(1), 20_000)
    # Its mean is a third of 25 m, with a standard error of 0.04 m; P(< 12.5 m) is 3/4.
    assert depth.mean() == pytest.approx(25 / 3, abs=0.15)
    assert (depth < 12.5).mean() == pytest.approx(0.75, abs=0.01)
    assert 0 <= depth.min() <= depth.max() <= 25
