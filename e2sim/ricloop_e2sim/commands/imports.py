"""`ricloop sim import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ricloop.core.output import check_writable
from ricloop_e2sim.commands.write import write


def import_(
    config: Annotated[Path, typer.Argument(help="The commercial generator's config.conf.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The scenario, as YAML.")],
    reports: Annotated[Path | None, typer.Option(help="Its CellReports.csv: has the places of sites.")] = None,
) -> None:
    """Make a scenario of another generator's settings; what does not map is listed."""
    from ricloop_e2sim.scenarios.file import dump
    from ricloop_e2sim.scenarios.rsg import imported

    check_writable(out, "--out")
    plan, left = imported(config, reports)
    write(out, dump(plan), "--out")
    typer.echo(f"{plan.title}: {plan.cells} cells, {plan.users} users, written to {out}")
    if left:
        typer.echo(f"{len(left)} settings do not map:")
        for setting in left:
            typer.echo(f"  {setting}")
