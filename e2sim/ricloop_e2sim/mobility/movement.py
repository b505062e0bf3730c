"""What every way of moving is: a group of users, asked each tick where they are.

Where a user is depends on the seed, the user and the time alone: legs begin and end at instants of their own, and what
is drawn for them comes from per-user streams (`userstreams`) or at fixed instants for everyone, so no tick length
and no other user's turn moves it. Positions are those at the end of the tick, of [time_us, time_us + tick_us]. Ticks
are asked for in order; `move(0, 0)` is where everyone starts. Distances in m, speeds in m/s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.bounds import within
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats


class Mobility(Protocol):
    """The movement of one group of users."""

    users: int

    def move(self, time_us: int, tick_us: int) -> Floats:
        """[users, 2] float64: x and y at the end of the tick that starts at `time_us`; the caller's to keep."""
        ...


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Where users may be, borders included."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        edges = (self.west, self.south, self.east, self.north)
        if not (np.isfinite(edges).all() and self.west < self.east and self.south < self.north):
            raise ConfigError(f"the rectangle {edges} has no inside: give west < east and south < north")

    @property
    def corner(self) -> Floats:
        """[2]: the lowest x and y."""
        return np.array([self.west, self.south])

    @property
    def size(self) -> Floats:
        """[2]: width and height."""
        return np.array([self.east - self.west, self.north - self.south])

    def holds(self, xy: Floats) -> Bools:
        """[users]: which positions are inside."""
        inside = (xy >= self.corner) & (xy <= self.corner + self.size)
        return inside[..., 0] & inside[..., 1]


def checked_places(xy: Floats) -> Floats:
    """A copy of starting places; `ConfigError` where they are not finite or not [users ≥ 1, 2]."""
    places = np.array(xy, dtype=np.float64)
    if places.ndim != 2 or places.shape[1] != 2 or not len(places):
        raise ConfigError(f"places of shape {places.shape}: give one row of x and y per user, and at least one user")
    if not np.isfinite(places).all():
        raise ConfigError("a place is not finite: give x and y in metres")
    return places


SPREAD = 0.5
"""Speeds are uniform within this share of the mean, either way: never near 0, where a leg would last for ever."""


def speed_range(mean_mps: float) -> tuple[float, float]:
    """Least and greatest speed around a mean; `ConfigError` for a mean that is no speed on the ground."""
    within(0.01, 500, mean_mps=mean_mps)
    return mean_mps * (1 - SPREAD), mean_mps * (1 + SPREAD)
