"""Uniform places."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.mobility.movement import Rectangle, checked_places
from ricloop_e2sim.mobility.places import Polyline, in_disc, in_rectangle

USERS = 40_000
"""5 standard errors of a share of a half are 0.0125."""


def stream() -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(1))


def angles(xy: Floats, centre: tuple[float, float]) -> Floats:
    return np.arctan2(xy[:, 1] - centre[1], xy[:, 0] - centre[0])


def test_a_rectangle_is_filled_evenly() -> None:
    area = Rectangle(-100, 50, 300, 150)
    xy = in_rectangle(stream(), USERS, area)
    assert area.holds(xy).all()
    counts, *_ = np.histogram2d(xy[:, 0], xy[:, 1], [np.linspace(-100, 300, 5), np.linspace(50, 150, 3)])
    np.testing.assert_allclose(counts / USERS, 1 / 8, atol=0.0083)


def test_a_disc_is_filled_evenly() -> None:
    xy = in_disc(stream(), USERS, (10, 20), 500)
    radius = np.hypot(*(xy - (10, 20)).T)
    assert radius.max() <= 500
    assert (radius < 250).mean() == pytest.approx(1 / 4, abs=0.011)
    counts, _ = np.histogram(angles(xy, (10, 20)), 6, (-np.pi, np.pi))
    np.testing.assert_allclose(counts / USERS, 1 / 6, atol=0.0094)


def test_a_line_is_measured_along_its_length() -> None:
    line = Polyline(np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 100.0]]))
    assert line.length_m == 400
    np.testing.assert_allclose(line.place(np.array([0, 150, 350, 500])), [[0, 0], [150, 0], [300, 50], [300, 100]])


def test_as_many_draws_whatever_the_disc_s_size() -> None:
    after = []
    for radius in (1.0, 1e4):
        generator = stream()
        in_disc(generator, 50, (0.0, 0.0), radius)
        after.append(generator.random())
    assert after[0] == after[1]


def test_holds_takes_the_border_in() -> None:
    inside = Rectangle(0, 0, 2, 1).holds(np.array([[0, 0], [2, 1], [2.1, 0.5], [1, -0.1]]))
    assert inside.tolist() == [True, True, False, False]


def test_shapes_that_make_no_sense_are_named() -> None:
    with pytest.raises(ConfigError, match="no inside"):
        Rectangle(0, 0, 0, 1)
    with pytest.raises(ConfigError, match="radius_m -1"):
        in_disc(stream(), 1, (0, 0), -1)
    with pytest.raises(ConfigError, match="at least 2"):
        Polyline(np.array([[0.0, 0.0]]))
    with pytest.raises(ConfigError, match="apart"):
        Polyline(np.array([[0.0, 0.0], [0.0, 0.0]]))
    with pytest.raises(ConfigError, match="shape"):
        checked_places(np.zeros((3, 3)))
    with pytest.raises(ConfigError, match="not finite"):
        checked_places(np.array([[0, np.nan]]))
