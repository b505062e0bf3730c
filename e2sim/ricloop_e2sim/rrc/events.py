"""Measurement events (TS 38.331 5.5.4): entered by margin > Hys, left by margin < −Hys, held for the time to trigger.

An event is a margin in dB: [users] for one of the serving cell, [users, candidates] for one of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY

TTT_MS = (0, 40, 64, 80, 100, 128, 160, 256, 320, 480, 512, 640, 1024, 1280, 2560, 5120)
"""TimeToTrigger of TS 38.331."""


def a3(serving: Floats, candidate: Floats, offset: Floats | None = None, off: float = 3.0) -> Floats:
    """A candidate is `off` better than the serving cell; `serving` [users], the others [users, candidates]. `offset` is
    Ofn + Ocn − Ofp − Ocp of each candidate; None: of none."""
    with np.errstate(invalid="ignore"):
        return (candidate if offset is None else candidate + offset) - (serving + off)[:, None]


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


def together(parts: Sequence[Reports]) -> Reports:
    """Reports of different users, in this order."""
    some = [part for part in parts if len(part.user)]
    if len(some) < 2:
        return some[0] if some else NO_REPORTS
    return Reports(*(np.concatenate([getattr(part, name) for part in some]) for name in ("user", "slot", "at_us")))


class Event:
    """One configured event of every user: which places have triggered it, and for how long the rest are on the way.

    A tick's margins hold for all of it, so a time to trigger may end inside it. A user reports at most once per tick:
    when a candidate enters, and again at every report interval while any is in. What is [users, candidates] is on the
    device of `xp`.
    """

    def __init__(self, users: int, candidates: int, trigger: Trigger | None = None, xp: Arrays = NUMPY) -> None:
        """`candidates` is 1 for an event of the serving cell."""
        self.trigger = Trigger() if trigger is None else trigger
        self._xp = xp
        self._sign = xp.full((users, candidates), 1.0)
        """−1 where triggered: there the margin is watched for leaving."""
        self._held_us = xp.integers((users, candidates), 0)
        """For how long the condition that would change `triggered` has held at the start of a tick."""
        self._everyone: Ints = np.arange(users)
        self._count: Ints = np.zeros(users, dtype=np.int64)
        """[users]: how many candidates have triggered it."""
        self._due_us: Ints = np.zeros(users, dtype=np.int64)
        """[users]: next report while any has."""

    @property
    def triggered(self) -> Bools:
        """[users, candidates]: cellsTriggeredList."""
        return self._sign < 0

    def forget(self, users: Ints) -> None:
        """Start anew for these users: they have another serving cell, or other candidates."""
        rows: Ints = self._xp.put(users)
        self._sign[rows] = 1.0
        self._held_us[rows] = 0
        self._count[users] = 0

    def update(self, margin: Floats, start_us: int, tick_us: int, users: Ints | None = None) -> Reports:
        """One tick. `margin` [n, candidates] in dB, or [n] for an event of the serving cell.

        Of `users` [n], ascending; None: of all. The others' margins are −inf: one of those has triggered nothing.
        """
        users, margin = self._everyone if users is None else users, margin if margin.ndim == 2 else margin[:, None]
        rows: Ints = self._xp.put(users)
        held: Ints = self._xp.rows(self._held_us, rows)
        condition = margin * self._xp.rows(self._sign, rows) > self.trigger.hysteresis_db
        changed = condition & (held > self.trigger.ttt_ms * 1000 - tick_us)
        if self._xp.some(changed) or np.count_nonzero(self._count[users]):
            reports = self._report(users, changed, held, margin, start_us, tick_us)
            condition &= ~changed
        else:
            reports = NO_REPORTS
        held += tick_us
        held *= condition
        self._held_us[rows] = held
        return reports

    def _report(
        self, users: Ints, changed: Bools, held_us: Ints, margin: Floats, start_us: int, tick_us: int
    ) -> Reports:
        xp = self._xp
        row, slot = xp.places(changed)
        user = users[row]
        where = xp.put(user), xp.put(slot)
        sign = -self._sign[where]
        self._sign[where] = sign
        entered: Bools = xp.get(sign < 0)
        held: Ints = xp.get(held_us[xp.put(row), where[1]])
        # The next report of a user whose event goes on, or the first moment at which a further candidate enters.
        never = start_us + tick_us
        at_us = np.where(self._count[users] > 0, np.maximum(self._due_us[users], start_us), never)
        np.add.at(self._count, user, np.where(entered, 1, -1))
        np.minimum.at(at_us, row[entered], start_us + self.trigger.ttt_ms * 1000 - held[entered])
        reporting = ((self._count[users] > 0) & (at_us < never)).nonzero()[0]
        who, at_us = users[reporting], at_us[reporting]
        self._due_us[who] = at_us + self.trigger.report_interval_us
        told = xp.put(reporting)
        best = xp.argmax(xp.where(xp.rows(self._sign, xp.put(who)) < 0, margin[told], -np.inf))
        return Reports(who, xp.get(best), at_us)
