"""A constant bit rate (the eMBB slice of the ColO-RAN data set has 4 Mbit/s)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.flow import ACKNOWLEDGED, Level, some_users
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class CbrSettings:
    """One rate for everyone."""

    rate_bps: float = 4e6
    five_qi: int = 2

    def __post_init__(self) -> None:
        positive(rate_bps=self.rate_bps)


class Cbr:
    """The same bits in every equal time; draws nothing."""

    answered = ACKNOWLEDGED

    def __init__(self, users: int, settings: CbrSettings, _seed: np.random.SeedSequence) -> None:
        self.users, self.qos = some_users(users), qos(settings.five_qi)
        self.mean_bps = settings.rate_bps
        self._ones = np.ones(users)

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; a level scales the rate."""
        return self._ones * (level * (self.mean_bps * tick_us / 1e6))
