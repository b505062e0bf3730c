"""RRM policy ratios, against hand computation (TS 28.541 RRMPolicyRatio)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.mac.scheduler import Scheduler
from ricloop_e2sim.mac.slices import SliceRatios, refusal, slice_prbs

SECOND = 1_000_000


def set_cell(ratios: SliceRatios, dedicated: Floats, minimum: Floats, maximum: Floats) -> str:
    """Of the first cell, as its users would: why not, or done."""
    ratios.replace(np.array([0]), dedicated[None], minimum[None], maximum[None])
    return refusal(dedicated, minimum, maximum)


def three(dedicated: list[float], minimum: list[float], maximum: list[float]) -> SliceRatios:
    """One cell with three slices."""
    ratios = SliceRatios(1, 3)
    assert set_cell(ratios, np.array(dedicated), np.array(minimum), np.array(maximum)) == ""
    return ratios


def of_100(ratios: SliceRatios, *demand: float) -> list[float]:
    return [round(float(prbs), 9) for prbs in slice_prbs(np.array([demand]), np.array([100.0]), ratios)[0]]


def test_an_idle_slice_keeps_its_dedicated_prbs_and_lends_the_rest_of_its_minimum() -> None:
    ratios = three([20, 0, 0], [50, 0, 0], [100, 100, 100])
    assert of_100(ratios, 0, 200, 0) == [0, 80, 0]
    assert of_100(ratios, 10, 200, 0) == [10, 80, 0]
    assert of_100(ratios, 30, 200, 0) == [30, 70, 0]


def test_a_minimum_is_guaranteed_and_the_rest_is_divided_equally() -> None:
    ratios = three([0, 0, 0], [50, 10, 0], [100, 100, 100])
    # 50 + 10 are owed; the other 40 go in thirds.
    assert of_100(ratios, 200, 200, 200) == [round(50 + 40 / 3, 9), round(10 + 40 / 3, 9), round(40 / 3, 9)]
    # The third wants 4 of the rest; the others share 36.
    assert of_100(ratios, 200, 200, 4) == [68, 28, 4]


def test_a_maximum_caps_even_where_prbs_stay_unused() -> None:
    ratios = three([0, 0, 0], [0, 0, 0], [30, 100, 100])
    assert of_100(ratios, 200, 10, 0) == [30, 10, 0]
    assert of_100(ratios, 200, 200, 0) == [30, 70, 0]


def test_weights_divide_the_rest() -> None:
    ratios = SliceRatios(1, 3, weight=np.array([1.0, 3.0, 1.0]))
    assert set_cell(ratios, np.array([0, 0, 0]), np.array([20, 0, 0]), np.array([100, 100, 100])) == ""
    assert of_100(ratios, 200, 200, 0) == [40, 60, 0]


def test_users_of_a_slice_share_what_it_has_by_the_policy_of_the_cell() -> None:
    ratios = SliceRatios(2, 2)
    assert set_cell(ratios, np.array([0.0, 0.0]), np.array([60.0, 0.0]), np.array([60.0, 100.0])) == ""
    serving, slices = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 0, 1])
    rate = np.array([1e5, 2e5, 1e5, 2e5, 1e5, 2e5])
    for policy, expected in (
        (Policy.ROUND_ROBIN, [30, 30, 20, 20, 50, 50]),
        (Policy.MAX_CI, [0, 60, 0, 40, 10, 90]),
    ):
        scheduler = Scheduler(np.full(2, policy), 6, ratios=ratios)
        grants = scheduler.schedule(serving, rate, rate * 90, np.array([100.0, 100.0]), SECOND, slice_of=slices)
        assert grants.prbs == pytest.approx(expected)


def test_a_capped_slice_is_held_back_in_a_cell_that_has_enough() -> None:
    ratios = SliceRatios(1, 2)
    assert set_cell(ratios, np.array([0.0, 0.0]), np.array([0.0, 0.0]), np.array([20.0, 100.0])) == ""
    scheduler = Scheduler(np.array([0]), 2, ratios=ratios)
    grants = scheduler.schedule(
        np.zeros(2, dtype=np.int64), np.full(2, 1e5), np.full(2, 4e6), np.array([100.0]), SECOND, slice_of=np.arange(2)
    )
    assert grants.prbs == pytest.approx([20, 40])
    assert grants.bits == pytest.approx([2e6, 4e6])


@pytest.mark.parametrize(
    ("dedicated", "minimum", "maximum", "reason"),
    [
        ([0, 0], [50, 0], [40, 100], "min ratio 50 of slice 0 is above its max ratio 40"),
        ([0, 30], [0, 20], [100, 100], "dedicated ratio 30 of slice 1 is above its min ratio 20"),
        ([0, 0], [0, 0], [100, 101], "max ratio 101 of slice 1 is outside 0..100"),
        ([-1, 0], [0, 0], [100, 100], "dedicated ratio -1 of slice 0 is outside"),
        ([0, 0], [60, 50], [100, 100], "min ratios of the cell's slices add up to 110, above 100"),
        ([60, 50], [60, 50], [100, 100], "dedicated ratios of the cell's slices add up to 110, above 100"),
        ([0, 0], [float("nan"), 0], [100, 100], "min ratio nan of slice 0 is outside"),
    ],
)
def test_ratios_that_cannot_hold_are_refused_and_change_nothing(
    dedicated: list[float], minimum: list[float], maximum: list[float], reason: str
) -> None:
    rows = (np.array(dedicated), np.array(minimum), np.array(maximum))
    assert reason in refusal(*rows)
    ratios = SliceRatios(1, 2)
    assert reason in refusal(*rows)
    assert (ratios.dedicated.sum(), ratios.minimum.sum(), ratios.maximum.sum()) == (0, 0, 2)
    assert not ratios.sliced.any()


def test_weights_must_be_positive_and_one_per_slice() -> None:
    for weight in ([1.0, 0.0], [1.0]):
        with pytest.raises(ConfigError, match="are not 2 positive numbers"):
            SliceRatios(1, 2, weight=np.array(weight))


percent = st.lists(st.floats(0, 1), min_size=3, max_size=3)


@given(percent, percent, percent, st.lists(st.floats(0, 200), min_size=3, max_size=3), st.floats(0, 300))
def test_order_limits_and_no_prb_wasted_for_any_ratios(
    kept: list[float], minimum: list[float], maximum: list[float], demand: list[float], prbs: float
) -> None:
    least = np.array(minimum) * 99 / max(sum(minimum), 1)
    dedicated, most = least * kept, least + (100 - least) * maximum
    ratios = SliceRatios(1, 3)
    assert set_cell(ratios, dedicated, least, most) == ""
    got = slice_prbs(np.array([demand]), np.array([prbs]), ratios)[0]
    wants = np.array(demand)
    tiny = 1e-9 * (1 + prbs)
    assert (got <= wants + tiny).all()
    assert (got <= most / 100 * prbs + tiny).all()
    assert (got >= np.minimum(wants, least / 100 * prbs) - tiny).all()
    reserved = np.maximum(got, dedicated / 100 * prbs).sum()
    assert reserved <= prbs + tiny
    held_back = (wants - got > tiny) & (got < most / 100 * prbs - tiny)
    assert reserved >= prbs - tiny or not held_back.any()
