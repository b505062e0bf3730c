"""Administrative states of a network's cells (TS 28.541 4.3.5, ITU-T X.731): what an operator takes out of service.

A locked cell is out of service as one that sleeps, but its radio unit stays idle: it saves what the traffic cost, and
no more. A cell that shuts down serves the users it has, takes no other, and is locked when the last has left.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Ints
from ricloop_e2sim.energy.cellstate import AdminState


class Administration:
    """Of every cell [c]; an order takes effect at the start of the next tick."""

    def __init__(self, cells: int) -> None:
        self.state: Ints = np.zeros(cells, dtype=np.int64)
        """[c] of `AdminState`."""
        self.changes = 0
        """How often a state was changed."""
        self.locked: Bools = np.zeros(cells, dtype=np.bool_)
        self.closing: Bools = np.zeros(cells, dtype=np.bool_)

    def order(self, cell: int, state: AdminState) -> None:
        self.state[cell] = int(state)
        self._changed()

    def _changed(self) -> None:
        self.changes += 1
        self.locked = np.equal(self.state, AdminState.LOCKED)
        self.closing = np.equal(self.state, AdminState.SHUTTINGDOWN)

    def settle(self, users: Ints) -> None:
        """Lock what shuts down and has no users, [c], left."""
        empty = self.closing & (users == 0)
        if empty.any():
            self.state[empty] = int(AdminState.LOCKED)
            self._changed()
