"""`ricloop demo`."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import typer

from ricloop.commands.options import command
from ricloop_xapps.demo.options import DemoOptions


def run(asked: DemoOptions) -> None:
    """A near-RT RIC, xApps and simulated E2 nodes on this machine: watch cells sleep and wake under control."""
    from ricloop_xapps.demo.plan import DemoPlan
    from ricloop_xapps.demo.run import run_demo

    with tempfile.TemporaryDirectory(prefix="ricloop-demo-") as scratch:
        plan = DemoPlan.of(asked, asked.run_dir or Path(scratch))
        result, problems, console = run_demo(plan, asked.quiet)
        if asked.json_file:
            asked.json_file.write_text(json.dumps(result, indent=2) + "\n")
        for problem in problems:
            typer.echo(f"ricloop: {problem}", err=True)
        if asked.run_dir:
            console.print(
                f"kept in {asked.run_dir}: {', '.join(sorted(path.name for path in asked.run_dir.iterdir()))}"
            )
    if problems:
        raise typer.Exit(4)


demo = command(DemoOptions, run)
