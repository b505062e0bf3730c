"""How fast a network is simulated: without E2, with every cell's KPM reports encoded, as users grow, and very large.

On one core, and the very large network on a CUDA device too, where there is one; 100 ms steps. `speedup` is how many
times as fast as the network lives; `quietest_us` a step, a tenth of the time.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.gnb.measure import CELL_METRICS
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.scenarios import find_network
from tests.bench.rows import Row
from tests.e2sim.network import Network, action

SECONDS = 20.0
"""Simulated, of each size, and less where many users make it long."""
SIZES = ((7, 200), (19, 1000), (190, 10_000))
USERS = (500, 1000, 2000, 4000, 8000)
LARGE = 1900, 100_000
"""Sites, of three cells each, and users."""
STEP_S, CHUNK = 0.1, 10


def measure(share: float) -> Iterator[Row]:
    seconds, city = SECONDS * share, find_network("dense-urban-day")
    for sites, users in SIZES:
        yield _row("alone", city.scaled(sites, users), _alone(city.scaled(sites, users), min(seconds, 2e5 / users)))
    plain, told = _alone(city, seconds), _reporting(city, seconds)
    yield _row("KPM of every cell each second, encoded", city, told) | {"ratio": float(np.mean(told) / np.mean(plain))}
    steps = [float(np.median(_alone(city.scaled(19, users), share * 1e4 / users))) for users in USERS]
    exponent = float(np.polyfit(np.log(USERS), np.log(steps), 1)[0])
    yield {"run": f"growth in users, {USERS[0]} to {USERS[-1]}", "cells": 57, "exponent": exponent}
    for device in ("cpu", "cuda"):
        yield _large(city.scaled(*LARGE), min(seconds, 4.0), device)


def _large(scenario: NetworkScenario, seconds: float, device: str) -> Row:
    """Where the goal is real time: that many cells and users at least as fast as they live."""
    begun = time.perf_counter()
    try:
        run = NetworkRun(scenario, 1, seconds, device)
    except ConfigError as error:
        print(f"not measured: {error}", file=sys.stderr)
        return {"run": f"alone on {device}: not measured", "cells": scenario.cells, "users": scenario.users}
    ready = time.perf_counter() - begun
    row = _row(f"alone on {run.world.air.xp.device}", scenario, _timed(run.advance, run.ticks))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return row | {"ready_s": ready, "memory_mb": used}


def _alone(scenario: NetworkScenario, seconds: float) -> list[float]:
    run = NetworkRun(scenario, 1, seconds)
    return _timed(run.advance, run.ticks)


def _reporting(scenario: NetworkScenario, seconds: float) -> list[float]:
    simulation = NetworkSimulation(scenario, 1, seconds=seconds)
    network = Network(simulation)
    names = tuple(name for name in CELL_METRICS if not name.startswith("PEE"))[:10]
    for view, node in zip(simulation.gnbs, simulation.nodes, strict=True):
        network.report(node, [action(*names, cell=int(cell)) for cell in view.layout.cells], period_ms=1000)

    def tick() -> None:
        simulation.advance()
        for node in simulation.nodes:
            node.release()
            node.session.data_to_send()

    return _timed(tick, simulation.ticks)


def _timed(step: Callable[[], object], ticks: int) -> list[float]:
    """Seconds per step, of chunks of steps."""
    took = []
    for _ in range(max(ticks // CHUNK, 1)):
        begun = time.perf_counter()
        for _ in range(min(CHUNK, ticks)):
            step()
        took.append((time.perf_counter() - begun) / min(CHUNK, ticks))
    return took


def _row(run: str, scenario: NetworkScenario, took: list[float]) -> Row:
    mean = float(np.mean(took))
    return {
        "run": run,
        "cells": scenario.cells,
        "users": scenario.users,
        "speedup": STEP_S / mean,
        "step_us": mean * 1e6,
        "quietest_us": float(np.percentile(took, 10)) * 1e6,
    }
