"""How fast a network is simulated: without E2, with every cell's KPM reports encoded, and as users grow.

python tests/bench/bench_simulator.py [--seconds 20]    on one core, 100 ms steps; prints multiples of real time
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from ricloop_e2sim.measure import CELL_METRICS
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.scenarios import find_network
from tests.e2sim.network import Network, action

SIZES = ((7, 200), (19, 1000), (190, 10_000))
USERS = (500, 1000, 2000, 4000, 8000)
CHUNK = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench_simulator.py", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="simulated, of each size")
    seconds = parser.parse_args().seconds
    city = find_network("dense-urban-day")
    for sites, users in SIZES:
        _print(f"{3 * sites:5} cells {users:6} users", _alone(city.scaled(sites, users), min(seconds, 2e5 / users)))
    plain = _alone(city, seconds)
    told = _reporting(city, seconds)
    _print("   21 cells    200 users, KPM of every cell each second, encoded", told)
    print(f"ratio of a step with reports to one without: {np.mean(told) / np.mean(plain):.2f}")
    steps = [float(np.median(_alone(city.scaled(19, users), 1e4 / users))) for users in USERS]
    exponent = np.polyfit(np.log(USERS), np.log(steps), 1)[0]
    print(f"growth in users at 57 cells, {USERS[0]} to {USERS[-1]}: exponent {exponent:.2f}")


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
            simulation.release(node)
            node.session.data_to_send()

    return _timed(tick, simulation.ticks)


def _timed(step: object, ticks: int) -> list[float]:
    """Seconds per step, of chunks of steps."""
    assert callable(step)
    took = []
    for _ in range(max(ticks // CHUNK, 1)):
        begun = time.perf_counter()
        for _ in range(CHUNK):
            step()
        took.append((time.perf_counter() - begun) / CHUNK)
    return took


def _print(what: str, took: list[float]) -> None:
    mean, best = float(np.mean(took)), float(np.percentile(took, 10))
    print(f"{what}: {0.1 / mean:6.1f}x real time, {mean * 1e6:8.0f} us a step (a tenth of the time {best * 1e6:.0f})")


if __name__ == "__main__":
    main()
