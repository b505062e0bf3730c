"""Alarms against what really happened: events found, how late, and false alarms. Nothing is point-adjusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop_models.alarms import RULE, Bools, Rule, episodes
from ricloop_models.networkdays import AMOUNTS, Event


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Of one rollout, or of several."""

    kinds: tuple[str, ...]
    """[events]."""
    delay: NDArray[np.float64]
    """[events]: periods from its start to the first alarm in one of its cells; NaN where none came before its end."""
    false: int
    """Alarms in cells that had no event: also those of neighbours that take over its users."""
    cell_days: float

    @property
    def found(self) -> Bools:
        return ~np.isnan(self.delay)

    def figures(self) -> dict[str, float]:
        """Share of events found, false alarms per cell and day, median delay of the found in periods, share of each
        kind. A delay that there is not is as long as the longest event."""
        late = float(np.median(self.delay[self.found])) if self.found.any() else 120.0
        kinds = np.array(self.kinds)
        return {
            "found": float(self.found.mean()),
            "false": self.false / self.cell_days,
            "delay": late,
            **{kind: float(self.found[kinds == kind].mean()) for kind in AMOUNTS if (kinds == kind).any()},
        }


def judge(
    alarm: Bools, events: Sequence[Event], first: int, periods_per_day: int, rule: Rule = RULE, after: int = 24
) -> Judged:
    """Of one rollout's alarms [periods, cells], from the period `first` on. Alarms that begin up to `after` periods
    after an event of their cell are its end: it takes a window's length until nothing of it is seen any more."""
    calm = np.ones(alarm.shape, bool)
    delay = np.full(len(events), np.nan)
    for place, one in enumerate(events):
        calm[one.start : one.end + after, one.cells] = False
        heard = np.flatnonzero(alarm[one.start : one.end, one.cells].any(axis=1))
        if len(heard):
            delay[place] = heard[0]
    seen = alarm[first:]
    found = episodes(seen, rule)
    false = sum(
        bool(calm[first + start : first + end, cell].all())
        for cell, start, end in zip(found.cell, found.start, found.end, strict=True)
    )
    return Judged(tuple(one.kind for one in events), delay, false, seen.size / periods_per_day)


def together(judged: Sequence[Judged]) -> Judged:
    """Several rollouts as one."""
    return Judged(
        tuple(kind for one in judged for kind in one.kinds),
        np.concatenate([one.delay for one in judged]),
        sum(one.false for one in judged),
        sum(one.cell_days for one in judged),
    )
