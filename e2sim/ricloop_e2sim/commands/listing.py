"""`ricloop sim list`."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def list_scenarios(json_out: Annotated[bool, typer.Option("--json", help="As JSON.")] = False) -> None:
    """Name the scenarios."""
    from ricloop_e2sim.scenarios import DEFAULT, NETWORKS, SCENARIOS

    rows = [plan.listed() | {"default": plan.name == DEFAULT} for plan in SCENARIOS.values()]
    rows += [plan.listed() | {"default": False} for plan in NETWORKS.values()]
    if json_out:
        typer.echo(json.dumps(rows, indent=2))
        return
    width = max(len(str(row["name"])) for row in rows)
    for row in rows:
        typer.echo(f"{row['name']!s:{width}}  {row['title']}{'  (default)' if row['default'] else ''}")
