"""From alarms of cells to incidents: what happens near each other in time and in the network is told once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from ricloop import CellId

Near: TypeAlias = Callable[[CellId], Collection[CellId]]
"""The cells beside a cell."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One cell, now."""

    cell: CellId
    score: float
    """Of which 1 is the threshold."""
    causes: tuple[str, ...]
    """Metrics that say so, the first most."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is going on."""

    number: int
    """From 1, in the order of their beginning."""
    cells: tuple[CellId, ...]
    """Ascending."""
    started: int
    """Unix time of the first alarm, ns."""
    last: int
    """Of the last one."""
    score: float
    """The highest so far."""
    causes: tuple[str, ...]
    """Of the alarm with that score."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """What is shared as `incidents`."""

    open: tuple[Incident, ...] = ()
    """In the order of their numbers."""
    closed: int = 0
    """How many are over."""
    dropped: int = 0
    """Alarms that opened no incident, as too many were open."""

    def after(self, alarms: Iterable[Alarm], now: int, near: Near, quiet: int, most: int) -> Incidents:
        """What there is after these alarms at `now`, Unix ns. One whose last alarm is `quiet` ns ago is over; an alarm
        joins the incident of its cell, else of a cell beside it, else opens one where fewer than `most` are open."""
        kept = [one for one in self.open if now - one.last < quiet]
        closed, dropped = self.closed + len(self.open) - len(kept), self.dropped
        number = closed + len(kept)
        # The worst first: it is what others join.
        for alarm in sorted(alarms, key=lambda one: -one.score):
            place = _place_of(alarm.cell, kept, near)
            if place is not None:
                kept[place] = _joined(kept[place], alarm, now)
            elif len(kept) < most:
                number += 1
                kept.append(Incident(number, (alarm.cell,), now, now, alarm.score, alarm.causes))
            else:
                dropped += 1
        return Incidents(tuple(kept), closed, dropped)


def _place_of(cell: CellId, open_: list[Incident], near: Near) -> int | None:
    beside = near(cell)
    for group in ((cell,), beside):
        for place, one in enumerate(open_):
            if any(other in one.cells for other in group):
                return place
    return None


def _joined(one: Incident, alarm: Alarm, now: int) -> Incident:
    one = replace(one, last=now, cells=tuple(sorted({*one.cells, alarm.cell})))
    return one if alarm.score <= one.score else replace(one, score=alarm.score, causes=alarm.causes)
