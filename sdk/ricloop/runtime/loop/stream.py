"""The periodic reports of one feed and one gNB: parts in, one complete report per collection time out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from ricloop.core.feeds import Feed
from ricloop.core.ids import GnbId
from ricloop.core.time import NS_PER_MS, ns
from ricloop.e2sm.kpm.feeds import EveryUe
from ricloop.runtime.books.account import Account, Arrived, StreamKey

_by_key, _by_arrival, _by_time = attrgetter("key"), attrgetter("at", "key"), attrgetter("time")
SETTLE = 2 * NS_PER_MS
"""How long a report waits for parts of nodes that usually report together."""
PATIENCE = 0.9
"""Periods that a report waits for a node known to report later than the others."""
CARRIED = 1.5
"""Periods for which a missing part is filled from the one before."""
SILENT = 3
"""Periods in a row that a node misses before nobody waits for it any more."""
RESTARTED = 10
"""Periods that a node's time may go back before it counts as a clock that was set back."""


@dataclass(slots=True, eq=False)
class Group:
    """Parts of one collection time."""

    time: int
    since: int
    """When the first part came, on the loop's clock."""
    parts: dict[StreamKey, Arrived] = field(default_factory=dict)

    def triggers(self) -> list[Arrived]:
        """What it waited for last: the parts that came together, after the last pause."""
        parts = sorted(self.parts.values(), key=_by_arrival)
        start = 0
        for i in range(1, len(parts)):
            if parts[i].at - parts[i - 1].at > SETTLE:
                start = i
        return parts[start:]


@dataclass(slots=True, eq=False)
class Ready:
    """A report that is due."""

    feed: Feed[Any]
    gnb: GnbId
    time: int
    parts: tuple[Arrived, ...]
    """What it is made of, in a fixed order; some may be of the period before."""
    fresh: tuple[Arrived, ...]
    """What is new in it, and is now decided."""
    triggers: tuple[Arrived, ...]
    """What started it."""
    begun: int | None = None
    """When the waiting for a node that stayed away ended, on the loop's clock; None for a report that is complete. Its
    deadline starts here: the budget of a decision is not spent on waiting."""


class Stream:
    """Nodes of a split gNB report the same time at different moments. A report goes out when every part is there.

    A node that does not keep up with the others' `SETTLE` is learnt to come later: the report then waits for it, and
    it is what starts the decision. The cells of a node that stays away are filled from its last period, or missing
    (NaN); after `SILENT` periods nobody waits for it, until it is heard again. UEs are not filled: an action with no UE
    to report sends nothing at all, since Format 3 cannot name nobody.
    """

    def __init__(
        self,
        feed: Feed[Any],
        gnb: GnbId,
        period: int,
        account: Account,
        *,
        settle: int = SETTLE,
        superseded: Callable[[Sequence[Arrived]], None] | None = None,
    ) -> None:
        """`settle`: how long to wait for the rest of a node that has sent some of its parts. `superseded` is told of
        the parts that are in no report: those of one time together, in the order of their times."""
        self.feed, self.gnb, self.period = feed, gnb, period
        self.order = (feed.title, str(gnb))
        """Reports that are due together go out by this."""
        self._account, self._settle, self._tell = account, settle, superseded
        self._expected: set[StreamKey] = set()
        self._groups: list[Group] = []
        self._last: dict[StreamKey, Arrived] = {}
        self._later: set[str] = set()
        self._missed: set[str] = set()
        """Nodes that the last report went out without."""
        self._misses: dict[str, int] = {}
        """Per node, how many reports in a row went out without it."""
        self._fired: int | None = None

    def expect(self, key: StreamKey) -> None:
        """An action was admitted: its parts belong to every report."""
        self._expected.add(key)

    def forget(self, key: StreamKey) -> None:
        """An action is gone."""
        self._expected.discard(key)
        self._last.pop(key, None)
        if not self._expected:
            self._fired = None
            self._later.clear()
        if key.node not in {held.node for held in self._expected}:
            self._misses.pop(key.node, None)

    def put(self, arrived: Arrived) -> None:
        """Take one part; `ready` says whether that makes a report."""
        time, key = arrived.part.time, arrived.key
        self._misses.pop(key.node, None)
        if self._fired is not None and time < self._fired - RESTARTED * self.period:
            self._fired = None
        if self._fired is not None and time - self._fired < self.period // 2:
            self._supersede((arrived,))
            if key.node in self._missed:
                self._later.add(key.node)
            self._keep(arrived)
            return
        for group in self._groups:
            if abs(group.time - time) < max(1, self.period // 2):
                break
        else:
            group = Group(time, arrived.at)
            self._groups.append(group)
        older = group.parts.get(key)
        if older is not None:
            self._supersede((older,))
        group.parts[key] = arrived

    def ready(self, now: int) -> Ready | None:
        """The newest report that is due; older ones are superseded by it."""
        due = [g for g in self._groups if self._due_at(g) <= now]
        if not due:
            return None
        newest = max(due, key=_by_time)
        begun = None
        if self._absent(newest) - self._silent():
            # Paced by hand (nothing to settle), time goes in steps and only the step's moment is there.
            begun = self._due_at(newest) if self._settle else now
        for group in sorted([g for g in self._groups if g.time < newest.time], key=_by_time):
            self._groups.remove(group)
            self._supersede(tuple(group.parts.values()))
            for arrived in group.parts.values():
                self._keep(arrived)
        self._groups.remove(newest)
        self._fired = newest.time
        for arrived in newest.parts.values():
            self._keep(arrived)
        fresh = tuple(sorted(newest.parts.values(), key=_by_key))
        self._missed = self._absent(newest)
        for node in self._missed:
            self._misses[node] = self._misses.get(node, 0) + 1
        carried = [
            last
            for key, last in self._last.items()
            if key.node in self._missed
            and newest.time - last.part.time <= CARRIED * self.period
            and not isinstance(self.feed, EveryUe)
        ]
        parts = tuple(sorted((*fresh, *carried), key=_by_key)) if carried else fresh
        return Ready(self.feed, self.gnb, newest.time, parts, fresh, tuple(newest.triggers()), begun)

    def timer_at(self) -> int | None:
        """When `ready` is worth asking again."""
        return min((self._due_at(g) for g in self._groups), default=None)

    def waiting(self) -> list[Arrived]:
        """Parts that are in no report yet."""
        return [arrived for group in self._groups for arrived in group.parts.values()]

    def drop(self) -> list[Arrived]:
        """Give up what waits."""
        waiting = self.waiting()
        self._groups.clear()
        return waiting

    @property
    def empty(self) -> bool:
        """True where nothing waits."""
        return not self._groups

    @property
    def idle(self) -> bool:
        """True where nothing is expected and nothing waits."""
        return not self._expected and not self._groups

    def _due_at(self, group: Group) -> int:
        silent = self._silent()
        expected = {key for key in self._expected if key.node not in silent} if silent else self._expected
        if expected <= group.parts.keys():
            return group.since
        absent = self._absent(group) - silent
        if not absent:
            return max(arrived.at for arrived in group.parts.values()) + self._settle
        if absent <= self._later:
            return group.since + int(PATIENCE * self.period)
        return group.since + SETTLE

    def _absent(self, group: Group) -> set[str]:
        missing = self._expected - group.parts.keys()
        return {key.node for key in missing} - {key.node for key in group.parts} if missing else set()

    def _silent(self) -> set[str]:
        return {node for node, misses in self._misses.items() if misses >= SILENT} if self._misses else set()

    def _supersede(self, parts: Sequence[Arrived]) -> None:
        for arrived in parts:
            self._account.supersede(arrived)
        if self._tell is not None:
            self._tell(parts)

    def _keep(self, arrived: Arrived) -> None:
        last = self._last.get(arrived.key)
        if last is None or arrived.part.time >= last.part.time:
            self._last[arrived.key] = arrived


def period_of(feed: Feed[Any]) -> int | None:
    """The period of a periodic feed in nanoseconds; None for events."""
    period = getattr(feed, "period", None)
    return None if period is None else ns(period)
