"""The metric registry in words: `ricloop metrics [NAME]`."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ricloop.core.errors import ConfigError, nearest
from ricloop.e2sm.kpm.metrics import METRICS, Measure, measure
from ricloop.e2sm.kpm.table import ALSO, KINDS, LABELS, LEVELS, OBJECTS
from ricloop.e2sm.kpm.vendors import PROFILES, renamed_by

PIPED_WIDTH = 200
"""Columns where the output is no terminal, so that each measurement stays on a line of its own."""


def row_of(row: Measure) -> dict[str, Any]:
    """One measurement, JSON-able."""
    low, high = row.range
    return {
        "name": row.name,
        "also": [also for also, name in ALSO.items() if name == row.name],
        "unit": "" if row.unit == "-" else row.unit,
        "type": KINDS[row.kind],
        "number": "integer" if row.whole else "real",
        "levels": [LEVELS[letter] for letter in row.levels],
        "range": [None if math.isinf(low) else low, None if math.isinf(high) else high],
        "objects": [OBJECTS[short] for short in row.object.split("+")],
        "labels": [LABELS[letter] for letter in row.labels],
        "clause": row.clause,
        "profiles": {name: {"name": a.own, "factor": a.factor} for name, a in renamed_by(row.name).items()},
    }


def show_metrics(name: str | None, level: str | None, json_file: Path | None) -> None:
    """Print the registry, or one row of it. Raises ConfigError for a name or a level that there is not."""
    levels = tuple(LEVELS.values())
    if level is not None and level not in levels:
        raise ConfigError(
            f"--level {level}: there is no such level.{nearest(level, levels)} Levels: {', '.join(levels)}"
        )
    chosen = [row_of(measure(name))] if name is not None else [row_of(row) for row in METRICS.values()]
    rows = [row for row in chosen if level is None or level in row["levels"]]
    if name is not None and not rows:
        raise ConfigError(f"{name} is not reported per {level}: {', '.join(chosen[0]['levels'])}")
    if json_file is not None:
        report = {"schema": 1, "metrics": rows, "profiles": sorted(PROFILES)}
        json_file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)
    if name is None:
        console.print(_table(rows))
    else:
        _explain(rows[0], console)


def _table(rows: list[dict[str, Any]]) -> Table:
    shown = Table(title=f"{len(rows)} measurements; vendor profiles: {', '.join(PROFILES)}", title_justify="left")
    for column in ("name", "unit", "type", "per", "range", "counted by", "clause"):
        shown.add_column(column, no_wrap=column == "name")
    for row in rows:
        shown.add_row(
            row["name"],
            row["unit"],
            f"{row['type']}, {row['number']}",
            " ".join(row["levels"]),
            _range(row),
            ", ".join(row["objects"]),
            row["clause"] or "",
        )
    return shown


def _explain(row: dict[str, Any], console: Console) -> None:
    said = {
        "also": ", ".join(row["also"]),
        "unit": row["unit"] or "none: a count, a ratio or an index",
        "type": f"{row['type']}, {row['number']}",
        "per": ", ".join(row["levels"]),
        "range": _range(row),
        "counted by": ", ".join(row["objects"]),
        "labels": ", ".join(row["labels"]) or "none",
        "clause": row["clause"] or "no standard's",
    } | {profile: f"sends {alias['name']}, times {alias['factor']:g}" for profile, alias in row["profiles"].items()}
    console.print(f"[bold]{row['name']}[/bold]")
    for key, value in said.items():
        if value:
            console.print(f"  {key:<15} {value}", markup=False)


def _range(row: dict[str, Any]) -> str:
    low, high = ("" if end is None else f"{end:.10g}" for end in row["range"])
    return f"{low}..{high}" if low or high else "any"
