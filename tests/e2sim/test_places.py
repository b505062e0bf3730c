"""Uniform places."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.errors import ConfigError
from ricloop_e2sim.layout import Floats
from ricloop_e2sim.mobility.movement import Rectangle, checked_places
from ricloop_e2sim.mobility.places import Polyline, along_polyline, in_disc, in_hexagon, in_rectangle

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


@pytest.mark.parametrize("turn", [0.0, np.pi / 6])
def test_a_hexagon_is_filled_evenly(turn: float) -> None:
    xy = in_hexagon(stream(), USERS, (10, 20), 500, turn)
    inner = 500 * np.sqrt(3) / 2
    away = xy - (10, 20)
    for side in range(6):
        direction = turn + np.pi / 6 + side * np.pi / 3
        assert (away @ (np.cos(direction), np.sin(direction))).max() <= inner + 1e-6
    # Area of the inscribed circle, of one sixth between two corners, and of a corner's tip.
    assert (np.hypot(*away.T) < inner).mean() == pytest.approx(np.pi / (2 * np.sqrt(3)), abs=0.0074)
    counts, _ = np.histogram((angles(xy, (10, 20)) - turn) % (2 * np.pi), 6, (0, 2 * np.pi))
    np.testing.assert_allclose(counts / USERS, 1 / 6, atol=0.0094)
    tip = (away @ (np.cos(turn), np.sin(turn))) > 250
    assert tip.mean() == pytest.approx(1 / 6, abs=0.0094)


def test_a_line_is_filled_by_its_length() -> None:
    line = Polyline(np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 100.0]]))
    assert line.length_m == 400
    np.testing.assert_allclose(line.place(np.array([0, 150, 350, 500])), [[0, 0], [150, 0], [300, 50], [300, 100]])
    xy = along_polyline(stream(), USERS, line)
    assert ((xy[:, 1] == 0) | (xy[:, 0] == 300)).all()
    assert (xy[:, 1] > 0).mean() == pytest.approx(1 / 4, abs=0.011)


@pytest.mark.parametrize("shape", [in_disc, in_hexagon])
def test_as_many_draws_whatever_the_shape_s_size(shape: object) -> None:
    assert callable(shape)
    after = []
    for radius in (1.0, 1e4):
        generator = stream()
        shape(generator, 50, (0.0, 0.0), radius)
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
