"""One winner per resource and parameter, where several xApps want to change it: priority, then who came first."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from ricloop.core.actions import Action
from ricloop.core.ids import Resource
from ricloop.core.time import ms, ns
from ricloop.decide.conflicts import Conflict, Conflicts, Why
from ricloop.decide.guards import Refusal

HOLD = ms(1000)
"""How long a winner keeps a parameter to itself, unless told otherwise."""
ROOM = 1024
"""Claims from which on the ones that have run out are looked for."""


class Claim(NamedTuple):
    """Who changed a parameter last, and until when that stands."""

    xapp: str
    priority: int
    until: int


class Arbiter:
    """The xApp that changed a parameter holds it for a while; in that time only a higher priority changes it."""

    def __init__(self, hold: timedelta = HOLD) -> None:
        self._hold = ns(hold)
        self._claims: dict[tuple[Resource, str], Claim] = {}
        self._room = ROOM
        self.conflicts = Conflicts()

    def claim(
        self, action: Action, xapp: str, priority: int, now: int, hold: timedelta | None = None
    ) -> Refusal | None:
        """Take the action's parameter for `xapp`, or say who holds it. `hold`: for how long, if not as usual."""
        key = (action.resource, action.parameter)
        held = self._claims.get(key)
        if held is not None and held.xapp != xapp and now < held.until:
            if priority <= held.priority:
                why = Why.PRIORITY if priority < held.priority else Why.FIRST
                self.conflicts.note(Conflict(held.xapp, xapp, *key, why))
                rest = (held.until - now) / 1e6
                return Refusal(
                    "arbiter",
                    f"{action.parameter} of {action.resource} is held by xApp '{held.xapp}' (priority {held.priority}, "
                    f"'{xapp}' has {priority}) for another {rest:.0f} ms",
                )
            self.conflicts.note(Conflict(xapp, held.xapp, *key, Why.PRIORITY))
        self._claims[key] = Claim(xapp, priority, now + (self._hold if hold is None else ns(hold)))
        if len(self._claims) > self._room:
            self.forget(now)
            # Twice what stands: looking through all of them then costs little per claim.
            self._room = max(ROOM, 2 * len(self._claims))
        return None

    def __len__(self) -> int:
        """Claims that are remembered, with some that have run out."""
        return len(self._claims)

    def forget(self, now: int) -> None:
        """Drop claims that have run out."""
        self._claims = {key: claim for key, claim in self._claims.items() if now < claim.until}
