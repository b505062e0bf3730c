"""The system's clock. Everything above the runtime is told the time; here it is read."""

from __future__ import annotations

import time


class SystemClock:
    """CLOCK_MONOTONIC, which all processes of a host share."""

    def now(self) -> int:
        return time.monotonic_ns()
