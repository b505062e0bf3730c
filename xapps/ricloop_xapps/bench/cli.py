"""`ricloop bench loop` and `ricloop bench scale`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable

SHOWN = ("loop_ms", "e2e_ms", "echo_ms")


def loop(
    nodes: Annotated[int, typer.Option(min=1, max=900, help="E2 nodes, each on a connection of its own.")] = 10,
    cells: Annotated[int, typer.Option(min=1, max=16, help="Cells of a node; each has an indication a period.")] = 3,
    period_ms: Annotated[int, typer.Option(min=1, max=60_000, help="How often every cell reports.")] = 10,
    seconds: Annotated[float, typer.Option(min=1, max=86_400, help="Of load, in five blocks.")] = 50.0,
    model: Annotated[str | None, typer.Option(help="A learned model in the loop, by name; none: no model.")] = None,
    burst: Annotated[bool, typer.Option("--burst", help="All nodes report at the same instant.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the reported values.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
    trace: Annotated[
        Path | None, typer.Option(help="Write every decision's stages to this file, for Perfetto or chrome://tracing.")
    ] = None,
) -> None:
    """The control loop under a paced, open-loop load over TCP, beside a bare echo over the same sockets."""
    from rich.console import Console
    from rich.progress import Progress

    from ricloop_xapps.bench.loop import LoopOptions, bench_loop

    check_writable(json_file, "--json")
    check_writable(trace, "--trace")
    traced = None if trace is None else str(trace.resolve())
    options = LoopOptions(nodes, cells, period_ms, seconds, model, burst, seed, traced)
    with Progress(transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        result = bench_loop(options, lambda text, done: progress.update(task, description=text, completed=done))
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=2) + "\n")
    _show(Console(), result)


def scale(
    size: Annotated[
        list[str] | None, typer.Option(help="CELLS@PERIOD in ms, as 1000@100; again for more. None: seven sizes.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=2, max=86_400, help="Of load, for each size.")] = 10.0,
    model: Annotated[str | None, typer.Option(help="A learned model in the loop, by name; none: no model.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the reported values.")] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
) -> None:
    """The control loop over ever more cells: latency at each size, and how the cost grows."""
    from rich.console import Console
    from rich.progress import Progress

    from ricloop_xapps.bench.scale import SIZES, bench_scale

    check_writable(json_file, "--json")
    sizes = [_size(text) for text in size] if size else SIZES
    with Progress(transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        result = bench_scale(
            sizes, seconds, model, seed, lambda text, done: progress.update(task, description=text, completed=done)
        )
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=2) + "\n")
    _show_points(Console(), result)


def _size(text: str) -> tuple[int, int]:
    """(period in ms, cells)."""
    cells, at, period = text.partition("@")
    if not at or not cells.isdecimal() or not period.isdecimal() or not int(cells) or not int(period):
        raise ConfigError(f"--size {text}: write CELLS@PERIOD in ms, as 1000@100")
    return int(period), int(cells)


def _show_points(console: Any, result: dict[str, Any]) -> None:
    from rich.table import Table

    columns = {
        "cells": "cells",
        "every ms": "period_ms",
        "loop p50": "loop_p50_ms",
        "loop p99": "loop_p99_ms",
        "e2e p50": "e2e_p50_ms",
        "e2e p99": "e2e_p99_ms",
        "echo p99": "echo_p99_ms",
        "superseded %": "superseded_percent",
        "misses %": "misses_percent",
        "cpu %": "cpu_percent",
    }
    table = Table(box=None)
    for header in columns:
        table.add_column(header, justify="right")
    for point in result["points"]:
        table.add_row(*(f"{point[key]:g}" for key in columns.values()))
    console.print(table)
    console.print(f"processor time grows with indications to the power of {result['exponent']}", highlight=False)


def _show(console: Any, result: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(title=f"{result['nodes']} nodes x {result['cells']} cells, every {result['period_ms']} ms", box=None)
    for column in ("", "p50", "p99", "p99.9", "max", "count"):
        table.add_column(column, justify="right")
    for name in SHOWN:
        row = result[name]
        figures = ["-" if row[key] is None else f"{row[key]:.3f}" for key in ("p50", "p99", "p999", "max")]
        table.add_row(name, *figures, str(row["count"]))
    console.print(table)
    console.print(
        f"{result['indications_per_s']:g} indications/s, RIC at {result['cpu_percent']:g} % of a processor; "
        f"superseded {result['superseded_percent']:g} %, misses {result['misses_percent']:g} %",
        highlight=False,
    )
