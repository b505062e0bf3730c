"""`ricloop models`: what there is, how good it is, and which version is at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ricloop.core.errors import ConfigError
from ricloop.core.output import check_writable
from ricloop_models.commands import look, service
from ricloop_models.commands.training import Trainings

app = typer.Typer(no_args_is_help=True, help="Learned models: what there is, how good it is, which version is at work.")


@app.callback()
def models() -> None:
    """Learned models: what there is, how good it is, which version is at work."""


app.command("list")(look.list_)
app.command()(look.show)
app.command()(look.verify)
app.add_typer(
    typer.Typer(cls=Trainings, help="Train a model: see `ricloop models train NAME --help`.", no_args_is_help=True),
    name="train",
)
app.command()(service.promote)
app.command()(service.rollback)
app.command()(service.sign)
app.command()(service.key)
app.command()(service.measure)
app.command()(service.pin)


@app.command()
def evaluate(
    name: Annotated[str, typer.Argument(help="A model, as traffic-forecast.")],
    data: Annotated[Path, typer.Option(help="Folder with a folder per data set, as milan_ferreira.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every figure to this file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Score a model on real data beside its baselines: the tables of models/README.md."""
    from ricloop_models.evaluate.registry import evaluation

    run = evaluation(name)
    check_writable(json_file, "--json")
    if not data.is_dir():
        raise ConfigError(f"--data {data}: there is no such folder; give the one that holds a folder per data set")
    console = Console(quiet=quiet)
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bars, console=console, transient=True) as progress:
        found = run(data, progress)
    for table in found.tables:
        console.print(Markdown(f"## {table.title}\n\n{table.note}\n\n{table.markdown()}"))
    for absent in found.absent:
        console.print(f"left out, absent: {absent}", highlight=False, markup=False)
    if json_file:
        json_file.write_text(json.dumps(found.as_json(name, data), indent=1) + "\n", encoding="utf-8")
