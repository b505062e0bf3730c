"""What measurements need beside the world's own totals, taken once a tick while somebody measures."""

from __future__ import annotations

from typing import Final

import numpy as np

from ricloop_e2sim.layout import Floats
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.distributions import UserTick, bin_count, counted
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.network.world import NetworkWorld

QUEUE_BIT_S: Final = UserTotal.COUNT
"""Row of `Gauges.user` behind those of `UserTotal`."""
ROWS: Final = UserTotal.COUNT + 1


class Extreme:
    """Rows of `Gauges.last`."""

    CONNECTED: Final = 0
    PRBS: Final = 1
    ACTIVE: Final = 2
    POWER_W: Final = 3
    COUNT: Final = 4


class Gauges:
    """Of cells [c], users [u] and classes [k]."""

    def __init__(self, world: NetworkWorld, classes: Classes) -> None:
        self._world, self._classes = world, classes
        self.user: Floats = np.zeros((ROWS, world.population.count))
        """[ROWS, u]: the world's totals, and the bits that wait × s."""
        self.by_class: Floats | None = None
        """[ROWS, c, k]: what the users of a class add in the cells that they are in; None: nobody asks."""
        self.bins: dict[str, Floats] = {}
        """[c, bins] by measurement, of those that are asked for."""
        self.last: Floats = np.zeros((Extreme.COUNT, world.deployment.cell_count))
        """[Extreme, c]: of the last tick."""
        self._backlog: Floats = np.zeros(world.population.count)
        self._busy: Floats = np.zeros(world.deployment.cell_count)

    def resume(self) -> None:
        """Go on from now, after ticks that were not taken."""
        totals = self._world.totals
        self.user[: UserTotal.COUNT] = totals.user
        np.copyto(self._backlog, self._world.backlog)
        np.copyto(self._busy, totals.cell[CellTotal.BUSY_UE_S])

    def split(self) -> None:
        """Keep totals by class from now on."""
        if self.by_class is None:
            self.by_class = np.zeros((ROWS, self._world.deployment.cell_count, self._classes.count))

    def count(self, name: str) -> None:
        """Keep a distribution from now on."""
        if name not in self.bins:
            self.bins[name] = np.zeros((self._world.deployment.cell_count, bin_count(name)))

    def tick(self) -> None:
        """Take the tick that the world just made."""
        world, seconds = self._world, self._world.tick_us / 1e6
        grown = world.totals.user - self.user[: UserTotal.COUNT]
        np.copyto(self.user[: UserTotal.COUNT], world.totals.user)
        waiting = (self._backlog + grown[UserTotal.OFFERED_BITS] + world.backlog) * (seconds / 2)
        self.user[QUEUE_BIT_S] += waiting
        np.copyto(self._backlog, world.backlog)
        busy = world.totals.cell[CellTotal.BUSY_UE_S]
        self.last[Extreme.CONNECTED] = world.connected()
        np.multiply(world.use, world.deployment.prbs, out=self.last[Extreme.PRBS])
        np.divide(busy - self._busy, seconds, out=self.last[Extreme.ACTIVE])
        self.last[Extreme.POWER_W] = world.power_w
        np.copyto(self._busy, busy)
        if self.by_class is not None:
            self._add_by_class(self.by_class, (*grown, waiting))
        for name, table in self.bins.items():
            table += counted(name, world, UserTick(grown, waiting))

    def _add_by_class(self, table: Floats, rows: tuple[Floats, ...]) -> None:
        _, cells, classes = table.shape
        known = np.flatnonzero(self._world.camped >= 0)
        at = self._world.camped[known] * classes + self._classes.of[known]
        for total, values in zip(table, rows, strict=True):
            total += np.bincount(at, values[known], cells * classes).reshape(cells, classes)
