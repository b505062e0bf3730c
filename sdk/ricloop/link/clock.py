"""The system's clock: the one place where time is read. Everything below is told it."""

from __future__ import annotations

import time


class SystemClock:
    """CLOCK_MONOTONIC, which all processes of a host share."""

    def now(self) -> int:
        return time.monotonic_ns()


class BootClock:
    """CLOCK_BOOTTIME: as above, and it goes on while the machine sleeps. Linux only."""

    def now(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
