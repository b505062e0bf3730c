"""How fast a network is simulated: without E2, with every cell's KPM reports encoded, as users grow, and very large.

python -m tests.bench.bench_simulator [--seconds 20] [--device cuda]

On one core, and the very large network on a device too; 100 ms steps; prints multiples of real time.
"""

from __future__ import annotations

import argparse
import os
import resource
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.measure import CELL_METRICS
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.scenarios import find_network
from tests.e2sim.network import Network, action

SIZES = ((7, 200), (19, 1000), (190, 10_000))
USERS = (500, 1000, 2000, 4000, 8000)
LARGE = 1900, 100_000
"""Sites, of three cells each, and users."""
CHUNK = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench_simulator.py", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="simulated, of each size")
    parser.add_argument("--device", default="cuda", help="of the very large network: cuda, cuda:N or torch-cpu")
    arguments = parser.parse_args()
    seconds = arguments.seconds
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
    for device in ("cpu", arguments.device):
        _large(city.scaled(*LARGE), min(seconds, 4.0), device)


def _large(scenario: NetworkScenario, seconds: float, device: str) -> None:
    """Where the goal is real time: that many cells and users at least as fast as they live."""
    begun = time.perf_counter()
    try:
        run = NetworkRun(scenario, 1, seconds, device)
    except ConfigError as error:
        print(f"{scenario.cells:5} cells {scenario.users:6} users: not measured: {error}")
        return
    ready = time.perf_counter() - begun
    _print(
        f"{scenario.cells:5} cells {scenario.users:6} users on {run.world.air.xp.device}",
        _timed(run.advance, run.ticks),
    )
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"      ready after {ready:.1f} s; {used:.0f} MB of memory at the most")


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
