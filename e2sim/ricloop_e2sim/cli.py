"""`ricloop sim`: its sub-commands."""

from __future__ import annotations

import typer

from ricloop.commands.options import command
from ricloop_e2sim.commands.imports import import_
from ricloop_e2sim.commands.listing import list_scenarios
from ricloop_e2sim.commands.map import map_
from ricloop_e2sim.commands.run import run
from ricloop_e2sim.commands.runoptions import RunOptions
from ricloop_e2sim.commands.schema import schema
from ricloop_e2sim.commands.topology import topology

app = typer.Typer(help="The E2 node simulator: run a network, alone or against a RIC.", no_args_is_help=True)
app.command("list")(list_scenarios)
app.command("topology")(topology)
app.command("run")(command(RunOptions, run))
app.command("map")(map_)
app.command("schema")(schema)
app.command("import")(import_)
