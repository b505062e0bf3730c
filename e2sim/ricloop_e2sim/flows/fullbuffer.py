"""Full buffer: always more to send than the network can carry.

"Infinite" would make losses and delays meaningless, so a user has a fixed backlog instead, and whatever leaves it is
offered again. Give a backlog above what one user can get in one tick.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.flow import Level, some_users
from ricloop_e2sim.flows.presence import Presence
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class FullBufferSettings:
    """How full is full."""

    backlog_bits: float = 1e9
    five_qi: int = 9

    def __post_init__(self) -> None:
        positive(backlog_bits=self.backlog_bits)


class FullBuffer:
    """Keeps each user's buffers at their backlog, both ways. What it offers follows what the network delivers."""

    answered = 0.0
    mean_bps = mean_up_bps = math.inf

    def __init__(self, users: int, settings: FullBufferSettings, seed: np.random.SeedSequence) -> None:
        self.users, self.qos = some_users(users), qos(settings.five_qi)
        self._presence = Presence(users, seed)
        self._target = settings.backlog_bits
        self._backlog: Floats = np.zeros((2, users))
        self._sent: Floats = np.zeros(users)

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; of a level below 1, that share of the users refill their buffer."""
        bits: Floats = np.maximum(self._target - self._backlog, 0.0) * self._presence.at(time_us, level)
        self._backlog += bits
        down: Floats = bits[0]
        self._sent = bits[1]
        return down

    def send(self) -> Floats:
        """See `Sender`; as full as the downlink."""
        return self._sent

    def settle(self, delivered: Floats, lost: Floats) -> None:
        """See `Loop`."""
        self._backlog -= delivered + lost
