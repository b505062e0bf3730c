"""`ricloop metrics`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def metrics(
    name: Annotated[str | None, typer.Argument(help="A measurement, as DRB.UEThpDl; none: all of them.")] = None,
    level: Annotated[str | None, typer.Option(help="Only what is reported per cell, node, ue or flow.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write it to this file as well.")] = None,
) -> None:
    """Explain what KPM can measure: unit, type, level, range, clause, and which vendor profiles change it."""
    from ricloop.core.output import check_writable
    from ricloop.e2sm.kpm.explain import show_metrics

    check_writable(json_file, "--json")
    show_metrics(name, level, json_file)
