"""A route: to and fro along a line, as cars on a highway or a bus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.flow import some_users
from ricloop_e2sim.mobility.movement import speed_range
from ricloop_e2sim.mobility.places import Polyline


@dataclass(frozen=True, slots=True)
class RouteSettings:
    """Users' own speeds, drawn once, are uniform in 0.5…1.5 of the mean."""

    mean_mps: float = 120 / 3.6

    def __post_init__(self) -> None:
        speed_range(self.mean_mps)


class Route:
    """Starts evenly spread along the line, half of the users either way; draws nothing after that."""

    def __init__(self, users: int, line: Polyline, settings: RouteSettings, seed: np.random.SeedSequence) -> None:
        self.users, self._line = some_users(users), line
        generator = np.random.Generator(np.random.PCG64(seed))
        slowest, fastest = speed_range(settings.mean_mps)
        self._round_m = 2 * line.length_m
        self._speed: Floats = slowest + generator.random(users) * (fastest - slowest)
        self._start: Floats = generator.random(users) * self._round_m

    def move(self, time_us: int, tick_us: int) -> Floats:
        """See `Mobility`; turns round at the ends as often as it comes to them."""
        way = (self._start + self._speed * ((time_us + tick_us) / 1e6)) % self._round_m
        return self._line.place(np.minimum(way, self._round_m - way))
