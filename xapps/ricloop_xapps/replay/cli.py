"""`ricloop replay`."""

from __future__ import annotations

import json

import typer

from ricloop.commands.options import command
from ricloop_xapps.replay.options import ReplayOptions


def run(asked: ReplayOptions) -> None:
    """Replay a trace in demand mode: it drives the offered load, the network and its controls answer."""
    from ricloop.core.output import check_writable
    from ricloop_xapps.replay.run import run_replay

    check_writable(asked.json_file, "--json")
    result, problems = run_replay(asked)
    if asked.json_file:
        asked.json_file.write_text(json.dumps(result, indent=2) + "\n")
    for problem in problems:
        typer.echo(f"ricloop: {problem}", err=True)
    if problems:
        raise typer.Exit(4)


replay = command(ReplayOptions, run)
