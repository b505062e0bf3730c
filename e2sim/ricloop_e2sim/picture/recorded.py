"""A run that is over, with all that a picture of it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.picture.coverage import Coverage
from ricloop_e2sim.picture.frames import Frames, Recorder


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """One run of a scenario."""

    scenario: NetworkScenario
    deployment: Deployment
    coverage: Coverage
    frames: Frames
    result: dict[str, Any]
    """Of `NetworkRun`."""


def record(scenario: NetworkScenario, seed: int, seconds: float, tell: Callable[[float], None]) -> Recorded:
    """Runs a scenario to its end; `tell` hears the share 0..1 that is done after every tick.

    Raises ConfigError for a scenario whose parts do not fit together.
    """
    run = NetworkRun(scenario, seed, seconds)
    recorder = Recorder(run.world, run.ticks)
    while not run.done:
        run.advance()
        recorder.tick()
        tell(run.done_ticks / run.ticks)
    deployment = run.world.deployment
    coverage = Coverage(deployment, scenario.rules.channel.near_sites)
    return Recorded(scenario, deployment, coverage, recorder.frames(), run.result())
