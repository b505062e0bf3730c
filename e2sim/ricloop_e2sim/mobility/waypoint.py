"""Random waypoint: straight to a random place at a random speed, a pause there, and on.

It starts in its stationary state (Navidi and Camp 2004; Le Boudec and Vojnović 2005): started from uniform places and
fresh speeds, users would drift to the middle and slow down for the first minutes of every run. Found under way, a user
is on a long leg more likely than on a short one, and at a low speed more likely than at a high one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import within
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.arithmetic.userstreams import UserStreams, Who
from ricloop_e2sim.flows.flow import some_users
from ricloop_e2sim.mobility.movement import Rectangle, speed_range


@dataclass(frozen=True, slots=True)
class WaypointSettings:
    """Speed of a leg: uniform in 0.5…1.5 of the mean."""

    mean_mps: float = 3 / 3.6
    pause_s: float = 5.0
    """Mean; exponential."""

    def __post_init__(self) -> None:
        speed_range(self.mean_mps)
        within(0, 1e6, pause_s=self.pause_s)


def mean_distance(width: float, height: float) -> float:
    """Mean distance of two uniform places in a rectangle (Ghosh 1951)."""
    w, h, d = width, height, float(np.hypot(width, height))
    straight = w**3 / h**2 + h**3 / w**2 + d * (3 - w**2 / h**2 - h**2 / w**2)
    return float((straight + 2.5 * (h**2 / w * np.log((w + d) / h) + w**2 / h * np.log((h + d) / w))) / 15)


class Waypoint:
    """Legs and pauses of each user, from its own stream: four draws per leg."""

    def __init__(self, users: int, area: Rectangle, settings: WaypointSettings, seed: np.random.SeedSequence) -> None:
        self.users = some_users(users)
        start, legs = seed.spawn(2)
        self._streams, self._count = UserStreams(users, legs), np.zeros(users, dtype=np.int64)
        self._corner, self._size = area.corner, area.size
        self._slowest, self._fastest = speed_range(settings.mean_mps)
        self._pause_us = settings.pause_s * 1e6
        self._begin_at_random(np.random.Generator(np.random.PCG64(start)))

    def _begin_at_random(self, generator: np.random.Generator) -> None:
        users, ratio = self.users, self._fastest / self._slowest
        origin, target = self._long_legs(generator)
        speed = self._slowest * ratio ** generator.random(users)
        gone, pausing = generator.random(users), generator.random(users)
        leg_s = mean_distance(*self._size) * np.log(ratio) / (self._fastest - self._slowest)
        moving = pausing * (leg_s + self._pause_us / 1e6) < leg_s
        # Who pauses is at a uniform place, as the end of a fresh leg is.
        resting = self._corner + generator.random((users, 2)) * self._size
        self._origin: Floats = np.where(moving[:, np.newaxis], origin, resting)
        self._target: Floats = np.where(moving[:, np.newaxis], target, resting)
        length_us = np.hypot(*(self._target - self._origin).T) / speed * 1e6
        self._leave: Floats = -gone * length_us
        self._arrive: Floats = self._leave + length_us
        self._next: Floats = self._arrive + self._pause(slice(None))
        self._count += 1

    def _long_legs(self, generator: np.random.Generator) -> tuple[Floats, Floats]:
        """Ends of legs, [users, 2] each, with a probability in proportion to their length."""
        ends: Floats = np.empty((self.users, 2, 2))
        left = np.arange(self.users)
        while len(left):
            ends[left] = self._corner + generator.random((len(left), 2, 2)) * self._size
            length = np.hypot(*(ends[left, 1] - ends[left, 0]).T)
            left = left[generator.random(len(left)) * np.hypot(*self._size) >= length]
        return ends[:, 0], ends[:, 1]

    def _pause(self, who: Who) -> Floats:
        pause: Floats = -np.log(self._streams.uniform(who, self._count[who] * 4)) * self._pause_us
        return pause

    def _next_leg(self, who: Ints) -> None:
        index = self._count[who] * 4
        x, y, pace = (self._streams.uniform(who, index + k) for k in (1, 2, 3))
        origin = self._target[who]
        target = self._corner + np.column_stack((x, y)) * self._size
        speed = self._slowest + pace * (self._fastest - self._slowest)
        leave = self._next[who]
        arrive = leave + np.hypot(*(target - origin).T) / speed * 1e6
        self._origin[who], self._target[who] = origin, target
        self._leave[who], self._arrive[who] = leave, arrive
        self._next[who] = arrive + self._pause(who)
        self._count[who] += 1

    def move(self, time_us: int, tick_us: int) -> Floats:
        """See `Mobility`; goes through as many legs as end within the tick."""
        end_us = time_us + tick_us
        who = (self._next <= end_us).nonzero()[0]
        while len(who):
            self._next_leg(who)
            who = who[self._next[who] <= end_us]
        # A leg of no length is all behind.
        ahead = np.maximum(self._arrive - end_us, 0) / np.maximum(self._arrive - self._leave, 1e-3)
        xy: Floats = self._target + ahead[:, np.newaxis] * (self._origin - self._target)
        return xy
