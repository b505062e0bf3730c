"""A week of blocks: which hours of which days have how many users, and how much traffic of each (as in the AI RSG)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.bounds import within
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.diurnal import HOURS_PER_WEEK

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Block:
    """Hours with the same ratios."""

    first_hour: int
    end_hour: int
    """Not part of the block; at most 24."""
    users: float = 1.0
    """Users, in multiples of a group's size."""
    traffic: float = 1.0
    """Traffic of a user, in multiples of its service's."""
    days: tuple[int, ...] = EVERY_DAY
    """0 is Monday."""


class Schedule:
    """The week's 168 hours: `users` and `traffic`, [168] each. A later block wins; hours of no block have nobody."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.users: Floats = np.zeros(HOURS_PER_WEEK)
        self.traffic: Floats = np.zeros(HOURS_PER_WEEK)
        for block in blocks:
            within(0, 1e6, users=block.users, traffic=block.traffic)
            if not 0 <= block.first_hour < block.end_hour <= 24:
                raise ConfigError(f"a block of {block.first_hour}–{block.end_hour} h: give hours that rise within 0…24")
            for day in block.days:
                within(0, 6, day=day)
                hours = slice(24 * day + block.first_hour, 24 * day + block.end_hour)
                self.users[hours], self.traffic[hours] = block.users, block.traffic
        if not self.users.any():
            raise ConfigError("a schedule with nobody in any hour: give a block with users above 0")

    def users_at(self, hour: float) -> float:
        """Users at an hour of the week, in multiples of a group's size."""
        return float(self.users[int(hour) % HOURS_PER_WEEK])

    def traffic_at(self, hour: float) -> float:
        """Traffic of a user at an hour of the week, in multiples of its service's."""
        return float(self.traffic[int(hour) % HOURS_PER_WEEK])

    @property
    def most_users(self) -> float:
        """The largest ratio of users: a group needs that many times its size, of which `share_at` is there."""
        return float(self.users.max())

    def share_at(self, hour: float) -> float:
        """Users at an hour of the week, of the most at any: the level for `Presence`."""
        return self.users_at(hour) / self.most_users


RSG_DAY = Schedule(
    (
        Block(0, 8, 0.1),
        Block(8, 9, 1.5),
        Block(9, 13, 1.0),
        Block(13, 18, 0.5),
        Block(18, 20, 2.0),
        Block(20, 22, 1.0),
        Block(22, 24, 0.1),
    )
)
"""The AI RSG sample's day, for 200 users; its output has their numbers: 20, 300, 200, 100, 400, 200, 20."""
