"""Running totals that measurements are differences of. One row per counter, one column per cell or user."""

from __future__ import annotations

from typing import Final

import numpy as np

from ricloop_e2sim.layout import Floats, Ints
from ricloop_e2sim.rrc import counters as rrc


class CellTotal:
    """Rows of `NetworkTotals.cell`. Sums over time are in seconds × the unit."""

    PRB_S: Final = 0
    """PRBs in use."""
    AVAILABLE_PRB_S: Final = 1
    """PRBs offered: none while out of service."""
    BITS: Final = 2
    """Delivered."""
    OFFERED_BITS: Final = 3
    """Of users that camp on the cell or are connected to it."""
    LOST_BITS: Final = 4
    """What did not fit into their buffers."""
    BUSY_UE_S: Final = 5
    """Users with data in the buffer."""
    QUEUE_BIT_S: Final = 6
    """Bits that wait; over the bits delivered, the mean time that a bit waits (Little)."""
    CONNECTED_S: Final = 7
    ENERGY_J: Final = 8
    ASLEEP_S: Final = 9
    SLEEPS: Final = 10
    WAKES: Final = 11
    OUT_S: Final = 12
    """Out of service, for whatever reason."""
    COUNT: Final = 13


class UserTotal:
    """Rows of `NetworkTotals.user`."""

    PRB_S: Final = 0
    CONNECTED_S: Final = 1
    BITS: Final = 2
    OFFERED_BITS: Final = 3
    LOST_BITS: Final = 4
    BUSY_S: Final = 5
    """Time with data in the buffer."""
    COUNT: Final = 6


class NetworkTotals:
    """Of cells [c] and users [u] since the beginning."""

    def __init__(self, cells: int, users: int) -> None:
        self.cell: Floats = np.zeros((CellTotal.COUNT, cells))
        self.user: Floats = np.zeros((UserTotal.COUNT, users))
        self.rrc: Ints = rrc.counters(cells)
        """Connections, handovers, links: whole numbers, by `rrc.counters.ROW`."""
