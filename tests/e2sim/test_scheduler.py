"""The fluid scheduler."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ricloop_e2sim.gnb.scheduler import allocate

ONE_CELL = np.zeros(3, dtype=np.int64)


def test_where_all_fit_all_get_what_they_ask() -> None:
    asked = np.array([10.0, 20.0, 30.0])
    assert allocate(asked, ONE_CELL, np.array([60.0])).tolist() == [10, 20, 30]


def test_where_they_do_not_the_small_are_satisfied_and_the_large_share_the_rest() -> None:
    asked = np.array([10.0, 50.0, 90.0])
    assert allocate(asked, ONE_CELL, np.array([70.0])).tolist() == [10, 30, 30]


def test_users_without_a_cell_and_cells_without_prbs_get_and_give_nothing() -> None:
    granted = allocate(np.array([5.0, 5.0, 5.0]), np.array([-1, 0, 1]), np.array([0.0, 10.0]))
    assert granted.tolist() == [0, 0, 5]


@given(
    st.lists(st.tuples(st.floats(0, 1e3), st.integers(-1, 2)), min_size=1, max_size=30),
    st.lists(st.floats(0, 500), min_size=3, max_size=3),
)
def test_nobody_gets_more_than_asked_and_no_cell_gives_more_than_it_has_or_less_than_it_could(
    users: list[tuple[float, int]], available: list[float]
) -> None:
    asked, serving = np.array([u[0] for u in users]), np.array([u[1] for u in users])
    granted = allocate(asked, serving, np.array(available))
    assert (granted >= 0).all()
    assert (granted <= asked + 1e-9).all()
    for cell in range(3):
        here = serving == cell
        assert granted[here].sum() == pytest.approx(min(asked[here].sum(), available[cell]), abs=1e-6)
