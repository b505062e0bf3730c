"""Measurement events (TS 38.331 5.5.4): entered by margin > Hys, left by margin < −Hys, held for the time to trigger.

An event is a margin in dB: [users] for one of the serving cell, [users, candidates] for one of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.layout import Bools, Floats, Ints

TTT_MS = (0, 40, 64, 80, 100, 128, 160, 256, 320, 480, 512, 640, 1024, 1280, 2560, 5120)
"""TimeToTrigger of TS 38.331."""


def a3(serving: Floats, candidate: Floats, offset: Floats | float = 0.0, off: float = 3.0) -> Floats:
    """A candidate is `off` better than the serving cell; `serving` [users], the others [users, candidates]. `offset` is
    Ofn + Ocn − Ofp − Ocp of each candidate."""
    with np.errstate(invalid="ignore"):
        return np.asarray(candidate + offset - (serving + off)[:, None])


@dataclass(frozen=True, slots=True)
class Trigger:
    """When an event counts."""

    hysteresis_db: float = 1.0
    ttt_ms: int = 160
    report_interval_us: int = 480_000
    """Between reports of a user whose event goes on (reportInterval)."""

    def __post_init__(self) -> None:
        if not 0 <= self.hysteresis_db <= 15:
            raise ConfigError(f"hysteresis {self.hysteresis_db:g} dB is outside 0..15; 1 is usual")
        if self.ttt_ms not in TTT_MS:
            raise ConfigError(
                f"time to trigger {self.ttt_ms} ms is not one of TS 38.331's: {', '.join(map(str, TTT_MS))}"
            )
        if self.report_interval_us <= 0:
            raise ConfigError(f"report interval {self.report_interval_us} µs is not positive; 480000 is usual")


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Users that report in this tick; every field is [reports]."""

    user: Ints
    slot: Ints
    """The best of the user's triggered candidates; 0 for an event of the serving cell."""
    at_us: Ints


NO_REPORTS = Reports(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


class Event:
    """One configured event of every user: which places have triggered it, and for how long the rest are on the way.

    A tick's margins hold for all of it, so a time to trigger may end inside it. A user reports at most once per tick:
    when a candidate enters, and again at every report interval while any is in.
    """

    def __init__(self, users: int, candidates: int, trigger: Trigger | None = None) -> None:
        """`candidates` is 1 for an event of the serving cell."""
        self.trigger = Trigger() if trigger is None else trigger
        self.triggered: Bools = np.zeros((users, candidates), dtype=np.bool_)
        """[users, candidates]: cellsTriggeredList."""
        self._sign: Floats = np.ones((users, candidates))
        """−1 where triggered: there the margin is watched for leaving."""
        self._held_us: Ints = np.zeros((users, candidates), dtype=np.int64)
        """For how long the condition that would change `triggered` has held at the start of a tick."""
        self._count: Ints = np.zeros(users, dtype=np.int64)
        """[users]: how many candidates have triggered it."""
        self._due_us: Ints = np.zeros(users, dtype=np.int64)
        """[users]: next report while any has."""

    def forget(self, users: Ints | Bools) -> None:
        """Start anew for these users: they have another serving cell, or other candidates."""
        self.triggered[users] = False
        self._sign[users] = 1.0
        self._held_us[users] = 0
        self._count[users] = 0

    def update(self, margin: Floats, start_us: int, tick_us: int) -> Reports:
        """One tick. `margin` [users, candidates] in dB, or [users] for an event of the serving cell."""
        margin = margin if margin.ndim == 2 else margin[:, None]
        condition = margin * self._sign > self.trigger.hysteresis_db
        ttt_us = self.trigger.ttt_ms * 1000
        changed = condition & (self._held_us + tick_us > ttt_us)
        if changed.any() or self._count.any():
            reports = self._report(changed, margin, start_us, tick_us)
            condition &= ~changed
        else:
            reports = NO_REPORTS
        self._held_us += tick_us
        self._held_us *= condition
        return reports

    def _report(self, changed: Bools, margin: Floats, start_us: int, tick_us: int) -> Reports:
        user, slot = np.nonzero(changed)
        entered = ~self.triggered[user, slot]
        self.triggered[user, slot] = entered
        self._sign[user, slot] = np.where(entered, -1.0, 1.0)
        # The next report of a user whose event goes on, or the first moment at which a further candidate enters.
        never = start_us + tick_us
        at_us = np.where(self._count > 0, np.maximum(self._due_us, start_us), never)
        np.add.at(self._count, user, np.where(entered, 1, -1))
        user, slot = user[entered], slot[entered]
        np.minimum.at(at_us, user, start_us + self.trigger.ttt_ms * 1000 - self._held_us[user, slot])
        reporting = np.flatnonzero((self._count > 0) & (at_us < never))
        at_us = at_us[reporting]
        self._due_us[reporting] = at_us + self.trigger.report_interval_us
        best = np.where(self.triggered[reporting], margin[reporting], -np.inf).argmax(axis=1)
        return Reports(reporting, best, at_us)
