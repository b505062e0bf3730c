"""Handovers between the cells of one gNB: preparation, interruption, then the user is in the target cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats


@dataclass(slots=True)
class Handover:
    """One handover in progress."""

    user: int
    source: int
    target: int
    start_us: int | None = None
    """Set at the first tick after the command."""


class Handovers:
    """Those in progress. A user has at most one; a newer command replaces one that has not started."""

    def __init__(self, users: int, preparation_us: int, interruption_us: int) -> None:
        self._users = users
        self._preparation_us, self._interruption_us = preparation_us, interruption_us
        self._pending: dict[int, Handover] = {}

    def command(self, user: int, source: int, target: int) -> None:
        self._pending[user] = Handover(user, source, target)

    def target_of(self, user: int) -> int | None:
        """Where the user is going, None if nowhere."""
        found = self._pending.get(user)
        return None if found is None else found.target

    def drop(self, user: int) -> bool:
        """Forget a handover whose user is gone; True if there was one."""
        return self._pending.pop(user, None) is not None

    @property
    def users(self) -> tuple[int, ...]:
        return tuple(self._pending)

    def begin_tick(self, start_us: int) -> tuple[list[Handover], list[Handover]]:
        """(those that start now, those whose interruption is over by `start_us`, which are removed)."""
        started = [h for h in self._pending.values() if h.start_us is None]
        for handover in started:
            handover.start_us = start_us
        done = [h for h in self._pending.values() if self._end_us(h) <= start_us]
        for handover in done:
            del self._pending[handover.user]
        return started, done

    def interrupted(self, start_us: int, length_us: int) -> Floats:
        """[users]: share of the tick in which a user can receive nothing."""
        shares = np.zeros(self._users)
        for handover in self._pending.values():
            end = self._end_us(handover)
            first = max(end - self._interruption_us, start_us)
            shares[handover.user] = max(min(end, start_us + length_us) - first, 0) / length_us
        return shares

    def _end_us(self, handover: Handover) -> int:
        assert handover.start_us is not None
        return handover.start_us + self._preparation_us + self._interruption_us
