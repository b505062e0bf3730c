"""What measurements need beside the world's own totals, taken once a tick while somebody measures."""

from __future__ import annotations

from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.bins import bin_count
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.distributions import counted
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.network.world import NetworkWorld


class Extreme:
    """Rows of `Gauges.last`."""

    CONNECTED: Final = 0
    PRBS: Final = 1
    ACTIVE: Final = 2
    POWER_W: Final = 3
    PRBS_UP: Final = 4
    ACTIVE_UP: Final = 5
    COUNT: Final = 6


class Gauges:
    """Of cells [c], users and classes [k]."""

    def __init__(self, world: NetworkWorld, classes: Classes) -> None:
        self._world, self._classes = world, classes
        self.by_class: Floats | None = None
        """[UserTotal, 2, c, k]: what the users of a class add in the cells that they are in; None: nobody asks."""
        self.bins: dict[str, Floats] = {}
        """[c, bins] by measurement, of those that are asked for."""
        self.last: Floats = np.zeros((Extreme.COUNT, world.deployment.cell_count))
        """[Extreme, c]: of the last tick."""
        self._users: Floats = np.zeros_like(world.totals.users)
        self._busy: Floats = np.zeros((2, world.deployment.cell_count))

    def resume(self) -> None:
        """Go on from now, after ticks that were not taken."""
        np.copyto(self._users, self._world.totals.users)
        self._busy = self._busy_now()

    def _busy_now(self) -> Floats:
        """[2, c] user seconds."""
        totals = self._world.totals
        return np.stack((totals.cell[CellTotal.BUSY_UE_S], totals.cell_up[CellTotal.BUSY_UE_S]))

    def split(self) -> None:
        """Keep totals by class from now on."""
        if self.by_class is None:
            self.by_class = np.zeros((UserTotal.COUNT, 2, self._world.deployment.cell_count, self._classes.count))
            np.copyto(self._users, self._world.totals.users)

    def count(self, name: str) -> None:
        """Keep a distribution from now on."""
        if name not in self.bins:
            self.bins[name] = np.zeros((self._world.deployment.cell_count, bin_count(name)))
            np.copyto(self._users, self._world.totals.users)

    def tick(self) -> None:
        """Take the tick that the world just made."""
        world, last = self._world, self.last
        last[Extreme.CONNECTED] = world.inside
        last[[Extreme.PRBS, Extreme.PRBS_UP]] = world.uses * world.deployment.prbs
        busy = self._busy_now()
        last[[Extreme.ACTIVE, Extreme.ACTIVE_UP]] = (busy - self._busy) * (1e6 / world.tick_us)
        self._busy = busy
        last[Extreme.POWER_W] = world.power_w
        if self.by_class is None and not self.bins:
            return
        grown = world.totals.users - self._users
        np.copyto(self._users, world.totals.users)
        if self.by_class is not None:
            self._add_by_class(self.by_class, grown)
        for name, table in self.bins.items():
            table += counted(name, world, grown)

    def _add_by_class(self, table: Floats, grown: Floats) -> None:
        rows, ways, cells, classes = table.shape
        known = np.flatnonzero(self._world.camped >= 0)
        at = self._world.camped[known] * classes + self._classes.of[known]
        where = np.arange(rows * ways)[:, np.newaxis] * (cells * classes) + at
        values = grown[:, :, known].ravel()
        table += np.bincount(where.ravel(), values, table.size).reshape(table.shape)
