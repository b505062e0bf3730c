"""Save energy by rule: empty a capacity cell by handover, put it to sleep, and wake it before it is missed.

A *capacity* cell is one that another cell of its site covers in full (3GPP TS 28.541 `isESCoveredBy`); its cover takes
its users. Per capacity cell and report, with the load that both would put on the cover:

    awake, under `sleep_below` for `calm_s`    users left: hand them over    none left: sleep
    awake and drained, under `wake_above`      the same
    awake and drained, above `wake_above`      hand the users back: the drain is called off
    asleep, above `wake_above`                 wake

Load is taken as expected `lead_s` ahead: level, upward slope and the usual error (`trend.py`), so a wake is sent before
the cover is full. An area is never uncovered: only covered cells are touched, and KeepCoverage guards it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ricloop import Cooldown, Decision, KeepCoverage, Latest, Settings, Topology, XApp, hold, ms, on, topology
from ricloop.core.actions import Action
from ricloop.e2sm import ccc, kpm, rc
from ricloop_xapps.energy_saving.trend import Cells, Floats, Trend

Rows = NDArray[np.intp]

USED = kpm.Metric("RRU.PrbUsedDl")
AVAILABLE = kpm.Metric("RRU.PrbAvailDl")
CONNECTED = kpm.Metric("RRC.ConnMean")
RSRP = kpm.Metric("RSRP")

load = kpm.every(ms(100), USED, AVAILABLE, CONNECTED)
users = kpm.every_ue(ms(500), RSRP, CONNECTED)
state = ccc.watch(ccc.EnergySaving)


class Limits(Settings):
    sleep_below: float = 40.0
    """Downlink PRB use, in percent of the covering cell, both cells' load together, under which a cell may sleep."""
    wake_above: float = 60.0
    """The same, above which the sleeping cell wakes."""
    calm_s: float = 0.5
    """Seconds for which load must have stayed under `sleep_below`."""
    lead_s: float = 0.8
    """Seconds ahead that load is extrapolated: the wake time, and what it takes to ask for it. At least one report."""
    memory_s: float = 0.5
    """Seconds over which load is smoothed."""
    margin: float = 1.0
    """Mean absolute errors added to what is expected."""
    transfer: float = 1.0
    """Resource blocks a cover needs for what one block of the capacity cell carried."""
    drain: bool = True
    """Hand users over before a cell sleeps. Off, they are cut: only to show what that costs."""


class EnergySaving(XApp[Limits]):
    guards = (KeepCoverage(), Cooldown(ms(1500)))

    def __init__(self, settings: Limits | None = None) -> None:
        super().__init__(settings)
        self._trend = Trend(self.settings.memory_s)
        self._busy_s: dict[int, float] = {}
        """Per capacity cell, when load was last above `sleep_below`, or first heard of."""
        self._moved: dict[int, dict[int, None]] = {}
        """Per capacity cell that is being drained, the users that were handed over."""
        self._last_s: dict[int, float] = {}
        """Per capacity cell, when it was last heard of."""

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

        cells, covers = report.cells[capacity], report.cells[cover]
        asleep = states.value.asleep(cells)
        alone, expected = self._expect(report, capacity, cover)
        missed = np.maximum(expected, alone) > self.settings.wake_above
        # A drain shows what its users really cost the cover: it goes on as long as the cover can take it.
        drained = np.array([cell in self._moved for cell in cells.tolist()])
        rest = ~asleep & (self._calm(cells, expected, report.time / 1e9) | (drained & ~missed))
        occupied = ~(report[CONNECTED][capacity] < 1) if self.settings.drain else np.zeros(len(cells), bool)
        for cell in cells[asleep].tolist():
            self._moved.pop(cell, None)
        return Decision.of(
            map(ccc.wake, cells[missed & asleep]),
            map(ccc.sleep, cells[rest & ~occupied]),
            self._drain(located, cells[rest & occupied], covers[rest & occupied]),
            self._give_back(located, cells[missed & ~asleep], covers[missed & ~asleep]),
            reason="cover nearly full, or cell not needed",
        )

    @staticmethod
    def _pairs(report: kpm.Report, plan: Topology) -> tuple[Rows, Rows]:
        """Rows of the report's capacity cells and of the cells that cover them, shapes [pairs]."""
        row = {int(cell): i for i, cell in enumerate(report.cells)}
        first: dict[int, int] = {}
        for cell, i in row.items():
            for over in plan.covering(cell):
                if over in row:
                    first.setdefault(i, row[over])
        return np.fromiter(first.keys(), np.intp, len(first)), np.fromiter(first.values(), np.intp, len(first))

    def _expect(self, report: kpm.Report, capacity: Rows, cover: Rows) -> tuple[Floats, Floats]:
        """Percent of each pair's cover: what it uses now, and what both are expected to; shapes [pairs]."""
        used, available = (np.nan_to_num(report[m].astype(np.float64)) for m in (USED, AVAILABLE))
        moved = self.settings.transfer * np.bincount(cover, weights=used[capacity], minlength=len(used))
        # A cover that reports no resource blocks can take nothing.
        share = np.divide(100.0, available, out=np.full(len(used), 1e9), where=available > 0)[cover]
        cells, now_s = report.cells[capacity], report.time / 1e9
        self._trend.update(cells, (used + moved)[cover] * share, now_s)
        between = np.array([now_s - self._last_s.get(cell, now_s) for cell in cells.tolist()])
        self._last_s.update(dict.fromkeys(cells.tolist(), now_s))
        lead = np.maximum(self.settings.lead_s, between)
        return used[cover] * share, self._trend.ahead(cells, lead, self.settings.margin)

    def _calm(self, cells: Cells, expected: Floats, now_s: float) -> NDArray[np.bool_]:
        """Which cells' load has stayed under `sleep_below` for `calm_s`, shape [cells]."""
        for cell, percent in zip(cells.tolist(), expected.tolist(), strict=True):
            if not percent < self.settings.sleep_below:
                self._busy_s[cell] = now_s
        since = np.array([now_s - self._busy_s.setdefault(cell, now_s) for cell in cells.tolist()])
        return since >= max(self.settings.calm_s, 1e-9)

    def _drain(self, located: Latest[kpm.UeReport], cells: Cells, covers: Cells) -> Iterator[Action]:
        """Hand every user of `cells` to its cover, and remember it."""
        if located.known:
            for cell, cover in zip(cells.tolist(), covers.tolist(), strict=True):
                for ue in located.value.in_cell(cell).tolist():
                    self._moved.setdefault(cell, {})[ue] = None
                    yield rc.handover(ue, cover)

    def _give_back(self, located: Latest[kpm.UeReport], cells: Cells, covers: Cells) -> Iterator[Action]:
        """Hand the users of drains that were called off back to `cells`."""
        if located.known:
            for cell, cover in zip(cells.tolist(), covers.tolist(), strict=True):
                moved = self._moved.pop(cell, {})
                for ue in located.value.in_cell(cover).tolist():
                    if ue in moved:
                        yield rc.handover(ue, cell)
