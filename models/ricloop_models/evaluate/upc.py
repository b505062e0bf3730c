"""Reader of `lte_anomaly_upc`: 15-minute counters of LTE cells, each row labelled usual or unusual."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError

FILE = Path("lte_anomaly_upc") / "labelled_17_cells.csv"
QUARTER_NS = 15 * 60 * 1_000_000_000
_TIME, _CELL, _LABEL = "Time", "CellName", "Unusual"


@dataclass(frozen=True, slots=True, eq=False)
class Upc:
    """Rows in the order of the file, which is not the order of time: a row has its quarter of an hour, and no date."""

    metrics: tuple[str, ...]
    cells: tuple[str, ...]
    cell: NDArray[np.int64]
    """[rows]: place in `cells`."""
    quarter: NDArray[np.int64]
    """[rows]: 0..95."""
    values: NDArray[np.float64]
    """[rows, metrics], NaN for an empty field: PRB use in percent, throughput in Mbit/s, users."""
    unusual: NDArray[np.bool_]
    """[rows]: the label."""


def read(data: Path) -> Upc:
    """`data` is the folder of folders. Raises ConfigError for a file that is not this one."""
    path = data / FILE
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        head, *rows = csv.reader(file)
    for name in (_TIME, _CELL, _LABEL):
        if name not in head:
            raise ConfigError(f"{path}: no column {name}; take the file anew, as PROVENANCE.md names it")
    metrics = tuple(name for name in head if name not in (_TIME, _CELL, _LABEL))
    at = {name: place for place, name in enumerate(head)}
    cells = tuple(sorted({row[at[_CELL]] for row in rows}))
    return Upc(
        metrics=metrics,
        cells=cells,
        cell=np.array([cells.index(row[at[_CELL]]) for row in rows]),
        quarter=np.array([_quarter(row[at[_TIME]]) for row in rows]),
        values=np.array([[_number(row[at[name]]) for name in metrics] for row in rows]),
        unusual=np.array([row[at[_LABEL]] == "1" for row in rows]),
    )


def folds(cell: NDArray[np.int64], count: int) -> list[NDArray[np.bool_]]:
    """[rows] of each fold's test part: every cell in one fold, dealt out in turn; no cell is on both sides."""
    return [cell % count == number for number in range(count)]


def _quarter(text: str) -> int:
    hour, _, minute = text.partition(":")
    return int(hour) * 4 + int(minute) // 15


def _number(text: str) -> float:
    # Some fields hold `#¡VALOR!`, a spreadsheet's word for none.
    try:
        return float(text)
    except ValueError:
        return float("nan")
