"""Handovers: preparation, in which the target admits or refuses, then execution, in which the user hears nobody.

Those that a measurement report asks for and those that are commanded go the same way. A failed execution leaves the
user without a cell: hand it to re-establishment (`rlf`). Times are exact within a tick; what ends with a tick belongs
to the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints

PING_PONG_US = 1_000_000
"""Back to the source within this time is a ping-pong (TR 36.839)."""
PREPARATION_US, INTERRUPTION_US = 50_000, 40_000
"""TR 36.839."""
LEAST_TARGET_SINR_DB = -8.0
"""Below it at the target, an execution fails."""


class Phase:
    """Where a user's handover is. Plain numbers: arrays are compared with them in every tick."""

    NONE: Final = 0
    PREPARING: Final = 1
    EXECUTING: Final = 2


def _none() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Handovers that reached the same point in this tick; every field is [moves]."""

    user: Ints = field(default_factory=_none)
    source: Ints = field(default_factory=_none)
    target: Ints = field(default_factory=_none)
    at_us: Ints = field(default_factory=_none)

    def __len__(self) -> int:
        return len(self.user)


NO_MOVES = Moves()


@dataclass(frozen=True, slots=True, eq=False)
class HandoverTick:
    """What happened in one tick."""

    refused: Moves
    """The target did not admit the user; it stays where it is."""
    executed: Moves
    """Execution started."""
    done: Moves
    """The user is in the target."""
    failed: Moves
    """The target could not be reached; the user has no cell."""
    ping_pong: Bools
    """[done]: it came back to the cell that it had left within `PING_PONG_US`."""
    interrupted: Floats
    """[users]: share of the tick in which a user can receive nothing."""


class Handovers:
    """The handover of every user; each has at most one."""

    def __init__(
        self, users: int, *, preparation_us: int = PREPARATION_US, interruption_us: int = INTERRUPTION_US
    ) -> None:
        """Raises ConfigError for a negative time."""
        for name, value in (("preparation", preparation_us), ("interruption", interruption_us)):
            if value < 0:
                raise ConfigError(f"handover {name} time {value} µs is negative; give 0 or more")
        self.phase: Ints = np.zeros(users, dtype=np.int64)
        """[users] of `Phase`."""
        self.source: Ints = np.full(users, -1, dtype=np.int64)
        self.target: Ints = np.full(users, -1, dtype=np.int64)
        self._until_us: Ints = np.zeros(users, dtype=np.int64)
        self._came_from: Ints = np.full(users, -1, dtype=np.int64)
        self._came_us: Ints = np.zeros(users, dtype=np.int64)
        self._preparation_us, self._interruption_us = preparation_us, interruption_us
        self.quiet = HandoverTick(*(NO_MOVES,) * 4, np.zeros(0, dtype=np.bool_), np.zeros(users))
        """What every tick gives in which there is no handover."""

    def request(self, users: Ints, targets: Ints, at_us: Ints, serving: Ints) -> Moves:
        """Start preparing. `users` without repetition, `targets` and `at_us` are [requests], `serving` is [users].

        Returns those that start: not users that have no cell, are in the target or are already being handed over.
        """
        if not len(users):
            return NO_MOVES
        source = serving[users]
        starts = (source >= 0) & (source != targets) & (self.phase[users] == Phase.NONE)
        moves = Moves(users[starts], source[starts], targets[starts], at_us[starts])
        self.phase[moves.user] = Phase.PREPARING
        self.source[moves.user] = moves.source
        self.target[moves.user] = moves.target
        self._until_us[moves.user] = moves.at_us + self._preparation_us
        return moves

    def abandon(self, users: Bools) -> tuple[Moves, Moves]:
        """Forget users that are gone or lost their link, [users].

        Returns their handovers that come to nothing, (in preparation, in execution).
        """
        ended = tuple(
            self._moves(np.flatnonzero(users & (self.phase == phase))) for phase in (Phase.PREPARING, Phase.EXECUTING)
        )
        self.phase[users] = Phase.NONE
        self._came_from[users] = -1
        return ended[0], ended[1]

    def step(
        self, start_us: int, tick_us: int, *, connected: Ints, limit: Ints, in_service: Bools, target_sinr: Floats
    ) -> HandoverTick:
        """Move one tick on, and `serving` is the caller's to change by `done` and `failed`.

        `connected` [cells] users now in each, `limit` [cells] the most that a cell admits, those on their way to it
        included, `in_service` [cells], `target_sinr` [users] dB of each user's `target`, anything for the others.
        """
        end_us = start_us + tick_us
        if not np.count_nonzero(self.phase):
            return self.quiet
        interrupted = np.zeros(len(self.phase))
        answered = ((self.phase == Phase.PREPARING) & (self._until_us < end_us)).nonzero()[0]
        # The earliest answer is the first to take a place.
        answered = answered[self._until_us[answered].argsort(kind="stable")]
        admitted = self._admits(answered, connected, limit, in_service)
        refused, executed = self._moves(answered[~admitted]), self._moves(answered[admitted])
        self.phase[refused.user] = Phase.NONE
        self.phase[executed.user] = Phase.EXECUTING
        self._until_us[executed.user] += self._interruption_us

        moving = (self.phase == Phase.EXECUTING).nonzero()[0]
        until_us = self._until_us[moving]
        first_us = np.maximum(until_us - self._interruption_us, start_us)
        interrupted[moving] = np.maximum(np.minimum(until_us, end_us) - first_us, 0) / tick_us
        weak = (target_sinr[moving] < LEAST_TARGET_SINR_DB) & (until_us > start_us)
        lost = weak | ~in_service[self.target[moving]]
        failed, done = self._moves(moving[lost]), self._moves(moving[~lost & (until_us < end_us)])
        # Known no later than the end of the execution, and no earlier than the tick that found the target too weak.
        if len(failed):
            np.clip(failed.at_us, start_us, end_us - 1, out=failed.at_us)
        self.phase[failed.user] = Phase.NONE
        self.phase[done.user] = Phase.NONE
        back = (done.target == self._came_from[done.user]) & (done.at_us - self._came_us[done.user] <= PING_PONG_US)
        self._came_from[done.user] = done.source
        self._came_us[done.user] = done.at_us
        return HandoverTick(refused, executed, done, failed, back, interrupted)

    def coming(self, cells: int) -> Ints:
        """[cells]: users in execution, by target."""
        return np.bincount(self.target[self.phase == Phase.EXECUTING], minlength=cells)

    def _admits(self, users: Ints, connected: Ints, limit: Ints, in_service: Bools) -> Bools:
        """For users in the order in which they ask: is there a place in the target?"""
        if not len(users):
            return np.zeros(0, dtype=np.bool_)
        free = np.where(in_service, np.maximum(limit - connected - self.coming(len(limit)), 0), 0)
        target = self.target[users]
        order = np.argsort(target, kind="stable")
        sorted_ = target[order]
        rank = np.empty(len(users), dtype=np.int64)
        rank[order] = np.arange(len(users)) - np.searchsorted(sorted_, sorted_)
        return np.less(rank, free[target])

    def _moves(self, users: Ints) -> Moves:
        if not len(users):
            return NO_MOVES
        return Moves(users, self.source[users], self.target[users], self._until_us[users])
