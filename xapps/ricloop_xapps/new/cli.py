"""`ricloop new …`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ricloop_xapps.new.package import Kind

app = typer.Typer(help="Begin something of your own: a package that passes its test at once.", no_args_is_help=True)


@app.callback()
def _new() -> None:
    """Keeps `xapp` a word of its own, as long as it is the only one."""


@app.command()
def xapp(
    name: Annotated[str, typer.Argument(help="What it is called, as cell-guard.")],
    out: Annotated[Path | None, typer.Option(help="The folder to write it in; else one of its name, here.")] = None,
    kind: Annotated[
        Kind, typer.Option(help="What it looks at: reports of cells, reports of users, a learned model beside them.")
    ] = Kind.KPM,
) -> None:
    """Write an xApp with its test, settings and README."""
    from ricloop_xapps.new.names import Names
    from ricloop_xapps.new.package import write_package

    names = Names.of(name)
    folder = Path(names.name) if out is None else out
    for path in write_package(names, kind, folder):
        typer.echo(path)
    typer.echo(f"test it: cd {folder} && python -m pytest; its README.md says how to run it")
