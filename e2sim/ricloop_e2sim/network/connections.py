"""RRC idle and connected: who asks for a connection, where, whether it is admitted, and when it is released."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class ConnectionRules:
    """Times and numbers of admission."""

    inactivity_us: int = 10_000_000
    """Without data for so long, a user is released."""
    wait_us: int = 1_000_000
    """A user that was rejected asks again after this (T302, TS 38.331 7.1.1)."""
    most_users: int = 400
    """Connected users that a cell admits."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Who asked for a connection in a tick; every field is [requests]."""

    user: Ints
    cell: Ints
    admitted: Bools


class Connections:
    """When users [u] were last active, and who has to wait."""

    def __init__(self, users: int, rules: ConnectionRules) -> None:
        self.rules = rules
        self._active_us: Ints = np.zeros(users, dtype=np.int64)
        self._barred_us: Ints = np.zeros(users, dtype=np.int64)

    def note(self, busy: Bools, end_us: int) -> None:
        """Users with data in this tick, [u]."""
        self._active_us[busy] = end_us

    def idle(self, serving: Ints, settled: Bools, now_us: int) -> Ints:
        """Users to release: connected, `settled` [u] in one cell, and inactive."""
        return ((self._active_us <= now_us - self.rules.inactivity_us) & settled & (serving >= 0)).nonzero()[0]

    def ask(
        self,
        wants: Bools,
        near: Ints,
        strength: Callable[[Ints], Floats],
        usable: Bools,
        connected: Ints,
        limit: Ints,
        now_us: int,
    ) -> Asked:
        """Users that want a connection, [u], ask the strongest usable cell they hear.

        `near` [u, m] candidates, `strength` gives of users [n] the [n, m] dBm, `usable`, `connected` and `limit` [c].
        Users without a usable cell ask nobody. Those of a lower number come first.
        """
        asking = (wants & (self._barred_us <= now_us)).nonzero()[0]
        if not len(asking):
            return _NOBODY
        rows = near[asking]
        heard = np.where((rows >= 0) & usable[rows], strength(asking), -np.inf)
        best = heard.argmax(axis=1)
        place = np.arange(len(asking)), best
        found = heard[place] > -np.inf
        user, cell = asking[found], rows[place][found]
        admitted = _rank(cell) < (limit - connected)[cell]
        self._barred_us[user[~admitted]] = now_us + self.rules.wait_us
        self._active_us[user[admitted]] = now_us
        return Asked(user, cell, admitted)


_NOBODY = Asked(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_))


def _rank(cell: Ints) -> Ints:
    """[requests]: how many ask the same cell before."""
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    first = np.searchsorted(ordered, ordered, side="left")
    rank = np.empty(len(cell), dtype=np.int64)
    rank[order] = np.arange(len(cell)) - first
    return rank
