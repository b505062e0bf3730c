"""How busy the hour is, by the kind of area.

The profile is real: mean load by hour of 732 single-cell base stations over 8 days (ITU 5G energy data), the busiest
hour 1. That is the mixed area. Offices and homes have the same rise, plateau and fall at hours of their own: the
published day, with its time stretched so that its plateau (13–23 h) falls on 10–17 h or 19–23 h and its trough (6 h) on
5 h.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

HOURS_PER_WEEK = 168
SATURDAY = 120.0
"""Hour of the week, from Monday 0:00."""


class Area(IntEnum):
    """Kinds of area: rows of `PROFILES`."""

    MIXED = 0
    HOME = 1
    OFFICE = 2


MEASURED = np.array(
    [
        .754, .577, .368, .251, .184, .160, .151, .253, .473, .621, .648, .689,
        .756, .853, .926, .868, .885, .944, .970, 1.00, .920, .865, .861, .853,
    ]
)  # fmt: skip
"""[24], by hour."""

WEEKEND = np.array([0.85, 1.0, 0.35])
"""[areas]: Saturday and Sunday, of the level of a weekday."""


def _moved(trough: float, first: float, last: float) -> Floats:
    """[24] the measured day with its trough, and the ends of its plateau, at other hours."""
    hours = np.arange(24) + 24 * (np.arange(24) < trough)
    measured_hours = np.interp(hours, [trough, first, last, trough + 24], [6, 13, 23, 30])
    levels: Floats = np.interp(measured_hours % 24, np.arange(25), np.append(MEASURED, MEASURED[0]))
    moved: Floats = levels / levels.max()
    return moved


PROFILES = np.stack((MEASURED, _moved(5, 19, 23), _moved(5, 10, 17)))
"""[areas, 24], by hour of a weekday, busiest hour 1."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What simulated time is on the clock of the week."""

    start_hour: float = 0.0
    """Hour of the week at simulated time 0, from Monday 0:00."""
    day_s: float = 86_400.0
    """Simulated seconds that one day takes: shorter for a compressed day."""

    def __post_init__(self) -> None:
        positive(day_s=self.day_s)
        within(0, HOURS_PER_WEEK, start_hour=self.start_hour)

    def hour(self, time_us: int) -> float:
        """Hour of the week, 0 ≤ hour < 168."""
        return self._hours(time_us) % HOURS_PER_WEEK

    def day(self, time_us: int) -> int:
        """Days since the Monday before simulated time 0."""
        return int(self._hours(time_us) // 24)

    def _hours(self, time_us: int) -> float:
        return self.start_hour + time_us / 1e6 / self.day_s * 24


def level(area: Ints, hour: float) -> Floats:
    """Load 0…1 at an hour of the week, linear between hours; shaped as `area`, which has numbers of `Area`.

    Saturday and Sunday begin and end at midnight.
    """
    whole = int(hour)
    now, then = whole % 24, (whole + 1) % 24
    of_area: Floats = PROFILES[:, now] + (hour - whole) * (PROFILES[:, then] - PROFILES[:, now])
    if hour % HOURS_PER_WEEK >= SATURDAY:
        of_area = of_area * WEEKEND
    levels: Floats = of_area[area]
    return levels
