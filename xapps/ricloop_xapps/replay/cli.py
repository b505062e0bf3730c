"""`ricloop replay`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable


def replay(
    trace: Annotated[
        Path, typer.Argument(help="A trace: the AI RSG's CellReports.csv, hourly LTE cells, or any CSV with --map.")
    ],
    xapp: Annotated[str, typer.Option(help="An installed xApp's name, or module:Class.")] = "energy-saving",
    speed: Annotated[str, typer.Option(help="`max`, or trace seconds per second, as 3600.")] = "max",
    map_file: Annotated[Path | None, typer.Option("--map", help="TOML column map, see e2sim/README.md.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Everything random follows from it.")] = 1,
    settings: Annotated[Path | None, typer.Option(help="TOML file with a table per xApp.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="xapp.key=value, over the file.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the result to this file.")] = None,
    run_dir: Annotated[Path | None, typer.Option(help="Keep result, audit and a report page in this folder.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Replay a trace in demand mode: it drives the offered load, the network and its controls answer."""
    from ricloop_xapps.replay.run import run_replay

    check_writable(json_file, "--json")
    result, problems = run_replay(
        trace,
        xapp=xapp,
        speed=_speed(speed),
        map_file=map_file,
        seed=seed,
        settings_file=settings,
        overrides=tuple(set_ or ()),
        run_dir=run_dir,
        quiet=quiet,
    )
    if json_file:
        json_file.write_text(json.dumps(result, indent=2) + "\n")
    for problem in problems:
        typer.echo(f"ricloop: {problem}", err=True)
    if problems:
        raise typer.Exit(4)


def _speed(text: str) -> float | None:
    """Trace seconds per second, None for as fast as the processor."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < math.inf:
        raise ConfigError(f"--speed {text}: give `max` or a number above 0, as 3600 for an hour per second")
    return speed
