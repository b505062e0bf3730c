"""`ricloop bench loop`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

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
) -> None:
    """The control loop under a paced, open-loop load over TCP, beside a bare echo over the same sockets."""
    from rich.console import Console
    from rich.progress import Progress

    from ricloop_xapps.bench.loop import LoopOptions, bench_loop

    check_writable(json_file, "--json")
    options = LoopOptions(nodes, cells, period_ms, seconds, model, burst, seed)
    with Progress(transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        result = bench_loop(options, lambda text, done: progress.update(task, description=text, completed=done))
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=2) + "\n")
    _show(Console(), result)


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
