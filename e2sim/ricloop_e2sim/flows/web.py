"""Web pages: lognormal size, exponential reading time.

The reading time runs from page to page whatever the network does, so that a controlled network and its twin are asked
for the same pages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.flows.arrivals import Arrivals
from ricloop_e2sim.flows.flow import ACKNOWLEDGED, Level
from ricloop_e2sim.flows.qos import qos

REQUESTED = 70 * 500 / 2e6
"""Uplink bits per downlink bit: a request of 500 octets for each of some 70 objects of a page of 2 MB."""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Pages and how long they are read."""

    page_bytes: float = 2e6
    """Mean."""
    sigma: float = 1.37
    """Standard deviation of the logarithm of a page (of the main object in the 3GPP2 C.R1002 HTTP model)."""
    reading_s: float = 30.0
    """Mean time from one page to the next."""
    five_qi: int = 9

    def __post_init__(self) -> None:
        positive(page_bytes=self.page_bytes, sigma=self.sigma, reading_s=self.reading_s)


class Web:
    """Poisson arrivals of lognormal pages, per user, that are requested and acknowledged."""

    answered = REQUESTED + ACKNOWLEDGED

    def __init__(self, users: int, settings: WebSettings, seed: np.random.SeedSequence) -> None:
        bits, sigma = 8 * settings.page_bytes, settings.sigma
        middle = np.log(bits) - sigma**2 / 2

        def pages(generator: np.random.Generator, count: int) -> Floats:
            return generator.lognormal(middle, sigma, count)

        self._arrivals = Arrivals(users, settings.reading_s, pages, seed)
        self.users, self.qos = users, qos(settings.five_qi)
        self.mean_bps = bits / settings.reading_s

    def offer(self, time_us: int, tick_us: int, level: Level) -> Floats:
        """See `Flow`; a level leaves pages out."""
        return self._arrivals.bits(time_us, tick_us, level)
