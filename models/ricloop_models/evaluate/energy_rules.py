"""The policies that saving is compared between: ours, and those that a network has without a forecast."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np

from ricloop_e2sim.layout import Bools, Floats
from ricloop_models.energy_policy import Upper, asleep_next
from ricloop_models.evaluate.energy_world import FULL, Policy, Seen

Make: TypeAlias = Callable[[], Policy]
"""A policy for one copy of one day, that remembers nothing yet."""


@dataclass(frozen=True, slots=True)
class Window:
    """Asleep from one hour to another, whatever the load; never where they are equal."""

    start: int
    end: int

    def want(self, seen: Seen) -> Bools:
        night = (seen.hour - self.start) % 24 < (self.end - self.start) % 24
        return np.full(len(seen.both), night)


ALWAYS_ON = Window(0, 0)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Asleep under one load, awake above another: hysteresis, or a reactive threshold where they are one."""

    sleep_below: float
    wake_above: float

    def want(self, seen: Seen) -> Bools:
        return np.where(seen.asleep, seen.both <= self.wake_above, seen.both <= self.sleep_below)


class Ahead(Protocol):
    """Foretells one copy's loads, in one pass per tick."""

    def upper(self, seen: Seen) -> tuple[Floats, Floats]:
        """([pairs], [pairs]): the greatest load of both cells until a cell could be awake again, and until a sleep
        has paid, each at its quantile; shares of the cover."""


class Planned:
    """Ours: sleep while an upper quantile of what is to come fits into the cover (`energy_policy`)."""

    def __init__(self, ahead: Ahead, limit: float, quiet: float) -> None:
        """`quiet`: share of the cover that a cell may use when its users are handed over, which interrupts them."""
        self._ahead, self._limit, self._quiet = ahead, limit, quiet

    def want(self, seen: Seen) -> Bools:
        soon, later = self._ahead.upper(seen)
        rows, nothing = np.arange(len(soon)), np.zeros(len(soon))
        busy = seen.both - seen.cover > self._quiet
        later = np.where(busy, np.inf, np.maximum(soon, later))
        return asleep_next(seen.asleep, Upper(nothing, soon), Upper(nothing, later), rows, self._limit)


def baselines() -> Mapping[str, Mapping[str, Make]]:
    """By family and dial. No cover is to be fuller than the clairvoyant plan lets it be: thresholds end there."""
    steps = np.arange(1, round(FULL / 0.05) + 1) * 0.05
    tenths = np.arange(1, round(FULL / 0.1) + 1) * 0.1
    reactive = {f"{high:.2f}": (high, high) for high in (0.0, *steps.tolist())}
    both = {f"{low:.1f}/{high:.1f}": (low, high) for low in tenths.tolist() for high in tenths.tolist() if low < high}
    return {
        "reactive": {dial: _always(Threshold(*levels)) for dial, levels in reactive.items()},
        "hysteresis": {dial: _always(Threshold(*levels)) for dial, levels in both.items()},
    }


def windows(hours: Mapping[str, tuple[int, int]]) -> Mapping[str, Make]:
    """Static night windows by name."""
    return {name: _always(Window(*pair)) for name, pair in hours.items()}


def _always(policy: Policy) -> Make:
    return lambda: policy
