"""Running totals that measurements are differences of. One row per counter, one column per cell or user.

Sums over time are in seconds × the unit. The first rows are kept of either direction, and are the same for both.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.rrc import counters as rrc

DOWN: Final = 0
UP: Final = 1
"""The places of the two ways in whatever has both."""


class CellTotal:
    """Rows of `NetworkTotals.cell`; those before CONNECTED_S also of `NetworkTotals.cell_up`."""

    PRB_S: Final = 0
    """PRBs in use."""
    BITS: Final = 1
    """Delivered."""
    OFFERED_BITS: Final = 2
    """Of users that camp on the cell or are connected to it."""
    LOST_BITS: Final = 3
    """What did not fit into their buffers."""
    BUSY_UE_S: Final = 4
    """Users with data in the buffer."""
    QUEUE_BIT_S: Final = 5
    """Bits that wait; over the bits delivered, the mean time that a bit waits (Little)."""
    SLOT_BITS: Final = 6
    """Of those delivered, what came when all that waited fitted into one slot."""
    AVAILABLE_PRB_S: Final = 7
    """PRBs offered: none while out of service."""
    CONNECTED_S: Final = 8
    ENERGY_J: Final = 9
    ASLEEP_S: Final = 10
    SLEEPS: Final = 11
    WAKES: Final = 12
    OUT_S: Final = 13
    """Out of service, for whatever reason."""
    COUNT: Final = 14


class UserTotal:
    """Rows of `NetworkTotals.users`; those before CONNECTED_S are those of `CellTotal`, of a user's share."""

    PRB_S: Final = 0
    BITS: Final = 1
    OFFERED_BITS: Final = 2
    LOST_BITS: Final = 3
    BUSY_S: Final = 4
    """Time with data in the buffer."""
    QUEUE_BIT_S: Final = 5
    SLOT_BITS: Final = 6
    CONNECTED_S: Final = 7
    """The same of both directions."""
    COUNT: Final = 8


SUMMED: Final = CellTotal.SLOT_BITS + 1
"""So many rows sum what the users of a cell have, and are the same of `CellTotal` and `UserTotal`."""


class NetworkTotals:
    """Of cells [c] and users [u] since the beginning."""

    def __init__(self, cells: int, users: int) -> None:
        self._ways: Floats = np.zeros((CellTotal.COUNT, 2, cells + 1))
        """[CellTotal, 2, 1 + c]: of both directions; before the cells, of users who never had one."""
        self.cell: Floats = self._ways[:, 0, 1:]
        """[CellTotal, c]: what is of a direction is of the downlink."""
        self.cell_up: Floats = self._ways[: CellTotal.CONNECTED_S, 1, 1:]
        """[CellTotal.CONNECTED_S, c]: of the uplink."""
        self.users: Floats = np.zeros((UserTotal.COUNT, 2, users))
        """[UserTotal, 2, u]: of the downlink and of the uplink."""
        self.user: Floats = self.users[:, 0]
        self.user_up: Floats = self.users[:, 1]
        self.rrc: Ints = rrc.counters(cells)
        """Connections, handovers, links: whole numbers, by `rrc.counters.ROW`."""
        self._first: Ints = np.arange(2 * SUMMED).reshape(SUMMED, 2, 1) * (cells + 1) + 1
        """[SUMMED, 2, 1]: where in `_ways` the cells of each sum begin."""

    def add(self, told: Floats, camped: Ints, some: Ints) -> None:
        """Add a tick's [UserTotal, 2, u] to users, and of users `some`, by number, to the cells [u] they are in."""
        self.users += told
        place = (self._first + camped.take(some)).ravel()
        values = told[:SUMMED].take(some, axis=2).ravel()
        sums = self._ways[:SUMMED]
        sums += np.bincount(place, values, sums.size).reshape(sums.shape)
