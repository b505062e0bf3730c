"""Whole runs over many seeds: of the demo, of a hundred nodes, and of a network by the wall clock."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

from ricloop.runtime.books.stats import Latencies
from ricloop.runtime.log import configure
from ricloop_e2sim.drivers.alone import run_alone
from ricloop_e2sim.network.run import NetworkRun
from ricloop_xapps.demo.memory import run_in_memory
from ricloop_xapps.demo.options import DemoOptions, Pace, Wire
from ricloop_xapps.demo.plan import DemoPlan
from ricloop_xapps.demo.result import broken_promises, combine
from tests.e2sim.networks import TOWN
from tests.many import Many, heap, problems, watch_memory
from tests.virtual_time import run_virtually


def demo(seed: int) -> str:
    """A whole demo keeps its promises, whatever the seed."""
    with TemporaryDirectory() as folder:
        plan = DemoPlan.of(DemoOptions(seed=seed, transport=Wire.MEMORY, clock=Pace.FREE), Path(folder))
        ric, worlds = run_in_memory(plan, lambda *_: None)
    result = combine(ric, worlds, Latencies().quantiles(), repeatable=True)
    problems = broken_promises(result)
    if result["energy_saved_percent"] <= 0:
        problems.append(f"saved {result['energy_saved_percent']} %")
    if problems:
        raise AssertionError(f"seed {seed}: {'; '.join(problems)}")
    return f"saved {result['energy_saved_percent']:.2f} % of {result['clairvoyant_saved_percent']:.2f} %"


def five_minutes(seed: int) -> str:
    """A hundred nodes for five minutes of virtual time; all of them are lost at once near the end."""
    return _many_nodes(seed, 1)


def half_an_hour(seed: int) -> str:
    """A hundred nodes for half an hour of virtual time, unbroken; all of them are lost at once every five minutes."""
    return _many_nodes(seed, 6)


def _many_nodes(seed: int, fives: int) -> str:
    async def run() -> str:
        many = Many(seed)
        middle = 0
        for five in range(fives):
            await many.run(280)
            if five == fives // 2:
                middle = heap()
            elif found := problems(many, middle or heap(), heap()):
                raise AssertionError("; ".join(found))
            many.cut_all()
            await many.run(20)
        end = heap()
        if found := problems(many, middle, end):
            raise AssertionError("; ".join(found))
        received = many.ric.account.received
        await many.stop()
        return f"{received} indications received, {(end - middle) / 1000:+.0f} kB since the middle"

    configure(quiet=True)
    watch_memory()
    try:
        return run_virtually(run)
    finally:
        tracemalloc.stop()


def an_hour_by_the_clock(seed: int) -> str:
    """A network in real time for an hour: the simulated clock is never a step behind the wall clock."""
    run = NetworkRun(TOWN, seed, 3600.0)
    result = run_alone(run, lambda: None, lambda: False, speed=1.0)
    if not 0 <= result["drift_ms"] < TOWN.tick_us / 1000:
        raise AssertionError(f"after an hour the clock is {result['drift_ms']} ms behind")
    return f"{result['steps']} steps, {result['drift_ms']} ms behind after the last, {result['speedup']:.0f}x real time"
