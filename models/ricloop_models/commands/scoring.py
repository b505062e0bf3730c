"""`evaluate`: how good a model is on real data, beside its baselines."""

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
from ricloop_models.evaluate.registry import evaluation


def evaluate(
    name: Annotated[str, typer.Argument(help="A model, as traffic-forecast.")],
    data: Annotated[Path, typer.Option(help="Folder with a folder per data set, as milan_ferreira.")],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every figure to this file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Score a model on real data beside its baselines: the tables of models/README.md."""
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
