"""Benches of parts, each beside its baseline in the same run: what it costs, and how many times the baseline that is.

Rows are flat; what a number is in stands at the end of its name (`_us` microseconds, `_s` seconds). The commands of the
whole are `ricloop bench`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ricloop.runtime.log import configure
from tests.bench.rows import Row

BENCHES = (
    "calls",
    "capture",
    "context",
    "forecast",
    "instruments",
    "isolated",
    "lease",
    "lifecycle",
    "simulator",
    "start",
    "takeover",
    "transport",
    "xapp_process",
)
WIDTH = 140
"""Of what is printed into a file or a pipe."""


def bench(name: str) -> tuple[str, Callable[[float], Iterator[Row]]]:
    """Its question, and what answers it with so large a share of its usual rounds."""
    module = import_module(f"tests.bench.{name}")
    return str(module.__doc__).partition("\n\n")[0].replace("\n", " "), module.measure


def main(arguments: list[str] | None = None) -> None:
    wanted = _wanted(arguments)
    configure(quiet=True)
    console, found = Console(width=None if sys.stdout.isatty() else WIDTH), []
    for name in wanted.benches or BENCHES:
        title, measure = bench(name)
        rows = list(measure(wanted.share))
        found += [{"bench": name, **row} for row in rows]
        console.print(f"[bold]{name}[/bold]: {title}", highlight=False)
        console.print(_table(rows))
    if wanted.json is not None:
        wanted.json.write_text(json.dumps(found, indent=1) + "\n")


def _wanted(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benches", nargs="*", metavar="BENCH", help=f"which of {', '.join(BENCHES)}; all where none is")
    parser.add_argument("--share", type=float, default=1.0, help="of the usual rounds: 0.1 for a quick look (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to this file")
    wanted = parser.parse_args(arguments)
    if unknown := set(wanted.benches) - set(BENCHES):
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    return wanted


def _table(rows: list[Row]) -> Table:
    """A column for each name in any of the rows."""
    table = Table(box=None)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    for column in columns:
        table.add_column(column.replace("_", " "), justify="left" if isinstance(rows[0].get(column), str) else "right")
    for row in rows:
        table.add_row(*(_shown(row.get(column)) for column in columns))
    return table


def _shown(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return "" if value is None else str(value)


if __name__ == "__main__":
    main()
