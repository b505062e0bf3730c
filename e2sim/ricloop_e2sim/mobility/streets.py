"""Streets: a grid of them, and at each crossing straight on or a turn, as on foot in ETSI TR 101 112 (UMTS 30.03).

A user keeps its own speed, drawn once. Where a street ends at the border, who would go straight on turns to either
side, and who would turn outwards turns inwards; in a corner there is one way to go. With straight on as likely as
turning, each block of street is then as busy as any other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.userstreams import UserStreams
from ricloop_e2sim.flows.flow import some_users
from ricloop_e2sim.mobility.movement import Rectangle, speed_range

HEADINGS: Ints = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
"""East, north, west, south: a turn to the left adds one."""


@dataclass(frozen=True, slots=True)
class StreetsSettings:
    """The grid and the choice at crossings."""

    mean_mps: float = 3 / 3.6
    """Users' speeds are uniform in 0.5…1.5 of it."""
    spacing_m: float = 100.0
    """From one street to the next."""
    straight: float = 0.5
    """Probability at a crossing; left and right have half of the rest each."""

    def __post_init__(self) -> None:
        speed_range(self.mean_mps)
        positive(spacing_m=self.spacing_m)
        within(0, 1, straight=self.straight)


class Streets:
    """The grid lies in the middle of the area; one draw per crossing, from the user's own stream."""

    def __init__(self, users: int, area: Rectangle, settings: StreetsSettings, seed: np.random.SeedSequence) -> None:
        self.users = some_users(users)
        start, crossings = seed.spawn(2)
        self._streams, self._count = UserStreams(users, crossings), np.zeros(users, dtype=np.int64)
        self._spacing, self._straight = settings.spacing_m, settings.straight
        self._blocks: Ints = np.floor(area.size / settings.spacing_m + 1e-9).astype(np.int64)
        if (self._blocks < 1).any():
            raise ConfigError(f"spacing_m {settings.spacing_m}: no block fits into an area of {area.size} m")
        self._corner = area.corner + (area.size - self._blocks * settings.spacing_m) / 2
        generator = np.random.Generator(np.random.PCG64(start))
        slowest, fastest = speed_range(settings.mean_mps)
        self._block_us: Floats = settings.spacing_m / (slowest + generator.random(users) * (fastest - slowest)) * 1e6
        self._crossing, self._heading = self._somewhere(generator.random((users, 2)))
        self._left: Floats = -generator.random(users) * self._block_us
        """When each user left the crossing behind it."""

    def _somewhere(self, draw: Floats) -> tuple[Ints, Ints]:
        """A crossing, [users, 2], and the way from there: all blocks of street alike, either direction alike."""
        east, north = self._blocks
        along_x = east * (north + 1)
        block = (draw[:, 0] * (along_x + north * (east + 1))).astype(np.int64)
        other = block - along_x
        is_x, back = block < along_x, draw[:, 1] < 0.5
        x, y = np.where(is_x, block % east, other % (east + 1)), np.where(is_x, block // east, other // (east + 1))
        heading = np.where(is_x, 0, 1)
        crossing: Ints = np.column_stack((x, y)) + HEADINGS[heading] * back[:, np.newaxis]
        return crossing, heading + 2 * back

    def _blocked(self, crossing: Ints, heading: Ints) -> Bools:
        ahead = crossing + HEADINGS[heading % 4]
        outside = (ahead < 0) | (ahead > self._blocks)
        return outside[:, 0] | outside[:, 1]

    def _cross(self, who: Ints) -> None:
        crossing = self._crossing[who] + HEADINGS[self._heading[who]]
        draw = self._streams.uniform(who, self._count[who])
        side = np.where(draw < self._straight / 2, 1, -1)
        turn = np.where(draw < self._straight, 0, np.where(draw < (1 + self._straight) / 2, 1, -1))
        heading = self._heading[who]
        turn = np.where((turn == 0) & self._blocked(crossing, heading), side, turn)
        turn = np.where(self._blocked(crossing, heading + turn), -turn, turn)
        self._crossing[who], self._heading[who] = crossing, (heading + turn) % 4
        self._left[who] += self._block_us[who]
        self._count[who] += 1

    def move(self, time_us: int, tick_us: int) -> Floats:
        """See `Mobility`; goes through as many crossings as come within the tick."""
        end_us = time_us + tick_us
        who = (self._left + self._block_us <= end_us).nonzero()[0]
        while len(who):
            self._cross(who)
            who = who[self._left[who] + self._block_us[who] <= end_us]
        gone = (end_us - self._left) / self._block_us
        at = self._crossing + gone[:, np.newaxis] * HEADINGS[self._heading]
        xy: Floats = self._corner + self._spacing * np.minimum(np.maximum(at, 0), self._blocks)
        return xy
