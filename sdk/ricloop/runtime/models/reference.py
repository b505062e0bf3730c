"""What signals are held against: their mean and spread, of the run's beginning or of the same time on earlier days."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

DAY_BINS = 24
"""Times of the day that are told apart."""
YOUNG = 60
"""Records before a signal that does not follow the day is judged."""
DAYS = 2
"""Earlier days of which a time of the day has been seen before it is judged."""
REMEMBERED = 2000.0
"""Records: what counts more than so many is made to count less."""
FARTHEST = 4.0
"""Standard deviations: what is farther away is learned as if it were so far."""
LEAST_SPREAD = 0.02
"""Of the mean's size: a signal that never moved may move so much without being looked at."""

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


class Reference:
    """Running sums per signal and time of the day, all in arrays."""

    def __init__(self, seasonal: Flags, least: Floats) -> None:
        """Shape [signals] both: which follow the day; what a standard deviation is at the least."""
        self._seasonal, self._least = seasonal, least
        count = len(seasonal)
        # What this visit of a time of the day has brought is not known to itself: it joins when the time is over.
        self._sums = np.zeros((DAY_BINS + 1, count, 3))
        """Weight, sum, sum of squares; the last bin is of signals that do not follow the day."""
        self._visit = np.zeros((count, 3))
        self._visits = np.zeros((DAY_BINS, count), np.int64)
        self._bin: int | None = None
        self._shift = np.full(count, np.nan)
        """A signal's first value: sums are of what is left, so that squares do not drown it."""

    def score(self, values: Floats, day: float, learn: Flags) -> tuple[Floats, Floats]:
        """How many standard deviations each value is away, NaN for what is not judged, and the mean that it is held
        against. Values of signals in `learn` become part of the reference."""
        known = np.isfinite(values)
        fresh = known & np.isnan(self._shift)
        self._shift[fresh] = values[fresh]
        left = values - self._shift
        at = min(int(day * DAY_BINS), DAY_BINS - 1)
        if at != self._bin:
            self._turn(at)
        sums = np.where(self._seasonal[:, None], self._sums[at], self._sums[-1])
        with np.errstate(all="ignore"):
            mean = sums[:, 1] / sums[:, 0]
            spread = np.sqrt(np.maximum(sums[:, 2] / sums[:, 0] - mean**2, 0.0))
            spread = np.maximum(spread, np.maximum(self._least, LEAST_SPREAD * np.abs(mean + self._shift)))
            scores = (left - mean) / np.where(spread > 0, spread, 1.0)
        judged = np.where(self._seasonal, self._visits[at] >= DAYS, sums[:, 0] >= YOUNG)
        # One value that is far off must not make the reference so wide that nothing is.
        near = np.where(judged, mean + np.clip(scores, -FARTHEST, FARTHEST) * spread, left)
        self._learn(near, known & learn)
        return np.where(judged & known, scores, np.nan), mean + self._shift

    @property
    def learned(self) -> Flags:
        """Shape [signals]: which are judged at this time of the day."""
        at = self._bin or 0
        found: Flags = np.where(self._seasonal, self._visits[at] >= DAYS, self._sums[-1, :, 0] >= YOUNG)
        return found

    def forget(self, rows: Flags) -> None:
        """Begin anew with these signals."""
        self._sums[:, rows] = 0
        self._visit[rows] = 0
        self._visits[:, rows] = 0
        self._shift[rows] = np.nan

    def _turn(self, at: int) -> None:
        """Another time of the day begins: what the last one brought is known from now on."""
        if self._bin is not None:
            came = self._seasonal & (self._visit[:, 0] > 0)
            self._sums[self._bin][came] += self._visit[came]
            self._visits[self._bin][came] += 1
            self._bound(self._sums[self._bin])
        self._visit[:] = 0
        self._bin = at

    def _learn(self, left: Floats, rows: Flags) -> None:
        came = np.stack([np.ones_like(left), left, left**2], axis=1)
        season, plain = rows & self._seasonal, rows & ~self._seasonal
        self._visit[season] += came[season]
        self._sums[-1][plain] += came[plain]
        self._bound(self._sums[-1])

    @staticmethod
    def _bound(sums: Floats) -> None:
        many = sums[:, 0] > REMEMBERED
        sums[many] *= (REMEMBERED / sums[many, 0])[:, None]
