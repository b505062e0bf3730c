"""Files: FTP model 3 (TR 36.889 A.1.1, with the sizes and gaps of TR 38.864 Annex A)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.arrivals import Arrivals
from ricloop_e2sim.flows.flow import ACKNOWLEDGED, Level
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class Ftp3Settings:
    """Files of one size that each user gets at random instants."""

    file_bytes: float = 0.5e6
    gap_s: float = 0.2
    """Mean time between two files of a user."""
    five_qi: int = 9

    def __post_init__(self) -> None:
        positive(file_bytes=self.file_bytes, gap_s=self.gap_s)


FTP3 = Ftp3Settings()
"""TR 38.864 Annex A, FTP3."""
FTP3_IM = Ftp3Settings(file_bytes=0.1e6, gap_s=2.0)
"""TR 38.864 Annex A, instant messages."""


class Ftp3:
    """Poisson arrivals of files, per user, that are acknowledged."""

    answered = ACKNOWLEDGED

    def __init__(self, users: int, settings: Ftp3Settings, seed: np.random.SeedSequence) -> None:
        bits = 8 * settings.file_bytes
        self._arrivals = Arrivals(users, settings.gap_s, lambda _, count: np.full(count, bits), seed)
        self.users, self.qos = users, qos(settings.five_qi)
        self.mean_bps = bits / settings.gap_s

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; a level leaves files out."""
        return self._arrivals.bits(time_us, tick_us, level)
