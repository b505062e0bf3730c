"""A run without a RIC: nobody controls the cells."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ricloop_e2sim.drivers.driven import Runnable


def run_alone(
    simulation: Runnable,
    tell: Callable[[], None],
    stopped: Callable[[], bool],
    *,
    speed: float | None,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Until the last tick or `stopped()`. `speed`: simulated seconds per second of `now`; None: as fast as it goes.

    The result has `steps`, `speedup` and `us_per_step` beside, of the time that the ticks took, without what is told;
    of a paced run `drift_ms`: how far the wall clock was ahead of the simulated one after the last tick. What was done
    before, as of a run that goes on from a checkpoint, is not counted in those.
    """
    start, spent, drift = now(), 0.0, 0.0
    first_us, first_ticks = simulation.time_us, simulation.done_ticks
    while not simulation.done and not stopped():
        if speed is not None:
            at = start + (simulation.time_us - first_us + simulation.tick_us) / 1e6 / speed
            sleep(max(0.0, at - now()))
            drift = now() - at
        begun = time.perf_counter()
        simulation.advance()
        spent += time.perf_counter() - begun
        tell()
    steps = max(simulation.done_ticks - first_ticks, 1)
    return simulation.result() | {
        "steps": simulation.done_ticks,
        "speedup": (simulation.time_us - first_us) / 1e6 / spent if spent else None,
        "us_per_step": spent * 1e6 / steps,
        "drift_ms": None if speed is None else round(drift * 1e3, 3),
    }
