"""The policies that saving is compared between: ours, and those that a network has without a forecast.

A policy decides for many copies at once, each with a setting of its own (`energy_world.Policy`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_models.energy_policy import Upper, asleep_next
from ricloop_models.evaluate.energy_world import FULL, Policy, Seen

ROUNDING = 1e-9
"""What just fits does so beside however many other copies."""


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One policy and the settings of its dial."""

    dials: tuple[str, ...]
    make: Callable[[slice], Policy]
    """Of some of the dials, for a day that begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Asleep from one hour to another, whatever the load; never where they are equal."""

    start: Ints
    """[copies]"""
    end: Ints

    @property
    def copies(self) -> int:
        return len(self.start)

    def want(self, seen: Seen) -> Bools:
        night = (seen.hour - self.start) % 24 < (self.end - self.start) % 24
        return np.broadcast_to(night[:, None], seen.both.shape)


ALWAYS_ON = Windows(np.array([0]), np.array([0]))


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Asleep under one load, awake above another: hysteresis, or a reactive threshold where they are one."""

    sleep_below: Floats
    """[copies]: shares of the cover, of both cells' load."""
    wake_above: Floats

    @property
    def copies(self) -> int:
        return len(self.sleep_below)

    def want(self, seen: Seen) -> Bools:
        return seen.both <= np.where(seen.asleep, self.wake_above[:, None], self.sleep_below[:, None])


@dataclass(frozen=True, slots=True)
class Setting:
    """Of our dial."""

    quantile: float
    trust: float
    """In the time of day: 0 goes by what load does now, 1 by what it was on other days at this time."""
    quiet: float = np.inf
    """Share of the cover that a cell may use when its users are handed over, which interrupts them."""
    limit: float = FULL
    """Share of the cover that must suffice."""

    def __str__(self) -> str:
        quiet = f", emptied below {self.quiet:g}" if self.quiet < np.inf else ""
        limit = f", within {self.limit:g}" if self.limit != FULL else ""
        return f"{self.quantile:g}, trust {self.trust:g}{quiet}{limit}"


class Ahead(Protocol):
    """Foretells loads, in one pass per tick."""

    def upper(self, seen: Seen) -> tuple[Floats, Floats]:
        """([copies, pairs] twice): the greatest load of both cells until a cell could be awake again, and until a
        sleep has paid, each at its copy's quantile; shares of the cover."""


class Planned:
    """Ours: sleep while an upper quantile of what is to come fits into the cover (`energy_policy`)."""

    def __init__(self, ahead: Ahead, limit: Floats, quiet: Floats) -> None:
        """`limit` and `quiet` [copies]: as in `Setting`."""
        self._ahead, self._limit, self._quiet = ahead, limit[:, None], quiet[:, None]

    @property
    def copies(self) -> int:
        return len(self._limit)

    def want(self, seen: Seen) -> Bools:
        soon, later = self._ahead.upper(seen)
        busy = seen.both - seen.cover > self._quiet
        later = np.where(busy, np.inf, np.maximum(soon, later))
        # Every pair is a site of its own, and every copy's limit the unit.
        nothing, rows = np.zeros(soon.size), np.arange(soon.size)
        one, two = (Upper(nothing, (load / self._limit).ravel()) for load in (soon, later))
        return asleep_next(seen.asleep.ravel(), one, two, rows, 1.0 + ROUNDING).reshape(soon.shape)


def baselines() -> Mapping[str, Family]:
    """No cover is to be fuller than the clairvoyant plan lets it be: thresholds end there."""
    steps = np.arange(0, round(FULL / 0.05) + 1) * 0.05
    tenths = np.arange(1, round(FULL / 0.1) + 1) * 0.1
    pairs = [(low, high) for low in tenths.tolist() for high in tenths.tolist() if low < high]
    return {
        "reactive": thresholds([(high, high) for high in steps.tolist()]),
        "hysteresis": thresholds(pairs),
    }


def thresholds(levels: Sequence[tuple[float, float]]) -> Family:
    """Sleep below, wake above."""
    low, high = (np.array(column) for column in zip(*levels, strict=True))
    names = tuple(f"{a:.2f}" if a == b else f"{a:.1f}/{b:.1f}" for a, b in levels)
    return Family(names, lambda part: Thresholds(low[part], high[part]))


def windows(hours: Mapping[str, tuple[int, int]]) -> Family:
    """Static night windows by name."""
    start, end = (np.array(column) for column in zip(*hours.values(), strict=True))
    return Family(tuple(hours), lambda part: Windows(start[part], end[part]))


def planned(settings: Sequence[Setting], ahead: Callable[[Floats, Floats], Ahead]) -> Family:
    """Ours; `ahead` foretells at quantiles [copies] with a trust [copies] in the time of day."""
    quantile, trust, limit, quiet = np.array([(s.quantile, s.trust, s.limit, s.quiet) for s in settings]).T
    return Family(
        tuple(map(str, settings)),
        lambda part: Planned(ahead(quantile[part], trust[part]), limit[part], quiet[part]),
    )
