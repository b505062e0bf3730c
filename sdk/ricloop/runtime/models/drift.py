"""Drift: what a model is shown, says, and gets wrong, held against how it was before.

Signals that follow the day (inputs and their spread, a forecast's width) are held against the same time of earlier
days, and are not judged before there is one; others (presence, scores, alarms, errors) against the run's beginning. A
signal that is judged is a number of standard deviations, and a detector (`detectors`) looks for change in it; beside
that, its distribution over the last records is held against the one before (population stability index).

Two states. `drifting` begins where a detector fires, or the distribution has shifted. It ends where the signal is back
(`back`), or lasts for so long that the new level becomes the reference (`re-based`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.runtime.models.detectors import Detector, PageHinkley
from ricloop.runtime.models.reference import Reference
from ricloop.runtime.models.signals import Record

LEVEL = 0.2
"""Weight of the newest record in a signal's level."""
AWAY, BACK = 2.0, 1.0
"""A detector counts where the level is at least so many standard deviations away; the signal is back below `BACK` …"""
QUIET = 15
"""… for so many records in a row."""
REBASE = 600
"""Records after which a drift is the new normal."""
CLIP = 8.0
"""Standard deviations; more says no more."""
BLOCK = 200
"""Records whose distribution is held against the one before."""
EDGES = (-1.15, -0.674, -0.319, 0.0, 0.319, 0.674, 1.15)
"""Octiles of the standard normal distribution."""
SHIFTED = 0.5
"""Population stability index; 0.25 is commonly called a major shift, of records that do not depend on each other."""
SEASONAL = ("input:", "spread:", "width")
"""Beginnings of the names of signals that follow the day."""
SHARES, LEAST_SHARE = ("present:", "alarms", "misses"), 0.02
"""Of those that are shares of cells: a difference that one standard deviation is at the least."""

Floats: TypeAlias = NDArray[np.float64]
MakeDetector: TypeAlias = Callable[[int], Detector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A signal began to drift, or ended it."""

    handler: str
    """Whose model it is, as `xapp.method`."""
    model: str
    """Its version."""
    signal: str
    state: str
    """`drifting` or `ok`."""
    why: str
    """The detector's name, or `distribution`; of the end `back` or `re-based`."""
    time: float
    """Of the record: seconds since the Unix epoch, by the nodes' clocks."""
    value: float
    reference: float
    """Mean of what it is held against."""
    level: float
    """How many standard deviations it is away, smoothed."""


class Drift:
    """The signals of one model."""

    def __init__(self, handler: str, model: str, make: MakeDetector = PageHinkley) -> None:
        """`make` makes a detector for so many signals."""
        self.handler, self.model, self._make = handler, model, make
        self.changes = 0
        self._begin(())

    def _begin(self, names: tuple[str, ...]) -> None:
        count = len(names)
        self._names = names
        self._reference = Reference(
            np.array([name.startswith(SEASONAL) for name in names], np.bool_),
            np.array([LEAST_SHARE if name.startswith(SHARES) else 0.0 for name in names]),
        )
        self._detector = self._make(count)
        self.drifting: NDArray[np.bool_] = np.zeros(count, np.bool_)
        self._shifted: NDArray[np.bool_] = np.zeros(count, np.bool_)
        self._by_shape: NDArray[np.bool_] = np.zeros(count, np.bool_)
        self.level: Floats = np.zeros(count)
        self._quiet = np.zeros(count, np.int64)
        self._lasted = np.zeros(count, np.int64)
        self._before: Floats = np.zeros((count, len(EDGES) + 1))
        self._block: Floats = np.zeros((count, len(EDGES) + 1))

    def take(self, record: Record) -> list[Change]:
        """One record (`Signals.record`). A model that has other signals than before begins anew."""
        if (names := tuple(record["signals"])) != self._names:
            self._begin(names)
        values = np.array([np.nan if v is None else v for v in record["signals"].values()], np.float64)
        scores, reference = self._reference.score(values, record["day"], learn=~self.drifting)
        scores = np.clip(scores, -CLIP, CLIP)
        known = np.isfinite(scores)
        self.level[known] += LEVEL * (scores[known] - self.level[known])
        fired = self._detector.update(scores) & known & (np.abs(self.level) >= AWAY)
        # A signal whose level drifts has another distribution, of course.
        self._distribution(scores, known & (~self.drifting | self._by_shape))
        began = (fired | self._shifted) & ~self.drifting
        ended, rebased = self._ended(known)
        said = [
            (row, "drifting", self._detector.name if fired[row] else "distribution") for row in np.flatnonzero(began)
        ]
        said += [(row, "ok", "re-based" if rebased[row] else "back") for row in np.flatnonzero(ended)]
        self._by_shape = np.where(began, ~fired, self._by_shape)
        self._set(began, ended, rebased)
        self.changes += len(said)
        return [
            Change(
                handler=self.handler,
                model=self.model,
                signal=self._names[row],
                state=state,
                why=why,
                time=record["time"],
                value=float(values[row]),
                reference=float(reference[row]),
                level=round(float(self.level[row]), 3),
            )
            for row, state, why in said
        ]

    def states(self) -> dict[str, str]:
        """Per signal `learning`, `ok` or `drifting`."""
        named = zip(self._names, self._reference.learned, self.drifting, strict=True)
        return {name: "drifting" if drifts else "ok" if known else "learning" for name, known, drifts in named}

    # ------------------------------------------------------------------------------------------------- inside

    def _distribution(self, scores: Floats, known: NDArray[np.bool_]) -> None:
        """Count into this block; a full one is held against those before it, and joins them where it is alike."""
        rows = np.flatnonzero(known)
        self._shifted[rows] &= self._by_shape[rows] & self.drifting[rows]
        self._block[rows, np.searchsorted(EDGES, scores[rows])] += 1
        full = self._block.sum(axis=1) >= BLOCK
        if not full.any():
            return
        judged = full & (self._before.sum(axis=1) >= BLOCK)
        self._shifted[full] = False
        self._shifted[judged] = stability(self._before[judged], self._block[judged]) > SHIFTED
        alike = full & ~self._shifted
        self._before[alike] += self._block[alike]
        self._block[full] = 0

    def _ended(self, known: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which drifts end with this record, and which of them because they lasted."""
        self._lasted[self.drifting] += 1
        calm = known & (np.abs(self.level) < BACK) & ~(self._by_shape & self._shifted)
        self._quiet[known] = np.where(calm[known], self._quiet[known] + 1, 0)
        back = self.drifting & (self._quiet >= QUIET)
        rebased = self.drifting & ~back & (self._lasted >= REBASE)
        return back | rebased, rebased

    def _set(self, began: NDArray[np.bool_], ended: NDArray[np.bool_], rebased: NDArray[np.bool_]) -> None:
        self.drifting = (self.drifting | began) & ~ended
        changed = began | ended
        self._quiet[changed] = self._lasted[changed] = 0
        self._block[changed] = 0
        if ended.any():
            self._detector.reset(ended)
            self._reference.forget(rebased)
            self.level[rebased] = 0.0
            self._shifted[ended] = False
            self._before[rebased] = 0


def stability(before: Floats, now: Floats) -> Floats:
    """Population stability index of counts, shape [signals, bins] each: the sum of (q - p) ln(q / p), half a count
    added to each so that an empty bin does not decide alone."""
    p, q = ((counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True) for counts in (before, now))
    found: Floats = ((q - p) * np.log(q / p)).sum(axis=1)
    return found


class DriftWatch:
    """The drift of every model of one RIC."""

    def __init__(self, make: MakeDetector = PageHinkley) -> None:
        self._make = make
        self._drifts: dict[str, Drift] = {}

    def take(self, handler: str, model: str, record: Record) -> list[Change]:
        """One record of the version that answers a handler. Another version than before begins anew."""
        drift = self._drifts.get(handler)
        if drift is None or drift.model != model:
            drift = self._drifts[handler] = Drift(handler, model, self._make)
        return drift.take(record)

    def states(self) -> dict[str, dict[str, str]]:
        """Per handler and signal."""
        return {handler: drift.states() for handler, drift in self._drifts.items()}


def as_json(change: Change) -> dict[str, Any]:
    """For a pipe or a file."""
    return {name: getattr(change, name) for name in Change.__slots__}
