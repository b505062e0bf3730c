"""The run that the options of `ricloop sim run` choose."""

from __future__ import annotations

from pathlib import Path

from ricloop.core.errors import ConfigError
from ricloop_e2sim.checkpoint.file import load
from ricloop_e2sim.commands.runoptions import RunOptions
from ricloop_e2sim.drivers.driven import Driven, Runnable
from ricloop_e2sim.gnb.traffic import Surge
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.network.scenario import NetworkScenario
from ricloop_e2sim.network.simulation import NetworkSimulation
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_e2sim.scenarios.named import named


def runnable(asked: RunOptions) -> Runnable:
    """Of a network one without E2 nodes. Raises ConfigError for options that the scenario has no use for."""
    if asked.resume is not None:
        return _resumed(asked.resume, asked.seconds)
    plan = _plan(asked)
    if isinstance(plan, Scenario):
        if asked.checkpoint is not None:
            raise ConfigError(
                f"--checkpoint {asked.checkpoint}: {asked.scenario} is of single gNBs; only networks are kept"
            )
        return plan.simulation(_seed(asked), asked.only, seconds=asked.seconds)
    if asked.only is not None:
        raise ConfigError(
            f"--only {asked.only}: the gNBs of {asked.scenario} make one network; with --connect it has E2 nodes of one"
        )
    return NetworkRun(plan, _seed(asked), asked.seconds, asked.device)


def driven(asked: RunOptions) -> Driven:
    """One with E2 nodes. Raises ConfigError for options that the scenario has no use for."""
    plan = _plan(asked)
    if isinstance(plan, Scenario):
        return plan.simulation(_seed(asked), asked.only, seconds=asked.seconds)
    return NetworkSimulation(plan, _seed(asked), asked.only, seconds=asked.seconds, device=asked.device)


def _seed(asked: RunOptions) -> int:
    return 1 if asked.seed is None else asked.seed


def _plan(asked: RunOptions) -> Scenario | NetworkScenario:
    """The scenario, with what the options change of it."""
    name = str(asked.scenario)
    plan = named(name)
    if isinstance(plan, NetworkScenario):
        if asked.surge:
            raise ConfigError(
                f"--surge {asked.surge[0]}: {name} is a network, whose anomalies are in its scenario; leave it out"
            )
        return plan.scaled(asked.sites, asked.ues)
    for option, value in (("--sites", asked.sites), ("--ues", asked.ues)):
        if value is not None:
            raise ConfigError(f"{option} {value}: {name} has a size of its own; the scenarios of networks do not")
    if asked.device is not None:
        raise ConfigError(f"--device {asked.device}: {name} is of single gNBs; only networks are large enough for it")
    return plan.surging(*map(Surge.parse, asked.surge))


def _resumed(path: Path, seconds: float | None) -> NetworkRun:
    run = load(path)
    if seconds is not None:
        run.until(seconds)
    if run.done:
        raise ConfigError(f"--resume {path}: it is at its end, {run.time_us / 1e6:g} s; give --seconds above that")
    return run
