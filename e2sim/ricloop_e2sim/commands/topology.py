"""`ricloop sim topology`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ricloop_e2sim.commands.write import write


def topology(
    scenario: Annotated[str, typer.Argument(help="A scenario's name, see `ricloop sim list`.")],
    out: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
) -> None:
    """Write a scenario's cells and coverage relations, as `ricloop ric --topology` reads them."""
    from ricloop_e2sim.scenarios.named import named

    text = json.dumps(named(scenario).topology(), indent=2) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        write(out, text, "--out")
