"""Gauss–Markov: a velocity that drifts at random, and borders that reflect.

v ← a·v + s·√(1 − a²)·N each second, both components alike and with mean 0 (Liang and Haas 1999). The walk takes place
on a plane of mirrored copies of the area and is folded back into it, which is what reflecting is: it is right however
far a tick goes, and users are spread evenly at all times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.flow import some_users
from ricloop_e2sim.mobility.movement import Rectangle, speed_range
from ricloop_e2sim.mobility.places import in_rectangle


@dataclass(frozen=True, slots=True)
class GaussMarkovSettings:
    """How velocities change."""

    mean_mps: float = 3 / 3.6
    """Speeds have a Rayleigh distribution of this mean."""
    memory: float = 0.75
    """a, from one step to the next; 1 keeps the velocity for ever."""
    step_s: float = 1.0

    def __post_init__(self) -> None:
        speed_range(self.mean_mps)
        within(0, 1, memory=self.memory)
        positive(step_s=self.step_s)


class GaussMarkov:
    """Velocities are drawn for everyone, two draws each, at fixed instants one step apart, whatever the tick."""

    def __init__(
        self, users: int, area: Rectangle, settings: GaussMarkovSettings, seed: np.random.SeedSequence
    ) -> None:
        self.users = some_users(users)
        places, velocities = seed.spawn(2)
        self._generator = np.random.Generator(np.random.PCG64(velocities))
        self._corner, self._size, self._twice = area.corner, area.size, 2 * area.size
        self._memory, self._step_us = settings.memory, max(round(settings.step_s * 1e6), 1)
        self._deviation = settings.mean_mps * np.sqrt(2 / np.pi)
        # Each place has four mirror images on the plane; they would look the same from here.
        self._place: Floats = in_rectangle(np.random.Generator(np.random.PCG64(places)), users, area) - self._corner
        self._velocity: Floats = self._deviation * self._generator.standard_normal((users, 2))
        self._step_at = 0

    def move(self, time_us: int, tick_us: int) -> Floats:
        """See `Mobility`; goes through as many steps as begin within the tick."""
        end_us = time_us + tick_us
        while end_us - self._step_at >= self._step_us:
            self._place = self._later(self._step_us)
            fresh = self._generator.standard_normal((self.users, 2))
            self._velocity *= self._memory
            self._velocity += self._deviation * np.sqrt(1 - self._memory**2) * fresh
            self._step_at += self._step_us
        place = self._later(end_us - self._step_at)
        xy: Floats = self._corner + np.minimum(np.maximum(np.minimum(place, self._twice - place), 0), self._size)
        return xy

    def _later(self, after_us: int) -> Floats:
        """[users, 2] places on the plane, which repeats after twice the area; 0…twice its size, but for rounding."""
        place = self._place + self._velocity * (after_us / 1e6)
        place -= self._twice * np.floor(place / self._twice)
        return place
