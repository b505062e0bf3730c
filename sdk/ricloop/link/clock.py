"""The system's clock: the one place where time is read. Everything below is told it."""

from __future__ import annotations

import time


class SystemClock:
    """CLOCK_MONOTONIC, which all processes of a host share."""

    def now(self) -> int:
        return time.monotonic_ns()
