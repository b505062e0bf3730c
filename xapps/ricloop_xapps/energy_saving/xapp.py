"""Save energy by rule: empty a capacity cell by handover, put it to sleep, and wake it before it is missed.

A *capacity* cell is one that another cell of its site covers in full (3GPP TS 28.541 `isESCoveredBy`); its cover takes
its users. Per capacity cell and report, with `together` the load both would put on the cover:

    awake, together expected below `sleep_below`   users left: hand them over    none left: sleep
    asleep, together expected above `wake_above`   wake

Expected means: level and upward slope `lead` reports ahead plus the usual error (`trend.py`), so a wake is sent
before the cover is full. An area is never uncovered: only covered cells are touched, and KeepCoverage guards it.
"""

from __future__ import annotations

from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ricloop import Cooldown, Decision, KeepCoverage, Latest, Settings, Topology, XApp, hold, ms, on, topology
from ricloop.core.actions import Action
from ricloop.e2sm import ccc, kpm, rc
from ricloop_xapps.energy_saving.trend import Floats, Trend

Rows = NDArray[np.intp]

USED = kpm.Metric("RRU.PrbUsedDl")
AVAILABLE = kpm.Metric("RRU.PrbAvailDl")
CONNECTED = kpm.Metric("RRC.ConnMean")
RSRP = kpm.Metric("RSRP")

load = kpm.every(ms(100), USED, AVAILABLE, CONNECTED)
users = kpm.every_ue(ms(500), RSRP, CONNECTED)
state = ccc.watch(ccc.EnergySaving)


class Limits(Settings):
    sleep_below: float = 45.0
    """Downlink PRB use, in percent of the covering cell, both cells' load together, under which a cell may sleep."""
    wake_above: float = 65.0
    """The same, above which the sleeping cell wakes."""
    transfer: float = 1.0
    """Resource blocks a cover needs for what one block of the capacity cell carried."""
    lead: float = 3.0
    """Reports ahead that load is extrapolated: at least the wake time over the report period."""
    margin: float = 1.0
    """Mean absolute errors added to what is expected."""
    drain: bool = True
    """Hand users over before a cell sleeps. Off, they are cut: only to show what that costs."""


class EnergySaving(XApp[Limits]):
    guards = (KeepCoverage(), Cooldown(ms(1500)))

    def __init__(self, settings: Limits | None = None) -> None:
        super().__init__(settings)
        self._trend = Trend()

    @on(load, users, state, topology, deadline=ms(10), late=hold, error=hold)
    def decide(
        self,
        report: kpm.Report,
        located: Latest[kpm.UeReport],
        states: Latest[ccc.States],
        plan: Latest[Topology],
    ) -> Decision:
        if not (states.known and plan.known):
            return Decision.none("cell states or topology not known yet")
        capacity, cover = self._pairs(report, plan.value)
        if not len(capacity):
            return Decision.none("no cell of this site is covered by another")

        asleep = states.value.asleep(report.cells)[capacity]
        alone, together = self._on_cover(report, capacity, cover)
        cells = report.cells[capacity]
        self._trend.update(cells, together)
        expected = self._trend.ahead(cells, self.settings.lead, self.settings.margin)

        wake = asleep & (np.maximum(expected, alone) > self.settings.wake_above)
        rest = ~asleep & (np.maximum(expected, together) < self.settings.sleep_below)
        occupied = ~(report[CONNECTED][capacity] < 1)
        if not self.settings.drain:
            occupied[:] = False
        moves = (
            self._moves(located, int(report.cells[capacity[i]]), int(report.cells[cover[i]]))
            for i in np.flatnonzero(rest & occupied)
        )
        return Decision.of(
            map(ccc.wake, cells[wake]),
            map(ccc.sleep, cells[rest & ~occupied]),
            chain.from_iterable(moves),
            reason="cover nearly full, or cell not needed",
        )

    @staticmethod
    def _pairs(report: kpm.Report, plan: Topology) -> tuple[Rows, Rows]:
        """Rows of the report's capacity cells and of the cells that cover them, shapes [pairs]."""
        row = {int(cell): i for i, cell in enumerate(report.cells)}
        pairs = [(row[c], row[v]) for c in row for v in plan.covering(c) if v in row]
        first = dict(reversed(pairs))
        return np.fromiter(first.keys(), np.intp, len(first)), np.fromiter(first.values(), np.intp, len(first))

    def _on_cover(self, report: kpm.Report, capacity: Rows, cover: Rows) -> tuple[Floats, Floats]:
        """Percent of each pair's cover: its own load, and with all its capacity cells' load; shapes [pairs]."""
        used, available = (np.nan_to_num(report[m].astype(np.float64)) for m in (USED, AVAILABLE))
        moved = self.settings.transfer * np.bincount(cover, weights=used[capacity], minlength=len(used))
        # A cover that reports no resource blocks can take nothing.
        share = np.divide(100.0, available, out=np.full(len(used), 1e9), where=available > 0)[cover]
        return used[cover] * share, (used + moved)[cover] * share

    @staticmethod
    def _moves(located: Latest[kpm.UeReport], source: int, target: int) -> list[Action]:
        if not located.known:
            return []
        return [rc.handover(ue, target) for ue in located.value.in_cell(source)]
