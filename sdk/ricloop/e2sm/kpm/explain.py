"""The metric registry in words: `ricloop metrics [NAME]`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ricloop.core.errors import ConfigError, nearest
from ricloop.e2sm.kpm.metrics import METRICS, Measure, measure
from ricloop.e2sm.kpm.vendors import PROFILES, renamed_by

LEVELS = {"cell": "N", "ue": "U", "flow": "F"}
"""What `--level` takes: reported per node or cell, per UE, per QoS flow."""
_TYPES = {"SI": "gauge", "CC": "counter", "DER": "derived", "OM": "other"}
_LABELS = {
    "P": "PLMN",
    "Q": "5QI",
    "S": "slice",
    "X": "bin X",
    "Y": "bin Y",
    "Z": "bin Z",
    "B": "SSB index",
    "L": "MU-MIMO layer",
    "T": "total",
}


def row_of(row: Measure) -> dict[str, Any]:
    """One measurement, JSON-able."""
    low, high = row.range
    return {
        "name": row.name,
        "unit": "" if row.unit == "-" else row.unit,
        "type": _TYPES[row.kind],
        "number": "integer" if row.whole else "real",
        "levels": [level for level, letter in LEVELS.items() if letter in row.levels],
        "range": [None if math.isinf(low) else low, None if math.isinf(high) else high],
        "object": row.object,
        "labels": [_LABELS[letter] for letter in row.labels],
        "profiles": {name: {"name": a.own, "factor": a.factor} for name, a in renamed_by(row.name).items()},
    }


def show_metrics(name: str | None, level: str | None, json_file: Path | None) -> None:
    """Print the registry, or one row of it. Raises ConfigError for a name or a level that there is not."""
    if level is not None and level not in LEVELS:
        raise ConfigError(
            f"--level {level}: there is no such level.{nearest(level, LEVELS)} Levels: {', '.join(LEVELS)}"
        )
    chosen = [measure(name)] if name is not None else list(METRICS.values())
    rows = [row_of(row) for row in chosen if level is None or LEVELS[level] in row.levels]
    if name is not None and not rows:
        raise ConfigError(f"{name} is not reported per {level}: {', '.join(row_of(chosen[0])['levels'])}")
    if json_file is not None:
        report = {"schema": 1, "metrics": rows, "profiles": sorted(PROFILES)}
        json_file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if name is None:
        Console().print(_table(rows))
    else:
        _explain(rows[0], Console())


def _table(rows: list[dict[str, Any]]) -> Table:
    shown = Table(title=f"{len(rows)} measurements; vendor profiles: {', '.join(PROFILES)}", title_justify="left")
    for column in ("name", "unit", "type", "per", "range"):
        shown.add_column(column, no_wrap=column == "name")
    for row in rows:
        shown.add_row(
            row["name"],
            row["unit"],
            f"{row['type']}, {row['number']}",
            " ".join(row["levels"]),
            _range(row),
        )
    return shown


def _explain(row: dict[str, Any], console: Console) -> None:
    said = {
        "unit": row["unit"] or "none: a count, a ratio or an index",
        "type": f"{row['type']}, {row['number']}",
        "per": ", ".join(row["levels"]).replace("cell", "cell or node"),
        "range": _range(row),
        "counted by": row["object"],
        "labels": ", ".join(row["labels"]) or "none",
    }
    console.print(f"[bold]{row['name']}[/bold]  (TS 28.552, O-RAN E2SM-KPM)", highlight=False)
    for key, value in said.items():
        console.print(f"  {key:<11} {value}", highlight=False, markup=False)
    for profile, alias in row["profiles"].items():
        console.print(
            f"  {profile:<11} sends {alias['name']}, times {alias['factor']:g}", highlight=False, markup=False
        )


def _range(row: dict[str, Any]) -> str:
    low, high = ("" if end is None else f"{end:g}" for end in row["range"])
    return f"{low}..{high}" if low or high else "any"
