"""What an evaluation hands back: tables for people, rows for machines, both from the same figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from rich.progress import Progress

SCHEMA = 1
Cell: TypeAlias = str | int | float | None
"""Of a table: None where there is no such figure."""


@dataclass(frozen=True, slots=True)
class Scores:
    """One table: who, and how good, a model beside its baselines on the same splits."""

    title: str
    """What was asked of which data, as `Milan, 168 h ahead`."""
    columns: tuple[str, ...]
    """After the first, which is who."""
    rows: Mapping[str, tuple[Cell, ...]]
    """By who; ours first."""
    note: str
    """The protocol, and what each column is, with its unit."""

    def __post_init__(self) -> None:
        for who, row in self.rows.items():
            if len(row) != len(self.columns):
                raise ValueError(f"{self.title}: {who} has {len(row)} figures for {len(self.columns)} columns")

    def markdown(self, digits: int = 3) -> str:
        """As a README has it."""
        lines = [f"| | {' | '.join(self.columns)} |", f"|---|{'---:|' * len(self.columns)}"]
        lines += [f"| {who} | {' | '.join(_text(v, digits) for v in row)} |" for who, row in self.rows.items()]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything one model's evaluation found."""

    tables: tuple[Scores, ...]
    rows: Sequence[Mapping[str, Cell]] = ()
    """For machines, finer than the tables: of a forecast one per dataset, entity and horizon with the keys `dataset`,
    `entity`, `horizon_h`, `mae`, `mase`, `naive_mase`, `crps`, `coverage`."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """Single figures and curves by name."""
    absent: tuple[str, ...] = ()
    """Data that was looked for and is not there, each with its path: its tables are left out."""

    def as_json(self, name: str, data: Path) -> dict[str, Any]:
        """What `--json` writes."""
        return {
            "schema": SCHEMA,
            "model": name,
            "command": f"ricloop models evaluate {name} --data {data}",
            "rows": [dict(row) for row in self.rows],
            "tables": [
                {
                    "title": t.title,
                    "columns": ["who", *t.columns],
                    "rows": [[w, *r] for w, r in t.rows.items()],
                    "note": t.note,
                }
                for t in self.tables
            ],
            "figures": dict(self.figures),
            "absent": list(self.absent),
        }


Evaluate: TypeAlias = Callable[[Path, Progress], Evaluation]
"""Takes the folder of data (a folder per data set, named as its reader expects) and where to show progress."""


def _text(value: Cell, digits: int) -> str:
    if value is None:
        return "–"
    return f"{value:.{digits}f}" if isinstance(value, float) else str(value)
