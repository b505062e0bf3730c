"""`ricloop sim schema`."""

from __future__ import annotations

import json

import typer


def schema() -> None:
    """Print the JSON schema of scenario files, for editors that complete and check."""
    from ricloop_e2sim.scenarios.schema import schema as of_files

    typer.echo(json.dumps(of_files(), indent=2))
