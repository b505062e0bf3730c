"""`ricloop nodes`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def nodes(
    at: Annotated[str, typer.Option(help="HOST:PORT that `ricloop ric --metrics` was given.")] = "127.0.0.1:9464",
    watch: Annotated[
        float | None, typer.Option(min=0.1, max=3600, help="Ask again every so many seconds, until Ctrl-C.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write what the RIC said to this file.")] = None,
) -> None:
    """Show the E2 nodes of a running RIC, and those that went away."""
    from ricloop.core.output import check_writable
    from ricloop.runtime.side.nodetable import show_nodes

    check_writable(json_file, "--json")
    show_nodes(at, watch, json_file)
