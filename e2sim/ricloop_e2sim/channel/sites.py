"""The sites of one scenario as tables, and the antenna gain of their cells in a direction."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY
from ricloop_e2sim.channel.antenna import pattern_db
from ricloop_e2sim.channel.plan import Plan


class Sites:
    """Sites by their index among those of the scenario; cells in slots, 0..slots−1 of each site.

    Tables are [slots, sites], or [slots, 1] or [1, 1] where all are alike: most plans have one antenna and one tilt,
    and what is alike need not be looked up per user.
    """

    def __init__(self, plan: Plan, scenario: str, xp: Arrays = NUMPY) -> None:
        names = np.flatnonzero(np.array(plan.scenario) == scenario)
        self._xp = xp
        self.count = len(names)
        self.names: Ints = xp.put(names)
        """[sites]: number in the plan."""
        self.x_m: Floats = xp.put(plan.x_m[names])
        self.y_m: Floats = xp.put(plan.y_m[names])
        self._height: Floats = xp.put(_narrow(plan.height_m[np.newaxis, names]))
        mine = np.flatnonzero(np.isin(plan.site, names))
        mine = mine[np.argsort(plan.site[mine], kind="stable")]
        at = np.searchsorted(names, plan.site[mine])
        counts = np.bincount(at, minlength=len(names))
        slot = np.arange(len(mine)) - np.repeat(np.cumsum(counts) - counts, counts)
        self.slots = int(counts.max())
        cells = np.full((self.slots, len(names)), -1)
        cells[slot, at] = mine
        self.cells: Ints = xp.put(cells)
        """[slots, sites]: cell in the plan, −1 where a site has fewer than the most."""

        def table(values: Floats, absent: float | None = None) -> Floats:
            filled = np.full(cells.shape, values[mine[0]] if absent is None else absent)
            filled[slot, at] = values[mine]
            narrow: Floats = xp.put(_narrow(filled))
            return narrow

        self._azimuth = table(plan.azimuth_deg)
        self._tilt = table(plan.tilt_deg)
        self._horizontal = table(plan.horizontal_deg)
        self._vertical = table(plan.vertical_deg)
        self._peak = table(plan.peak_dbi, absent=-np.inf)
        frequencies = np.unique(plan.frequency_ghz[mine])
        self.frequencies_ghz: list[float] = frequencies.tolist()
        """Ascending."""
        carrier = np.zeros(cells.shape, dtype=np.int64)
        carrier[slot, at] = np.searchsorted(frequencies, plan.frequency_ghz[mine])
        self._carrier: Ints = xp.put(carrier)

    def height_m(self, near: Ints) -> Floats:
        """Of sites [n, keep]; of a shape that broadcasts to it."""
        height: Floats = _of(self._height, near)[0]
        return height

    def antenna_db(self, azimuth_deg: Floats, below_deg: Floats, near: Ints) -> Floats:
        """[slots, n, keep]: gain towards directions [n, keep] of the cells of sites [n, keep]; −∞ without a cell."""
        pattern = pattern_db(
            azimuth_deg - _of(self._azimuth, near),
            below_deg - _of(self._tilt, near),
            _of(self._horizontal, near),
            _of(self._vertical, near),
            self._xp,
        )
        gain = self._xp.empty((self.slots, *near.shape))
        self._xp.add(pattern, _of(self._peak, near), out=gain)
        return gain

    def subtract(self, gain_db: Floats, losses_db: list[Floats], near: Ints) -> None:
        """Takes from gains [slots, n, keep] the loss [n, keep] of each cell's own carrier, of those per carrier."""
        if len(losses_db) == 1:
            gain_db -= losses_db[0]
            return
        carrier = self._carrier[:, near]
        for index, loss in enumerate(losses_db):
            gain_db -= self._xp.where(carrier == index, loss, 0.0)


def _narrow(table: Floats) -> Floats:
    """A table [slots, sites] as [slots, 1] where all sites are alike, and as [1, 1] where all slots are too."""
    if (table == table[:, :1]).all():
        table = table[:, :1]
        if (table == table[0]).all():
            table = table[:1]
    return table


def _of(table: Floats, near: Ints) -> Floats:
    """What a table says of sites [n, keep]: [slots, n, keep], or less that broadcasts to it."""
    return table[:, :, np.newaxis] if table.shape[1] == 1 else table[:, near]
