"""Commuters: to the office in the morning, home in the evening, everyone at hours of their own; weekends at home."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.bounds import positive, within
from ricloop_e2sim.arithmetic.cutnormal import BITS, places, quantiles
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.arithmetic.userstreams import EVERYONE, UserStreams
from ricloop_e2sim.flows.diurnal import SATURDAY, Calendar
from ricloop_e2sim.mobility.movement import checked_places, speed_range

CUT = 2.0
"""Departures are normal, within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class CommutersSettings:
    """When they leave, by the hour of the day, and how fast they go."""

    out_hour: float = 8.0
    back_hour: float = 17.0
    spread_h: float = 0.75
    """Standard deviation of a departure between users."""
    day_spread_h: float = 0.25
    """The same between one user's days."""
    mean_mps: float = 30 / 3.6
    """Users' own speeds, drawn once, are uniform in 0.5…1.5 of it."""

    def __post_init__(self) -> None:
        within(0, 24, out_hour=self.out_hour, back_hour=self.back_hour)
        positive(spread_h=self.spread_h, day_spread_h=self.day_spread_h)
        speed_range(self.mean_mps)


class Commuters:
    """Straight from home to office and back. Departures come from the user's own stream, by the day's number."""

    def __init__(
        self,
        homes: Floats,
        offices: Floats,
        calendar: Calendar,
        settings: CommutersSettings,
        seed: np.random.SeedSequence,
    ) -> None:
        """`homes`, `offices`: [users, 2]. `ConfigError` where the longest trip does not fit into the day."""
        if len(homes) != len(offices):
            raise ConfigError(f"{len(homes)} homes and {len(offices)} offices: give every user one of each")
        self._homes = checked_places(homes)
        self._way: Floats = checked_places(offices) - self._homes
        self.users, self._calendar = len(self._homes), calendar
        habits, days = seed.spawn(2)
        self._streams = UserStreams(self.users, days)
        generator = np.random.Generator(np.random.PCG64(habits))
        slowest, fastest = speed_range(settings.mean_mps)
        speed = slowest + generator.random(self.users) * (fastest - slowest)
        spread_h, day_spread_h = settings.spread_h, settings.day_spread_h
        self._whims_h = quantiles(day_spread_h, CUT * day_spread_h)
        self._trip_h: Floats = np.maximum(np.hypot(*self._way.T) / speed / calendar.day_s * 24, 1e-9)
        habit = quantiles(spread_h, CUT * spread_h)[generator.integers(0, 2**BITS, (2, self.users))]
        self._usual: Floats = habit + np.array([[settings.out_hour], [settings.back_hour]])
        """[2, users]: hours of leaving home and office on a mean day."""
        longest, reach = float(self._trip_h.max()), CUT * (spread_h + day_spread_h)
        if settings.out_hour < reach or settings.out_hour + reach + longest > settings.back_hour - reach:
            raise ConfigError(
                f"out_hour {settings.out_hour}, back_hour {settings.back_hour}: with departures up to {reach:g} h off "
                f"and trips of up to {longest:.3g} h, some would leave before midnight, or be due back before they "
                "arrive; give other hours, or a greater mean_mps"
            )
        if settings.back_hour + reach + longest > 24:
            raise ConfigError(
                f"back_hour {settings.back_hour}: with departures up to {reach:g} h off and trips of up to "
                f"{longest:.3g} h, some would come home after midnight; give an earlier hour, or a greater mean_mps"
            )
        self._day = -1
        self._out: Floats = np.zeros(self.users)
        self._back: Floats = np.zeros(self.users)

    def _plan(self, day: int) -> None:
        """Departures of one day: one word per user."""
        drawn = places(self._streams.words(EVERYONE, np.full(self.users, day)))
        self._day = day
        self._out, self._back = self._usual + self._whims_h[np.stack(drawn)]

    def move(self, time_us: int, tick_us: int) -> Floats:
        """See `Mobility`."""
        end_us = time_us + tick_us
        hour = self._calendar.hour(end_us)
        if hour >= SATURDAY:
            return self._homes.copy()
        day = self._calendar.day(end_us)
        if day != self._day:
            self._plan(day)
        of_day = hour % 24
        gone = np.clip((of_day - self._out) / self._trip_h, 0, 1) - np.clip((of_day - self._back) / self._trip_h, 0, 1)
        xy: Floats = self._homes + gone[:, np.newaxis] * self._way
        return xy
