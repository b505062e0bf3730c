"""What a cell can be: awake or asleep and on the way between, how deep asleep, and what its operator allows it."""

from __future__ import annotations

from enum import IntEnum


class CellState(IntEnum):
    """Odd values are transitions."""

    ACTIVE = 0
    FALLING_ASLEEP = 1
    ASLEEP = 2
    WAKING = 3


class Depth(IntEnum):
    """What a command asks for: `AWAKE` wakes, the others are sleeps, `KEEP` is no command."""

    KEEP = -1
    AWAKE = 0
    MICRO = 1
    LIGHT = 2
    DEEP = 3


class AdminState(IntEnum):
    """administrativeState, by its words."""

    UNLOCKED = 0
    SHUTTINGDOWN = 1
    LOCKED = 2
