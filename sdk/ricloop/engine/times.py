"""How long one bucket takes: a window of its last runs, and the time that may be counted on."""

from __future__ import annotations

import numpy as np

WINDOW = 2_048
"""Runs that are remembered."""
REFRESH = 64
"""Runs between two looks at the window: sorting it costs as much as a small model."""
CAUTION = 1.25
"""Factor on the expected time after a missed deadline."""
CAUTIOUS_RUNS = 1_000


class Times:
    """Nanoseconds of one bucket's runs."""

    def __init__(self) -> None:
        self._ring = np.zeros(WINDOW, np.int64)
        self._count = 0
        self._floor = self._seen = 0
        self.typical = 0
        """The median that the warm-up found."""

    def warmed_up(self, typical: int, worst: int) -> None:
        """What a warm-up found: the expected time is never below its worst."""
        self.typical, self._floor = typical, worst

    def add(self, took: int) -> None:
        self._ring[self._count % WINDOW] = took
        self._count += 1
        if self._count % REFRESH == 0:
            self._seen = self.percentile(99.9)

    @property
    def expected(self) -> int:
        """The 99.9th percentile of the window, not less than the warm-up's."""
        return max(self._floor, self._seen)

    def percentile(self, percent: float) -> int:
        """Of the window; of no run: what the warm-up found."""
        known = self._ring[: min(self._count, WINDOW)]
        return int(np.percentile(known, percent, method="lower")) if len(known) else self._floor
