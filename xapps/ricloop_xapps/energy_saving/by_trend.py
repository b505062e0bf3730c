"""Who may sleep, by the pairs' own trend: what there is without a forecast."""

from __future__ import annotations

import numpy as np

from ricloop_xapps.energy_saving.pairs import Bools, Pairs, Plan
from ricloop_xapps.energy_saving.trend import Cells, Floats, Trend


class ByTrend:
    """Two thresholds on what both cells together are expected to need of the cover."""

    def __init__(self, *, memory_s: float, lead_s: float, calm_s: float, margin: float, transfer: float) -> None:
        """As the settings have them (`xapp.Limits`)."""
        self._trend = Trend(memory_s)
        self._lead_s, self._calm_s, self._margin, self._transfer = lead_s, calm_s, margin, transfer
        self._busy_s: dict[int, float] = {}
        """When load was last above the lower threshold, or first heard of."""
        self._last_s: dict[int, float] = {}

    def expect(self, pairs: Pairs) -> Floats:
        """[pairs]: percent of the cover that both will need, after taking in this report. Once per report."""
        moved = self._transfer * np.bincount(pairs.cover, pairs.used[pairs.capacity], len(pairs.used))
        self._trend.update(pairs.cells, (pairs.used + moved)[pairs.cover] * pairs.share, pairs.time_s)
        between = np.array([pairs.time_s - self._last_s.get(cell, pairs.time_s) for cell in pairs.cells.tolist()])
        self._last_s.update(dict.fromkeys(pairs.cells.tolist(), pairs.time_s))
        return self._trend.ahead(pairs.cells, np.maximum(self._lead_s, between), self._margin)

    def plan(self, pairs: Pairs, expected: Floats, draining: Bools, below: float, above: float) -> Plan:
        """Sleep after `calm_s` under `below`, wake above `above`; a drain shows what its users really cost the cover:
        it goes on as long as the cover can take it."""
        missed = np.maximum(expected, pairs.alone) > above
        return Plan(~pairs.asleep & (self._calm(pairs, expected, below) | (draining & ~missed)), missed)

    def busy(self, cells: Cells, time_s: float) -> None:
        """These are to stay as they are for `calm_s`."""
        self._busy_s.update(dict.fromkeys(cells.tolist(), time_s))

    def _calm(self, pairs: Pairs, expected: Floats, below: float) -> Bools:
        self.busy(pairs.cells[~(expected < below)], pairs.time_s)
        since = [pairs.time_s - self._busy_s.setdefault(cell, pairs.time_s) for cell in pairs.cells.tolist()]
        return np.array(since) >= max(self._calm_s, 1e-9)
