"""Windows of time over a gNB's world, from one report to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.gnb.layout import Layout


@dataclass(frozen=True, eq=False)
class Sample:
    """One reporting window of one gNB."""

    layout: Layout
    seconds: float
    cell: Floats
    """[CellCounter, cells]: growth of the totals."""
    user: Floats
    """[UserCounter, users]: growth of the totals."""
    serving: Ints
    """[users]: at the end."""
    most_connected: Floats
    least_power_w: Floats
    most_power_w: Floats
    """[cells]: extremes over the window's ticks."""

    def own(self, values: Floats) -> Floats:
        """[users] of [users, cells]: the serving cell's column, NaN for users without a cell."""
        return np.where(self.serving >= 0, values[np.arange(len(self.serving)), self.serving], np.nan)

    def cell_mean(self, values: Floats) -> Floats:
        """[cells] of [users]: mean over each cell's users, NaN where there are none."""
        attached = self.serving >= 0
        within, cells = self.serving[attached], self.layout.cell_count
        total = np.bincount(within, values[attached], cells).astype(np.float64)
        count = np.bincount(within, np.ones(len(within)), cells).astype(np.float64)
        return ratio(total, count)


class Counted(Protocol):
    """A world's running totals, and its last tick."""

    @property
    def layout(self) -> Layout: ...

    @property
    def time_us(self) -> int: ...

    @property
    def totals(self) -> Floats: ...

    @property
    def user_totals(self) -> Floats: ...

    @property
    def serving(self) -> Ints: ...

    @property
    def power_w(self) -> Floats: ...

    def connected(self) -> Ints: ...


class Window:
    """Collects what a `Sample` needs, from one report to the next."""

    def __init__(self, world: Counted) -> None:
        self._world = world
        self._start()

    def _start(self) -> None:
        world = self._world
        self._since_us = world.time_us
        self._cell, self._user = world.totals.copy(), world.user_totals.copy()
        self._connected = np.zeros(world.layout.cell_count)
        self._least = np.full(world.layout.cell_count, np.inf)
        self._most = np.zeros(world.layout.cell_count)

    def tick(self) -> None:
        """Take the extremes of the tick that the world just made."""
        np.maximum(self._connected, self._world.connected(), out=self._connected)
        np.minimum(self._least, self._world.power_w, out=self._least)
        np.maximum(self._most, self._world.power_w, out=self._most)

    def close(self) -> Sample:
        """The window so far; the next one starts."""
        world = self._world
        sample = Sample(
            layout=world.layout,
            seconds=(world.time_us - self._since_us) / 1e6,
            cell=world.totals - self._cell,
            user=world.user_totals - self._user,
            serving=world.serving.copy(),
            most_connected=self._connected,
            least_power_w=self._least,
            most_power_w=self._most,
        )
        self._start()
        return sample


def ratio(part: Floats, whole: Floats) -> Floats:
    """NaN where there is nothing of the whole."""
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))
