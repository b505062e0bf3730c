"""How much each user wants: a compressed day, demand that comes and goes, and lognormal and Poisson variation.

Users stay connected unless a scenario says otherwise: a day of twenty seconds is shorter than the inactivity timer of
a real network.

The source is independent of what the network does, so the controlled world and its uncontrolled twin get the same.
Every concern draws from a stream of its own, spawned per gNB: switching one off leaves the others' values unchanged,
and a gNB has the same traffic whether it is simulated alone or with others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load

DAY_PROFILE = np.array(
    [
        .754, .577, .368, .251, .184, .160, .151, .253, .473, .621, .648, .689,
        .756, .853, .926, .868, .885, .944, .970, 1.00, .920, .865, .861, .853,
    ]
)  # fmt: skip
"""Mean load by hour of 732 real base stations over 8 days (ITU 5G energy data), busiest hour = 1."""


def day_level(hour: float, sharpness: float = 1.0) -> float:
    """Load of a time of day, busiest hour = 1; linear between hours.

    `sharpness` is an exponent: the mean of many stations is flatter than any one of them (of the same data, the
    quarter of the cell hours with the least load is below 0.047 of a full cell, the busiest tenth above 0.549).
    """
    at = hour % 24
    low = int(at)
    level = DAY_PROFILE[low] + (at - low) * (DAY_PROFILE[(low + 1) % 24] - DAY_PROFILE[low])
    return float(level**sharpness)


@dataclass(frozen=True, slots=True)
class Surge:
    """For a while everybody wants `factor` times as much. Raises ConfigError for what cannot be."""

    start_s: float
    end_s: float
    factor: float

    def __post_init__(self) -> None:
        if not 0 <= self.start_s < self.end_s < float("inf"):
            raise ConfigError(f"a surge from {self.start_s:g} to {self.end_s:g} s: give an end after the start")
        if not 0 <= self.factor <= 100:
            raise ConfigError(f"a surge to {self.factor:g} times the demand: give 0 to 100")

    @classmethod
    def parse(cls, text: str) -> Surge:
        """`START:END:FACTOR`, as `8:12:2.5`. Raises ConfigError for anything else."""
        try:
            start, end, factor = map(float, text.split(":"))
        except ValueError:
            raise ConfigError(f"a surge is START:END:FACTOR in seconds, as 8:12:2.5, not {text!r}") from None
        return cls(start, end, factor)

    def __str__(self) -> str:
        """As `parse` reads it."""
        return f"{self.start_s!r}:{self.end_s!r}:{self.factor!r}"


@dataclass(frozen=True, slots=True)
class Demand:
    """A scenario's traffic."""

    peak_coverage_load: float = 1.5
    """Load of the busiest hour, in multiples of what each sector's coverage cell alone could carry."""
    day_s: float = 20.0
    """Simulated seconds that one day takes."""
    start_hour: float = 22.0
    sharpness: float = 2.0
    session_s: float = 2.0
    """Mean time for which a user goes on wanting something."""
    file_bits: float = 20e3
    """Arrivals come in files of this size (Poisson)."""
    releases: bool = False
    """Whether a user who wants nothing is released, instead of staying connected."""
    swing: float = 0.25
    """Standard deviation of the logarithm of a user's slow variation."""
    surges: tuple[Surge, ...] = ()

    def factor(self, time_us: int) -> float:
        """What surges make of the demand at a time."""
        return float(np.prod([s.factor for s in self.surges if s.start_s * 1e6 <= time_us < s.end_s * 1e6]))


IDLE_ACTIVITY = 0.1
"""Share of the users that wants something at no load at all; at the busiest hour it is 1 − this."""


def peak_rates(layout: Layout, demand: Demand) -> Floats:
    """[users] bit/s at the busiest hour: equal within a sector, and filling its coverage cell as the demand says."""
    umbrella = layout.umbrella[layout.home]
    sector = layout.sector[layout.home]
    prbs_per_bit = 1 / layout.rate[np.arange(layout.user_count), umbrella]
    per_sector = np.bincount(sector, prbs_per_bit, layout.sector_count)
    return demand.peak_coverage_load * layout.prbs[umbrella] / per_sector[sector]


class DayTraffic:
    """The traffic source of one gNB in a scenario."""

    def __init__(self, layout: Layout, demand: Demand, seed: np.random.SeedSequence) -> None:
        sessions, swings, files = (np.random.Generator(np.random.PCG64(s)) for s in seed.spawn(3))
        self._sessions, self._swings, self._files = sessions, swings, files
        self._layout, self._demand = layout, demand
        self._peak = peak_rates(layout, demand)
        self._everyone = np.ones(layout.user_count, dtype=np.bool_)
        self._on = sessions.random(layout.user_count) < self._activity(self._level(0))
        self._swing = swings.standard_normal(layout.user_count)

    def _level(self, time_us: int) -> float:
        demand = self._demand
        return day_level(demand.start_hour + time_us / 1e6 / demand.day_s * 24, demand.sharpness)

    @staticmethod
    def _activity(level: float) -> float:
        return IDLE_ACTIVITY + (1 - 2 * IDLE_ACTIVITY) * level

    def next(self, time_us: int, tick_us: int) -> Load:
        """The load of the tick that starts at `time_us`; ticks are asked for in order."""
        demand, users = self._demand, self._layout.user_count
        seconds = tick_us / 1e6
        level = self._level(time_us)
        activity = self._activity(level)
        leave = min(seconds / demand.session_s, 1.0)
        come = min(leave * activity / (1 - activity), 1.0)
        draw = self._sessions.random(users)
        self._on = np.where(self._on, draw >= leave, draw < come)
        keep = np.exp(-seconds / demand.session_s)
        self._swing = keep * self._swing + np.sqrt(1 - keep**2) * self._swings.standard_normal(users)
        factor = demand.factor(time_us) * np.exp(demand.swing * self._swing - demand.swing**2 / 2)
        mean = self._peak * (level / activity * seconds) * factor
        bits = self._files.poisson(mean / demand.file_bits) * demand.file_bits
        present = self._on.copy() if demand.releases else self._everyone
        return Load(present, np.where(self._on, bits, 0.0))
