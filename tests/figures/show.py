"""A comparison as a table, and as a document for a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from tests.figures.checkout import Measured
from tests.figures.record import shown
from tests.figures.registry import RUNS
from tests.figures.verdict import Comparison, Verdict

COLOURS = {Verdict.BETTER: "green", Verdict.WORSE: "bold red", Verdict.ABSENT: "yellow"}
Compared = Mapping[str, Mapping[str, Comparison]]


def table(compared: Compared, after: Mapping[str, Sequence[Measured]], quick: bool, beside: bool) -> Table:
    """A line per figure; why one is not there stands in place of its verdict."""
    made = Table(box=None)
    columns = {"run": "left", "figure": "left", "before": "right", "after": "right", "ratio": "right", "noise": "right"}
    for column, side in columns.items():
        made.add_column(column, justify=side, overflow="fold")  # type: ignore[arg-type]
    made.add_column("verdict" if beside else "", overflow="fold")
    made.add_column("command", overflow="fold")
    for name, figures in compared.items():
        for number, figure in enumerate(RUNS[name].figures):
            each = figures[figure.name]
            ratio = "" if each.ratio is None else f"{each.ratio:.3f}"
            noise = f"{each.noise:.0%}" if each.noise else ""
            said = _why(after[name], figure.name) if each.after is None else each.verdict.value if beside else ""
            made.add_row(
                "" if number else name,
                figure.name,
                shown(each.before),
                f"{shown(each.after)} {figure.unit}",
                ratio,
                noise,
                f"[{COLOURS[each.verdict]}]{said}[/]" if each.verdict in COLOURS else said,
                "" if number else RUNS[name].line(quick),
            )
    return made


def _why(rounds: Sequence[Measured], figure: str) -> str:
    """What a run that shows no such figure said last."""
    for each in reversed(rounds):
        if said := each.absent.get(figure, each.absent.get("")):
            return f"not measured: {said.strip().splitlines()[-1]}"
    return Verdict.ABSENT.value


def plain(compared: Compared, trees: Sequence[str], quick: bool) -> dict[str, Any]:
    """Trees before and after, and a row per figure."""
    rows = [
        {
            "run": name,
            "group": RUNS[name].group,
            "command": RUNS[name].line(quick),
            "figure": figure.name,
            "unit": figure.unit,
            "before": figures[figure.name].before,
            "after": figures[figure.name].after,
            "ratio": figures[figure.name].ratio,
            "noise": figures[figure.name].noise,
            "verdict": figures[figure.name].verdict.value,
        }
        for name, figures in compared.items()
        for figure in RUNS[name].figures
    ]
    return {"schema": 1, "trees": list(trees), "quick": quick, "figures": rows}
