"""`ricloop sim map`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ricloop.core.output import check_writable


def map_(
    scenario: Annotated[str, typer.Argument(help="A network's name, see `ricloop sim list`, or its YAML file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture: a file that ends in .png or .html.")],
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 1,
    seconds: Annotated[float | None, typer.Option(min=0.1, max=86_400, help="Simulated; else the scenario's.")] = None,
    sites: Annotated[int | None, typer.Option(min=1, help="So many sites instead of its own.")] = None,
    ues: Annotated[int | None, typer.Option(min=1, help="So many users instead of its own.")] = None,
) -> None:
    """Draw a run: sites, coverage, users, loads, sleep and anomalies over time."""
    from rich.progress import Progress

    from ricloop_e2sim.picture.draw import draw
    from ricloop_e2sim.scenarios.named import named_network

    check_writable(out, "--out")
    plan = named_network(scenario).scaled(sites, ues)
    with Progress(transient=True, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task(plan.name, total=1.0)
        draw(
            plan,
            seed,
            plan.seconds if seconds is None else seconds,
            out,
            lambda done: progress.update(task, completed=done),
        )
    typer.echo(f"written: {out}")
