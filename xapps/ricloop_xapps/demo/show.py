"""What a person sees: a live table on a terminal, whole plain lines when piped, nothing when quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from ricloop_xapps.demo.facts import COLUMNS

LINE_EVERY_S = 2.0


class Show:
    """Context manager; call `status` as often as there is something new."""

    def __init__(self, title: str, quiet: bool) -> None:
        self._title, self._quiet = title, quiet
        self.console = Console(quiet=quiet, soft_wrap=not sys.stdout.isatty())
        self._live = (
            Live(console=self.console, transient=True, auto_refresh=False) if self.console.is_terminal else None
        )
        self._last_line = 0.0

    def __enter__(self) -> Show:
        self.console.print(self._title)
        if self._live and not self._quiet:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def status(self, ric: Mapping[str, Any], worlds: Sequence[Mapping[str, Any]], share: float) -> None:
        """`share` of the run, 0..1."""
        if self._quiet:
            return
        if self._live:
            bar = ProgressBar(total=1.0, completed=share)
            self._live.update(Group(_table(worlds), _xapps(ric), _line(ric, worlds, share), bar), refresh=True)
        elif time.monotonic() - self._last_line >= LINE_EVERY_S:
            self._last_line = time.monotonic()
            self.console.print(_line(ric, worlds, share), highlight=False)


def _sum(worlds: Sequence[Mapping[str, Any]], key: str) -> float:
    return float(sum(world[key] for world in worlds))


def _line(ric: Mapping[str, Any], worlds: Sequence[Mapping[str, Any]], share: float) -> str:
    controls = ric["controls"]
    return (
        f"{100 * share:3.0f} %  reports {ric['received']}  controls {controls['sent']}  "
        f"accepted {controls['accepted']}  asleep {_sum(worlds, 'asleep'):.0f} cells  "
        f"power {_sum(worlds, 'power_w'):.0f} W of {_sum(worlds, 'baseline_power_w'):.0f} W"
    )


def _xapps(ric: Mapping[str, Any]) -> Table:
    """A row per xApp."""
    table = Table()
    table.add_column("xApp")
    for title in COLUMNS.values():
        table.add_column(title, justify="right")
    for name, told in ric["by_xapp"].items():
        table.add_row(name, *(f"{told[key]}" for key in COLUMNS))
    return table


def _table(worlds: Sequence[Mapping[str, Any]]) -> Table:
    """A row per cell."""
    table = Table()
    for name, justify in (("cell", "left"), ("MHz", "right"), ("state", "left"), ("PRB", "left"), ("users", "right")):
        table.add_column(name, justify="right" if justify == "right" else "left")
    table.add_column("W", justify="right")
    for world in worlds:
        for cell in world["table"]:
            bar = "█" * round(cell["prb_percent"] / 5)
            style = "dim" if cell["state"] != "active" else ""
            table.add_row(
                cell["cell"],
                f"{cell['frequency_mhz']:.0f}",
                cell["state"],
                f"{cell['prb_percent']:5.1f} % {bar}",
                f"{cell['users']}",
                f"{cell['power_w']:.0f}",
                style=style,
            )
        table.add_section()
    return table


def print_facts(console: Console, rows: Sequence[tuple[str, str]]) -> None:
    """Aligned on a terminal, whole lines elsewhere."""
    if not console.is_terminal:
        for name, text in rows:
            console.print(f"{name:20}{text}", highlight=False, soft_wrap=True)
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console.print(table)
