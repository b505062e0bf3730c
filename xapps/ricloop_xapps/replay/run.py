"""One replay: the trace's network and an embedded RIC in one process, interval by interval."""

from __future__ import annotations

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

CONFIRM_INTERVALS = 3
LINE_EVERY = 10
"""Whole plain lines in a run, where the output is no terminal."""


def run_replay(
    trace: Path,
    *,
    xapp: str,
    speed: float | None,
    map_file: Path | None,
    seed: int,
    settings_file: Path | None,
    overrides: tuple[str, ...],
    run_dir: Path | None,
    quiet: bool,
) -> tuple[dict[str, Any], list[str]]:
    """The result and what it should have held and did not. `speed`: trace seconds per second, None for no pacing."""
    configure(quiet=True)
    read = read_trace(trace, map_file)
    simulation = DemandReplay.of_trace(read, seed)
    console = Console(quiet=quiet, soft_wrap=True)
    size = f"{len(read.cells)} cells, {len(read.time_s)} intervals of {read.interval_s:g} s"
    title = f"ricloop replay: {trace}, {size}, xApp {xapp}"
    console.print(title, highlight=False)
    if run_dir is not None:
        make_folder(run_dir, "--run-dir")
        (run_dir / "audit.jsonl").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="ricloop-replay-") as scratch:
        folder = run_dir or Path(scratch)
        clock, stopwatch = ManualClock(), SystemClock()
        ric = embedded_ric(
            [xapp],
            clock=clock,
            stopwatch=stopwatch,
            settings_file=settings_file,
            overrides=overrides,
            topology=Topology.of(simulation.topology(), f"trace {trace}"),
            audit=folder / "audit.jsonl",
            # What is asked in one interval happens in the next, and is reported at its end.
            confirm_within=CONFIRM_INTERVALS * timedelta(seconds=read.interval_s),
        )
        run = InProcess([simulation], ric, stopwatch)
        series = Series()
        _intervals(run, clock, series, speed, console)
        world = simulation.result()
        result = combine(ric.summary(), [world], Latencies().quantiles(), repeatable=True) | {
            "trace": world["trace"],
            "intervals": world["intervals"],
            "interval_s": world["interval_s"],
            "gaps": world["gaps"],
            "power_model": world["power_model"],
            "power_fit": world["power_fit"],
            "assumptions": world["assumptions"],
        }
        if result["handler_errors"]:
            result["first_error"] = first_error(folder / "audit.jsonl")
        if run_dir is not None:
            write_page(run_dir / "report.html", title, result, series)
    print_facts(console, facts(result) + _details(result))
    if run_dir is not None:
        console.print(f"kept in {run_dir}: report.html, audit.jsonl")
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
