"""A run without a RIC: nobody controls the cells, so the world is its own uncontrolled twin."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ricloop_e2sim.driving import Driven


def run_alone(
    simulation: Driven, tell: Callable[[], None], stopped: Callable[[], bool], *, paced: bool
) -> dict[str, Any]:
    """Until the last tick or `stopped()`. `paced`: a simulated second takes a second, else as fast as it goes."""
    start = time.monotonic()
    while not simulation.done and not stopped():
        if paced:
            time.sleep(max(0.0, start + (simulation.time_us + simulation.tick_us) / 1e6 - time.monotonic()))
        simulation.advance()
        tell()
    return simulation.result()
