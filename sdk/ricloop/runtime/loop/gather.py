"""Reports of several gNBs, collected for one look at all of them (`gather=`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ricloop.core.ids import GnbId
from ricloop.runtime.books.account import Account, Arrived
from ricloop.runtime.loop.merge import merged


@dataclass(slots=True, eq=False)
class Batch:
    """What one handler waits for."""

    length: int
    """Nanoseconds from the first report to the decision."""
    since: int = 0
    latest: int = 1 << 62
    """After this, the deadline of the oldest report would be broken."""
    values: dict[GnbId, Any] = field(default_factory=dict)
    fresh: list[Arrived] = field(default_factory=list)
    triggers: list[Arrived] = field(default_factory=list)

    def put(
        self,
        gnb: GnbId,
        value: Any,
        fresh: tuple[Arrived, ...],
        triggers: tuple[Arrived, ...],
        now: int,
        latest: int = 1 << 62,
    ) -> None:
        """`latest`: when this report has to be decided on at the latest."""
        if not self.values:
            self.since, self.latest = now, latest
        self.latest = min(self.latest, latest)
        self.values[gnb] = value
        self.fresh += fresh
        self.triggers += triggers

    def due_at(self) -> int | None:
        """When the waiting ends, whoever is missing; None where nothing waits."""
        return min(self.since + self.length, self.latest) if self.values else None

    def rows(self) -> int:
        """How many cells or UEs wait, about."""
        return sum(len(value) for value in self.values.values() if hasattr(value, "__len__"))

    def complete(self, gnbs: frozenset[GnbId]) -> bool:
        """True when nobody is left to wait for."""
        return bool(self.values) and gnbs <= self.values.keys()

    def take(self) -> tuple[Any, list[Arrived], list[Arrived]]:
        """(one value of all, what is new in it, what started it)."""
        value = merged([self.values[gnb] for gnb in sorted(self.values, key=str)])
        taken = (value, self.fresh, self.triggers)
        self.values, self.fresh, self.triggers = {}, [], []
        return taken


def settle(account: Account, fresh: list[Arrived] | tuple[Arrived, ...]) -> None:
    """Count as decided what no other handler of the feed has counted."""
    for arrived in fresh:
        if not arrived.fate:
            account.decide(arrived)
