"""The figures that this project states: kept in `recorded.json`, and written from there into the pages.

A page holds `<!-- figures: GROUP -->` and `<!-- /figures -->`; what stands between them is made of the record. A test
holds the two together.
"""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.figures.checkout import HERE, Measured
from tests.figures.figure import Figure, Value
from tests.figures.registry import RUNS
from tests.figures.verdict import compare

RECORD = Path(__file__).with_name("recorded.json")
PAGES = (HERE / "README.md", *sorted(HERE.glob("*/README.md")))
BETWEEN = re.compile(r"(?<=<!-- figures: )([a-z ]+)( -->\n).*?(?=<!-- /figures -->)", re.DOTALL)


def machine() -> str:
    """Of what class this one is, in words."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def recorded() -> dict[str, Any]:
    return json.loads(RECORD.read_text()) if RECORD.exists() else {"machine": machine(), "runs": {}}


def record(measured: Mapping[str, Sequence[Measured]], quick: bool) -> None:
    """Put what was measured now in place of what stood there of the same runs."""
    document = recorded() | {"machine": machine()}
    for name, rounds in measured.items():
        found = {figure.name: compare(figure, (), rounds).after for figure in RUNS[name].figures}
        if values := {key: value for key, value in found.items() if value is not None}:
            document["runs"][name] = {"command": RUNS[name].line(quick), "values": values}
    document["runs"] = {name: document["runs"][name] for name in RUNS if name in document["runs"]}
    RECORD.write_text(json.dumps(document, indent=1) + "\n")


def with_tables(page: str, document: Mapping[str, Any]) -> str:
    """The page with every table made anew."""
    return BETWEEN.sub(lambda found: found[1] + found[2] + table(found[1], document), page)


def write_tables() -> list[Path]:
    """Pages that changed."""
    changed = []
    for path in PAGES:
        made = with_tables(path.read_text(), recorded())
        if made != path.read_text():
            path.write_text(made)
            changed.append(path)
    return changed


def table(group: str, document: Mapping[str, Any]) -> str:
    """A group's figures as Markdown; a command stands before the first of the figures that it shows."""
    lines = []
    for name, each in document["runs"].items():
        found = [figure for figure in RUNS[name].figures if figure.name in each["values"]]
        if RUNS[name].group == group:
            commands = [f"`{each['command'].replace('{data}', 'TRACES')}`", *[""] * len(found)]
            lines += map(_line, commands, found, (each["values"][figure.name] for figure in found))
    if not lines:
        return "None is recorded yet: `python -m tests.figures --record`.\n"
    return "\n".join(["| shown by | figure | value |", "|---|---|---|", *lines, "", f"On {document['machine']}.", ""])


def _line(command: str, figure: Figure, value: Value) -> str:
    return f"| {command} | {figure.name} | {shown(value)} {figure.unit}".rstrip() + " |"


def shown(value: Value | None) -> str:
    """Four digits of a number, eight of a digest."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return " ".join(each[:8] + "…" if len(each) > 16 else each for each in value.split())
    if isinstance(value, int) or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"
