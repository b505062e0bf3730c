"""`ricloop bench rpc`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ricloop.core.output import check_writable


def rpc(
    xapps: Annotated[int, typer.Option(min=2, max=200, help="xApps apart in the last run, one of which hangs.")] = 20,
    seconds: Annotated[float, typer.Option(min=1, max=86_400, help="Of load, in each of the three runs.")] = 20.0,
    nodes: Annotated[int, typer.Option(min=1, max=100, help="E2 nodes that report, each on its own connection.")] = 2,
    cells: Annotated[int, typer.Option(min=2, max=16, help="Cells of a node.")] = 3,
    period_ms: Annotated[int, typer.Option(min=5, max=60_000, help="How often every cell reports.")] = 100,
    seed: Annotated[int, typer.Option(min=0, help="Of the reported values.")] = 1,
    model: Annotated[
        str | None, typer.Option(help="A learned model in each of the xApps, by name; none: no model.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
) -> None:
    """An xApp in a process of its own, its twin in the RIC, a bare gRPC echo; then many apart, one of which hangs."""
    from rich.console import Console
    from rich.progress import Progress

    from ricloop.rpc.extra import require
    from ricloop_xapps.bench.apart import RpcOptions, bench_rpc

    require()
    check_writable(json_file, "--json")
    options = RpcOptions(xapps, seconds, nodes, cells, period_ms, seed, model)
    with Progress(transient=True) as progress:
        task = progress.add_task("starting", total=1.0)
        result = bench_rpc(options, lambda text, done: progress.update(task, description=text, completed=done))
    if json_file is not None:
        json_file.write_text(json.dumps(result, indent=2) + "\n")
    _show(Console(), result)


def _show(console: Any, result: dict[str, Any]) -> None:
    from rich.table import Table

    way = "TLS" if result["tls"] else "no TLS: openssl is missing"
    way += f", {result['model']}" if result["model"] else ""
    title = f"{result['nodes']} nodes x {result['cells']} cells, every {result['period_ms']} ms, {way}; ms"
    table = Table(title=title, box=None)
    for column in ("", "p50", "p99", "max", "count"):
        table.add_column(column, justify="right")
    many = result["many"]
    for name, row in (
        ("in the RIC", result["here_ms"]),
        ("apart", result["apart_ms"]),
        *([("of that, the model", result["apart_model_ms"])] if result["model"] else []),
        ("bare gRPC echo", result["grpc_echo_ms"]),
        (f"in the RIC, {result['xapps']} apart", many["here"]),
        (f"apart, {result['xapps']} of them", many["apart"]),
    ):
        figures = ["-" if row[key] is None else f"{row[key]:.3f}" for key in ("p50", "p99", "max")]
        table.add_row(name, *figures, str(row["count"]))
    console.print(table)
    echo, added = result["grpc_echo_ms"]["p50"], result["added_ms"].get("p50")
    if added is not None and echo:
        console.print(f"being apart adds {added:.3f} ms at p50: {added / echo:.1f} bare echoes", highlight=False)
    by_rule = f"answered for by their rule: {many['by_rule_percent']:g} %; " if result["model"] else ""
    console.print(
        f"of the {result['xapps'] - 1} that answer, late: {many['late_percent']:g} %; {by_rule}the one that hangs: "
        f"{many['hung_late']} held at their deadline",
        highlight=False,
    )
