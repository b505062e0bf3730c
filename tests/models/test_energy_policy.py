"""Which cells may sleep: cases worked out by hand, and what holds whatever the loads are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ricloop_models.energy_policy import Upper, asleep_next, within_share

ONE = np.zeros(3, np.intp)
"""Three capacity cells under one cover."""


def bits(*flags: int) -> NDArray[np.bool_]:
    return np.array(flags, np.bool_)


def upper(alone: list[float], moved: list[float]) -> Upper:
    return Upper(np.array(alone), np.array(moved))


def test_the_least_loaded_cells_sleep_as_far_as_the_cover_has_room() -> None:
    # 0.3 + 0.1 + 0.2 = 0.6 fit under 0.7, and 0.4 more do not.
    load = upper([0.3], [0.4, 0.1, 0.2])
    assert asleep_next(bits(0, 0, 0), load, load, ONE, 0.7).tolist() == [False, True, True]
    assert asleep_next(bits(0, 0, 0), load, load, ONE, 1.0).tolist() == [True, True, True]
    assert asleep_next(bits(0, 0, 0), load, load, ONE, 0.35).tolist() == [False, False, False]


def test_a_sleeping_cell_goes_before_a_lighter_one_that_is_awake() -> None:
    load = upper([0.3], [0.3, 0.2, 0.2])
    assert asleep_next(bits(1, 0, 0), load, load, ONE, 0.7).tolist() == [True, False, False]


def test_falling_asleep_asks_for_more_than_staying_asleep() -> None:
    cover = np.array([0, 1], np.intp)
    soon, later = upper([0.2, 0.2], [0.3, 0.3]), upper([0.4, 0.4], [0.6, 0.6])
    assert asleep_next(bits(1, 0), soon, later, cover, 0.8).tolist() == [True, False]


def test_a_cover_that_will_be_full_wakes_its_cells_and_the_other_covers_cells_sleep_on() -> None:
    cover = np.array([0, 1, 1], np.intp)
    load = upper([0.95, 0.1], [0.0, 0.1, 0.1])
    assert asleep_next(bits(1, 1, 1), load, load, cover, 0.9).tolist() == [False, True, True]


def test_what_is_not_known_does_not_sleep() -> None:
    load = upper([0.1], [np.nan, 0.1, 0.1])
    assert asleep_next(bits(1, 0, 1), load, load, ONE, 0.9).tolist() == [False, True, True]
    load = upper([np.nan], [0.0, 0.0, 0.0])
    assert not asleep_next(bits(1, 0, 1), load, load, ONE, 0.9).any()


def test_no_more_than_its_share_of_a_group_sleeps_those_asleep_first_then_the_lightest() -> None:
    group, most = np.array([0, 0, 0, 1], np.intp), np.array([2, 0])
    load = np.array([0.1, 0.2, 0.3, 0.0])
    assert within_share(bits(1, 1, 1, 1), bits(0, 0, 1, 0), load, group, most).tolist() == [True, False, True, False]


loads = st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4)
flags = st.lists(st.booleans(), min_size=4, max_size=4)
covers = st.lists(st.integers(0, 1), min_size=4, max_size=4)


@given(loads, loads, loads, flags, covers, st.floats(0.1, 1.2))
def test_what_moves_always_fits_by_the_quantile_given(
    own: list[float], first: list[float], more: list[float], sleeping: list[bool], under: list[int], limit: float
) -> None:
    soon = upper(own[:2], first)
    later = Upper(soon.alone + more[0], soon.moved + np.array(more))
    asleep, cover = np.array(sleeping), np.array(under, np.intp)
    chosen = asleep_next(asleep, soon, later, cover, limit)
    for at in range(2):
        mine = chosen & (cover == at)
        if mine.any():
            assert soon.alone[at] + sum(soon.moved[mine].tolist()) <= limit + 1e-9
        if (mine & ~asleep).any():
            assert later.alone[at] + sum(later.moved[mine].tolist()) <= limit + 1e-9


@given(loads, flags, covers, st.floats(0.1, 1.2), st.floats(0, 1))
def test_less_load_never_wakes_more_cells(
    moved: list[float], sleeping: list[bool], under: list[int], limit: float, shrink: float
) -> None:
    asleep, cover = np.array(sleeping), np.array(under, np.intp)
    full = upper([0.2, 0.1], moved)
    less = Upper(full.alone * shrink, full.moved * shrink)
    before, after = (asleep_next(asleep, one, one, cover, limit).sum() for one in (full, less))
    assert after >= before


@given(loads, flags, st.permutations(range(4)))
def test_the_order_of_cells_does_not_matter(moved: list[float], sleeping: list[bool], order: list[int]) -> None:
    cover, rows = np.array([0, 0, 1, 1], np.intp), np.array(order)
    distinct = np.array(moved) + np.arange(4) * 1e-3
    load = Upper(np.array([0.3, 0.2]), distinct)
    turned = Upper(load.alone, distinct[rows])
    asleep = np.array(sleeping)
    one = asleep_next(asleep, load, load, cover, 0.8)
    other = asleep_next(asleep[rows], turned, turned, cover[rows], 0.8)
    assert other.tolist() == one[rows].tolist()
