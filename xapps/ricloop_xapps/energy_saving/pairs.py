"""The capacity cells of a report beside their covers, and what is to become of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop import Topology
from ricloop.e2sm import ccc, kpm
from ricloop_xapps.energy_saving.trend import Cells, Floats

Rows = NDArray[np.intp]
Bools = NDArray[np.bool_]

USED = kpm.Metric("RRU.PrbUsedDl")
AVAILABLE = kpm.Metric("RRU.PrbAvailDl")
CONNECTED = kpm.Metric("RRC.ConnMean")


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """One row per capacity cell, unless it says otherwise."""

    capacity: Rows
    """Its row in the report."""
    cover: Rows
    """Its cover's row in the report."""
    cells: Cells
    covers: Cells
    asleep: Bools
    occupied: Bools
    """It has users, or does not say that it has none."""
    gap: Bools
    """Its cover, or it while it is awake, does not say what it uses."""
    old: Bools
    """What it or its cover says is of an earlier period."""
    used: Floats
    """[cells of the report]: blocks in use."""
    blocks: Floats
    """[cells of the report]: blocks there are; 0 while asleep."""
    time_s: float

    @classmethod
    def of(cls, report: kpm.Report, states: ccc.States, plan: Topology) -> Pairs:
        """Of the report's cells whose cover is in it too."""
        row = {int(cell): i for i, cell in enumerate(report.cells)}
        first: dict[int, int] = {}
        for cell, i in row.items():
            for over in plan.covering(cell):
                if over in row:
                    first.setdefault(i, row[over])
        capacity, cover = (np.fromiter(rows, np.intp, len(first)) for rows in (first.keys(), first.values()))
        cells = report.cells[capacity]
        used, blocks = (report[metric].astype(np.float64) for metric in (USED, AVAILABLE))
        asleep, unknown = states.asleep(cells), np.isnan(used + blocks)
        return cls(
            capacity=capacity,
            cover=cover,
            cells=cells,
            covers=report.cells[cover],
            asleep=asleep,
            occupied=~(report[CONNECTED][capacity] < 1),
            gap=unknown[cover] | ~asleep & unknown[capacity],
            old=(report.stale()[capacity] | report.stale()[cover]),
            used=np.nan_to_num(used),
            blocks=np.nan_to_num(blocks),
            time_s=report.time / 1e9,
        )

    @property
    def share(self) -> Floats:
        """Percent of the cover per block; a cover without blocks can take nothing."""
        available = self.blocks[self.cover]
        share: Floats = np.divide(100.0, available, out=np.full(len(available), 1e9), where=available > 0)
        return share

    @property
    def alone(self) -> Floats:
        """Percent of its cover in use now."""
        return self.used[self.cover] * self.share


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """One row per pair; a cell that is neither stays as it is."""

    rest: Bools
    """To be asleep: emptied first where it has users."""
    wake: Bools
    """To be awake, and not to be emptied."""
