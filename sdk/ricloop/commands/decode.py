"""`ricloop decode`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ricloop.core.errors import ConfigError


def decode(
    files: Annotated[list[Path] | None, typer.Argument(help="pcap, pcapng, raw PDU or hex text; none: stdin.")] = None,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON instead of a tree.")] = False,
    e2ap: Annotated[
        int | None, typer.Option(min=1, max=2, help="E2AP's version: 1, or 2 for v2 and v3; none: as the set-up tells.")
    ] = None,
) -> None:
    """Print the message tree of every E2AP message in the files."""
    import json

    from ricloop.decode import decode_inputs, render

    failed = found = False
    trees = []
    for tree in decode_inputs(files or [], e2ap):
        found = True
        failed |= "error" in tree
        if json_out:
            trees.append(tree)
        else:
            typer.echo(render(tree))
    if json_out:
        typer.echo(json.dumps(trees, indent=2))
    if not found:
        raise ConfigError(f"{', '.join(map(str, files or ())) or 'standard input'}: no E2AP message in it")
    if failed:
        raise typer.Exit(1)
