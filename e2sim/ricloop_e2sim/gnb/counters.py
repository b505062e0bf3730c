"""Running totals that measurements are differences of. One row per counter, one column per cell or user.

Plain integers: an Enum's members cost more to look up than the additions they index.
"""

from __future__ import annotations

from typing import Final


class CellCounter:
    """Rows of `World.totals`, [counters, cells]. Sums over time are in seconds × the unit."""

    PRB_S: Final = 0
    """PRBs in use."""
    AVAILABLE_PRB_S: Final = 1
    """PRBs offered: none while asleep or in a transition."""
    BITS: Final = 2
    """Delivered."""
    ACTIVE_UE_S: Final = 3
    """Users with data in the buffer."""
    CONNECTED_S: Final = 4
    """Users in RRC connected."""
    ENERGY_J: Final = 5
    HANDOVERS_ASKED: Final = 6
    """Executions started from this cell."""
    HANDOVERS_DONE: Final = 7
    FAILURES: Final = 8
    """Radio link failures of users left in a cell that fell asleep."""
    REESTABLISHED: Final = 9
    CONNECTIONS: Final = 10
    """RRC connections set up."""
    LOST_BITS: Final = 11
    """Lost traffic of the users whose home is this cell."""
    OFFERED_BITS: Final = 12
    """Traffic of the users whose home is this cell."""
    SLEEPS: Final = 13
    WAKES: Final = 14
    ASLEEP_S: Final = 15
    COUNT: Final = 16


class UserCounter:
    """Rows of `World.user_totals`, [counters, users]."""

    PRB_S: Final = 0
    BITS: Final = 1
    BUSY_S: Final = 2
    """Time with data in the buffer."""
    COUNT: Final = 3
