"""One replay: the trace's network and an embedded RIC in one process, interval by interval."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ricloop.core.output import make_folder
from ricloop.core.time import ManualClock
from ricloop.decide.topology import Topology
from ricloop.link.clock import SystemClock
from ricloop.runtime.books.stats import Latencies
from ricloop.runtime.log import configure
from ricloop.runtime.process.embed import embedded_ric
from ricloop_e2sim.replay.demand import DemandReplay
from ricloop_e2sim.replay.readers import read_trace
from ricloop_xapps.demo.facts import facts
from ricloop_xapps.demo.latency import first_error
from ricloop_xapps.demo.page import write_page
from ricloop_xapps.demo.result import broken_promises, combine
from ricloop_xapps.demo.series import Series
from ricloop_xapps.demo.show import print_facts
from ricloop_xapps.inprocess import InProcess, step_together
from ricloop_xapps.replay.options import ReplayOptions

CONFIRM_INTERVALS = 3
OF_TRACE = ("trace", "intervals", "interval_s", "gaps", "power_model", "power_fit", "assumptions")
"""What the result says of the trace itself."""
LINE_EVERY = 10
"""Whole plain lines in a run, where the output is no terminal."""


def run_replay(asked: ReplayOptions) -> tuple[dict[str, Any], list[str]]:
    """The result and what it should have held and did not."""
    configure(quiet=True)
    speed, read = asked.factor, read_trace(asked.trace, asked.map_file)
    simulation = DemandReplay.of_trace(read, asked.seed)
    console = Console(quiet=asked.quiet, soft_wrap=True)
    size = f"{len(read.cells)} cells, {len(read.time_s)} intervals of {read.interval_s:g} s"
    title = f"ricloop replay: {asked.trace}, {size}, xApp {asked.xapp}"
    console.print(title, highlight=False)
    if asked.run_dir is not None:
        make_folder(asked.run_dir, "--run-dir")
    with tempfile.TemporaryDirectory(prefix="ricloop-replay-") as scratch:
        folder = asked.run_dir or Path(scratch)
        audit = folder / "audit.jsonl"
        audit.unlink(missing_ok=True)
        clock, stopwatch = ManualClock(), SystemClock()
        ric = embedded_ric(
            [asked.xapp],
            clock=clock,
            stopwatch=stopwatch,
            settings_file=asked.settings,
            overrides=asked.overrides,
            topology=Topology.of(simulation.topology(), f"trace {asked.trace}"),
            audit=audit,
            # What is asked in one interval happens in the next, and is reported at its end.
            confirm_within=CONFIRM_INTERVALS * timedelta(seconds=read.interval_s),
        )
        series = Series()
        _intervals(InProcess([simulation], ric, stopwatch), clock, series, speed, console)
        world = simulation.result()
        result = combine(ric.summary(), [world], Latencies().quantiles(), repeatable=True)
        result |= {key: world[key] for key in OF_TRACE}
        if result["handler_errors"]:
            result["first_error"] = first_error(audit)
        (folder / "result.json").write_text(json.dumps(result, indent=2) + "\n")
        write_page(folder / "report.html", title, result, series)
    print_facts(console, facts(result) + _details(result))
    if asked.run_dir is not None:
        console.print(f"kept in {asked.run_dir}: report.html, result.json, audit.jsonl")
    return result, broken_promises(result, every_effect=False)


def _intervals(run: InProcess, clock: ManualClock, series: Series, speed: float | None, console: Console) -> None:
    """Connect the nodes and play every interval; a bar on a terminal, lines elsewhere."""
    simulation = run.simulations[0]
    run.connect()
    begin, every = time.monotonic(), max(1, simulation.ticks // LINE_EVERY)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("intervals", total=simulation.ticks)
        for tick in range(1, simulation.ticks + 1):
            if speed is not None:
                time.sleep(max(0.0, begin + tick * simulation.tick_us / 1e6 / speed - time.monotonic()))
            step_together(run, clock, tick * simulation.tick_us * 1000)
            status = simulation.status()
            series.add([status])
            progress.update(bar, completed=tick)
            if not console.is_terminal and tick % every == 0:
                console.print(
                    f"{100 * tick / simulation.ticks:3.0f} %  interval {tick}  asleep {status['asleep']} cells  "
                    f"power {status['power_w']:.0f} W of {status['baseline_power_w']:.0f} W",
                    highlight=False,
                )
    run.stop()


def _details(result: dict[str, Any]) -> list[tuple[str, str]]:
    fit = result["power_fit"]
    rows = []
    if fit is not None:
        model = f"P = {fit['idle_w']:.2f} + {fit['slope_w']:.2f}·use W, fitted on {fit['fitted_cells']} cells"
        if fit["held_out_cells"]:
            error = f"{fit['held_out_error_percent']:.3f} %"
            model += f"; energy of the other {fit['held_out_cells']} foretold within {error}"
        rows.append(("power model", model))
    return rows + [("assumed", text) for text in result["assumptions"]]
