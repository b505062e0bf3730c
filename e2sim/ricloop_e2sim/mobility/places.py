"""Uniform places within a shape, a fixed number of draws for each user: [users, 2] m."""

from __future__ import annotations

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.mobility.movement import Rectangle, checked_places


def in_rectangle(generator: np.random.Generator, users: int, area: Rectangle) -> Floats:
    """Uniform in a rectangle."""
    places: Floats = area.corner + generator.random((users, 2)) * area.size
    return places


def in_disc(generator: np.random.Generator, users: int, centre: tuple[float, float], radius_m: float) -> Floats:
    """Uniform in a disc."""
    positive(radius_m=radius_m)
    draw = generator.random((users, 2))
    radius, angle = radius_m * np.sqrt(draw[:, 0]), 2 * np.pi * draw[:, 1]
    return np.column_stack((centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle)))


class Polyline:
    """A line through given points, measured by the way along it."""

    def __init__(self, points: Floats) -> None:
        """`points`: [n ≥ 2, 2], no two neighbours the same."""
        self.points = checked_places(points)
        steps = np.hypot(*np.diff(self.points, axis=0).T)
        if not len(steps) or not (steps > 0).all():
            raise ConfigError(f"a line through {len(self.points)} points: give at least 2, each apart from the last")
        self.at: Floats = np.concatenate(([0.0], np.cumsum(steps)))
        """[n] m from the start to each point."""

    @property
    def length_m(self) -> float:
        """From end to end."""
        return float(self.at[-1])

    def place(self, way: Floats) -> Floats:
        """[users, 2]: the places so many metres from the start, [users]; the ends beyond them."""
        x, y = self.points.T
        return np.column_stack((np.interp(way, self.at, x), np.interp(way, self.at, y)))
