"""What one gNB of a network does with its cells: sleep in some depth, wake, lock, shut down."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Ints
from ricloop_e2sim.energy.cellstate import AdminState, CellState, Depth
from ricloop_e2sim.network.world import NetworkWorld


class GnbSwitches:
    """The `cells` of a network, which are numbered from 0 here."""

    def __init__(self, world: NetworkWorld, cells: slice) -> None:
        self._world, self._cells = world, cells

    @property
    def state(self) -> Ints:
        """[c] of `CellState`; a cell without power is taken for one that sleeps."""
        dark = self._world.impairments.dark[self._cells]
        return np.where(dark, CellState.ASLEEP, self._world.availability.energy.state[self._cells])

    @property
    def saving(self) -> Bools:
        """[c]: asleep, or not yet back in service."""
        return self._world.availability.energy.saving[self._cells]

    def sleep(self, cell: int, depth: Depth) -> None:
        """From the next tick on; AWAKE wakes."""
        self._world.availability.energy.sleep(self._cells.start + cell, depth)

    def depth(self, cell: int) -> Depth:
        """Of the sleep that it is in or falls into; AWAKE also for a cell that wakes."""
        energy, number = self._world.availability.energy, self._cells.start + cell
        waking = energy.state[number] == CellState.WAKING
        return Depth.AWAKE if waking else Depth(int(energy.depth[number]))

    def administered(self, cell: int) -> AdminState:
        return AdminState(int(self._world.availability.administration.state[self._cells.start + cell]))

    def administer(self, cell: int, state: AdminState) -> None:
        """From the next tick on."""
        self._world.availability.administration.order(self._cells.start + cell, state)
