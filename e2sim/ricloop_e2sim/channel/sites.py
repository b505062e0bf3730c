"""The sites of one scenario as tables, and the antenna gain of their cells in a direction."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.channel.antenna import pattern_db
from ricloop_e2sim.channel.plan import Plan
from ricloop_e2sim.layout import Floats, Ints


class Sites:
    """Sites by their index among those of the scenario; cells in slots, 0..slots−1 of each site.

    Tables are [slots, sites], or [slots, 1] or [1, 1] where all are alike: most plans have one antenna and one tilt,
    and what is alike need not be looked up per user.
    """

    def __init__(self, plan: Plan, scenario: str) -> None:
        self.names = np.flatnonzero(np.array(plan.scenario) == scenario)
        """[sites]: number in the plan."""
        self.x_m, self.y_m = plan.x_m[self.names], plan.y_m[self.names]
        self._height = _narrow(plan.height_m[np.newaxis, self.names])
        mine = np.flatnonzero(np.isin(plan.site, self.names))
        mine = mine[np.argsort(plan.site[mine], kind="stable")]
        at = np.searchsorted(self.names, plan.site[mine])
        counts = np.bincount(at, minlength=len(self.names))
        slot = np.arange(len(mine)) - np.repeat(np.cumsum(counts) - counts, counts)
        self.slots = int(counts.max())
        self.cells = np.full((self.slots, len(self.names)), -1)
        """[slots, sites]: cell in the plan, −1 where a site has fewer than the most."""
        self.cells[slot, at] = mine

        def table(values: Floats, absent: float | None = None) -> Floats:
            filled = np.full(self.cells.shape, values[mine[0]] if absent is None else absent)
            filled[slot, at] = values[mine]
            return _narrow(filled)

        self._azimuth = table(plan.azimuth_deg)
        self._tilt = table(plan.tilt_deg)
        self._horizontal = table(plan.horizontal_deg)
        self._vertical = table(plan.vertical_deg)
        self._peak = table(plan.peak_dbi, absent=-np.inf)
        frequencies = np.unique(plan.frequency_ghz[mine])
        self.frequencies_ghz: list[float] = frequencies.tolist()
        """Ascending."""
        self._carrier = np.zeros(self.cells.shape, dtype=np.int64)
        self._carrier[slot, at] = np.searchsorted(frequencies, plan.frequency_ghz[mine])

    def height_m(self, near: Ints) -> Floats:
        """Of sites [n, keep]; of a shape that broadcasts to it."""
        return np.asarray(_of(self._height, near)[0])

    def antenna_db(self, azimuth_deg: Floats, below_deg: Floats, near: Ints) -> Floats:
        """[slots, n, keep]: gain towards directions [n, keep] of the cells of sites [n, keep]; −∞ without a cell."""
        pattern = pattern_db(
            azimuth_deg - _of(self._azimuth, near),
            below_deg - _of(self._tilt, near),
            _of(self._horizontal, near),
            _of(self._vertical, near),
        )
        gain = np.empty((self.slots, *near.shape))
        np.add(pattern, _of(self._peak, near), out=gain)
        return gain

    def subtract(self, gain_db: Floats, losses_db: list[Floats], near: Ints) -> None:
        """Takes from gains [slots, n, keep] the loss [n, keep] of each cell's own carrier, of those per carrier."""
        if len(losses_db) == 1:
            gain_db -= losses_db[0]
            return
        carrier = self._carrier[:, near]
        for index, loss in enumerate(losses_db):
            np.subtract(gain_db, loss, out=gain_db, where=carrier == index)


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
