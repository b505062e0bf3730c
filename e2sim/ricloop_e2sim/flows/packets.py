"""Small packets at random instants: machines, control loops (the MTC and URLLC slices of the ColO-RAN data set)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.arrivals import Arrivals
from ricloop_e2sim.flows.flow import Level
from ricloop_e2sim.flows.qos import qos


@dataclass(frozen=True, slots=True)
class PacketsSettings:
    """Packets of one size."""

    rate_hz: float = 30.0
    """Packets per second and user, on average."""
    packet_bytes: float = 125.0
    five_qi: int = 9

    def __post_init__(self) -> None:
        positive(rate_hz=self.rate_hz, packet_bytes=self.packet_bytes)


MTC = PacketsSettings()
"""ColO-RAN's machine-type slice."""
URLLC = PacketsSettings(rate_hz=10.0, five_qi=82)
"""ColO-RAN's low-latency slice."""


class Packets:
    """Poisson arrivals of packets, per user, each answered by one as large."""

    answered = 1.0

    def __init__(self, users: int, settings: PacketsSettings, seed: np.random.SeedSequence) -> None:
        bits = 8 * settings.packet_bytes
        self._arrivals = Arrivals(users, 1 / settings.rate_hz, lambda _, count: np.full(count, bits), seed)
        self.users, self.qos = users, qos(settings.five_qi)
        self.mean_bps = bits * settings.rate_hz

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; a level leaves packets out."""
        return self._arrivals.bits(time_us, tick_us, level)
