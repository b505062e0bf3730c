"""What the arbiter decided between xApps: who won, who lost, over which parameter of which resource, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ricloop.core.ids import Resource

MOST = 1024
"""Conflicts told apart; further ones are only counted."""


class Why(Enum):
    """What decided."""

    PRIORITY = "priority"
    """The winner's is higher."""
    FIRST = "first"
    """Priorities are equal, and the winner changed it first."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One winner and one loser over one parameter."""

    winner: str
    loser: str
    resource: Resource
    parameter: str
    why: Why


@dataclass(slots=True)
class Conflicts:
    """Counted since the start, in bounded memory."""

    total: int = 0
    untold: int = 0
    """Of them, those that found no room to be told apart."""
    _counts: dict[Conflict, int] = field(default_factory=dict)

    def note(self, conflict: Conflict) -> None:
        """The arbiter decided once more."""
        self.total += 1
        if conflict not in self._counts and len(self._counts) >= MOST:
            self.untold += 1
        else:
            self._counts[conflict] = self._counts.get(conflict, 0) + 1

    def rows(self) -> Iterator[dict[str, Any]]:
        """JSON-able: `winner`, `loser`, `resource`, `parameter`, `why`, `count`; in the order they first came."""
        for conflict, count in self._counts.items():
            yield {
                "winner": conflict.winner,
                "loser": conflict.loser,
                "resource": str(conflict.resource),
                "parameter": conflict.parameter,
                "why": conflict.why.value,
                "count": count,
            }

    def by_pair(self) -> dict[tuple[str, str], int]:
        """How often each winner won over each loser."""
        pairs: dict[tuple[str, str], int] = {}
        for conflict, count in self._counts.items():
            pair = (conflict.winner, conflict.loser)
            pairs[pair] = pairs.get(pair, 0) + count
        return pairs
