"""Radio link failure and re-establishment: what becomes of users whose link is gone (TS 38.331 5.3.10, 5.3.7).

T310 runs from an SINR below Qout until one above Qin. At its end, or when the cell falls asleep or a handover fails,
the user has no cell, looks for one for a random time, and comes back in the strongest candidate in service or not at
all. Times are exact within a tick; what ends with a tick belongs to the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.random import PCG64, Generator

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class LinkRules:
    """When a link fails and how long it takes to get another."""

    qout_db: float = -8.0
    """SINR below which T310 starts."""
    qin_db: float = -6.0
    """SINR above which it stops."""
    t310_us: int = 1_000_000
    least_us: int = 100_000
    """Shortest re-establishment; uniform between the two."""
    most_us: int = 300_000
    """Longest re-establishment."""

    def __post_init__(self) -> None:
        if self.qin_db < self.qout_db:
            raise ConfigError(f"Qin {self.qin_db:g} dB is below Qout {self.qout_db:g} dB; give one at least as high")
        if self.t310_us < 0:
            raise ConfigError(f"T310 of {self.t310_us} µs is negative; give 0 or more")
        if not 0 < self.least_us <= self.most_us:
            raise ConfigError(
                f"re-establishment of {self.least_us}..{self.most_us} µs is no range above 0; give the shortest first"
            )


@dataclass(frozen=True, slots=True, eq=False)
class LinkTick:
    """What happened in one tick."""

    failed: Ints
    """Users that have no cell from now on: T310 ran out, or they were `lost`."""
    failed_cell: Ints
    """[failed]: the one they had."""
    failed_us: Ints
    back: Ints
    """Users that found a cell again."""
    cell: Ints
    """[back]: which one."""
    back_us: Ints
    gone: Ints
    """Users that found none: they are idle now."""
    gone_cell: Ints
    """[gone]: the one they had."""
    interrupted: Floats
    """[users]: share of the tick without a cell."""


_NOBODY: Ints = np.zeros(0, dtype=np.int64)


class Links:
    """T310 and re-establishment of every user."""

    def __init__(self, users: int, generator: Generator, rules: LinkRules | None = None) -> None:
        """`generator`, a PCG64's, is this concern's own: one draw per user and tick, whatever happens."""
        self.rules = LinkRules() if rules is None else rules
        self.seeking: Bools = np.zeros(users, dtype=np.bool_)
        """[users]: re-establishing."""
        self._generator = generator
        self._due = 0
        """Draws of the ticks since those that were last needed: they are skipped at once."""
        self._running: Bools = np.zeros(users, dtype=np.bool_)
        """[users]: T310 runs."""
        self._held_us: Ints = np.zeros(users, dtype=np.int64)
        """[users]: of T310 at the start of a tick."""
        self._failed_cell: Ints = np.full(users, -1, dtype=np.int64)
        self._from_us: Ints = np.zeros(users, dtype=np.int64)
        self._until_us: Ints = np.zeros(users, dtype=np.int64)
        self.quiet = LinkTick(*(_NOBODY,) * 8, np.zeros(users))
        """What every tick gives in which no link fails and nobody looks for a cell."""

    def leave(self, users: Bools) -> None:
        """Forget users that went away, [users]."""
        self.seeking[users] = False
        self._running[users] = False
        self._held_us[users] = 0

    def step(
        self,
        start_us: int,
        tick_us: int,
        *,
        serving: Ints,
        sinr: Floats,
        executing: Bools,
        lost: Ints,
        lost_us: Ints,
        candidate: Ints,
        strength: Callable[[Ints], Floats],
        in_service: Bools,
    ) -> LinkTick:
        """Move one tick on, and `serving` is the caller's to change.

        `serving` [users] cell, −1 none, before this step; `sinr` [users] dB in it; `executing` [users] in a handover's
        execution, where T310 does not run; `lost` the users, without repetition, whose link ended otherwise, at
        `lost_us`; `candidate` [users, candidates] cell, −1 none; `strength` gives of users [n] the
        [n, candidates] dBm, −inf where not received; `in_service` [cells].
        """
        end_us, rules = start_us + tick_us, self.rules
        self._due += len(sinr)
        weak = (sinr < rules.qout_db) & (serving >= 0)
        if not (len(lost) or np.count_nonzero(weak | self._running | self.seeking)):
            return self.quiet
        self._running |= weak
        self._running &= (sinr <= rules.qin_db) & (serving >= 0) & ~executing
        self._running[lost] = False
        expired = (self._running & (self._held_us + tick_us > rules.t310_us)).nonzero()[0]
        expired_us = start_us + rules.t310_us - self._held_us[expired]
        self._held_us += tick_us
        self._held_us *= self._running
        if not (len(expired) or len(lost) or np.count_nonzero(self.seeking)):
            return self.quiet
        interrupted = np.zeros(len(sinr))
        failed, failed_us = np.concatenate((expired, lost)), np.concatenate((expired_us, lost_us))
        delay_us = rules.least_us + self._drawn(failed) * (rules.most_us - rules.least_us)
        self._running[failed] = False
        self._held_us[failed] = 0
        self.seeking[failed] = True
        self._failed_cell[failed] = serving[failed]
        self._from_us[failed] = failed_us
        self._until_us[failed] = failed_us + delay_us.astype(np.int64)

        seeking = np.flatnonzero(self.seeking)
        first_us = np.maximum(self._from_us[seeking], start_us)
        interrupted[seeking] = np.minimum(self._until_us[seeking], end_us) - first_us
        interrupted /= tick_us
        ready = seeking[self._until_us[seeking] < end_us]
        self.seeking[ready] = False
        place, found = self._strongest(candidate[ready], strength(ready), in_service)
        back, gone, had = ready[found], ready[~found], self._failed_cell
        return LinkTick(
            failed, had[failed], failed_us, back, place[found], self._until_us[back], gone, had[gone], interrupted
        )

    def _drawn(self, users: Ints) -> Floats:
        """[n]: what this tick drew for users [n]."""
        if not len(users):
            return np.zeros(0)
        every = len(self.seeking)
        cast("PCG64", self._generator.bit_generator).advance(self._due - every)
        self._due = 0
        return self._generator.random(every)[users]

    def _strongest(self, candidate: Ints, rsrp: Floats, in_service: Bools) -> tuple[Ints, Bools]:
        """(cell, whether there is one) for each row of candidates."""
        heard = np.where((candidate >= 0) & in_service[candidate], rsrp, -np.inf)
        best = heard.argmax(axis=1)[:, None]
        found = np.take_along_axis(heard, best, axis=1)[:, 0] > -np.inf
        return np.take_along_axis(candidate, best, axis=1)[:, 0], found
