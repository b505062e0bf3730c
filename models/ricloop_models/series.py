"""Hourly traffic of real cells from CSV files: entities side by side, rows aligned by time, gaps as NaN.

Two layouts are read, each as a folder: one file `matrixTS.csv` without header, a row per entity and a column per hour,
with `ID_labels.csv` beside it (the Milan activity of Network-Traffic-Prediction); or any number of files with the
header `DateTime,Traffic` (month/day/year hour:minute), a cell per file, where `train_X.csv` and `test_X.csv` are two
parts of cell X (the LTE cells of Cellular-Traffic-Prediction-using-LSTM).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError

HOUR = timedelta(hours=1)
MATRIX, LABELS = "matrixTS.csv", "ID_labels.csv"
MOST_HOURS = 1_000_000
"""Of one file: a date that is a slip of the pen must not ask for a table of centuries."""


@dataclass(frozen=True, eq=False)
class Series:
    """Hourly values of some entities."""

    entities: tuple[str, ...]
    values: NDArray[np.float64]
    """Shape [entities, hours], NaN for hours without a value."""


def read(folder: Path) -> Series:
    """Whatever of the two layouts lies in `folder`. Raises ConfigError where neither does, and naming file and line
    for what cannot be read."""
    if (folder / MATRIX).is_file():
        return read_matrix(folder)
    if any(folder.glob("*.csv")):
        return read_cells(folder)
    raise ConfigError(f"{folder}: no {MATRIX} and no *.csv with the header DateTime,Traffic is there")


def read_matrix(folder: Path) -> Series:
    """Only entities with a value for every hour: in a row that is shorter nobody knows which hours are missing."""
    rows = [[_number(cell, folder / MATRIX, line) for cell in row] for line, row in _lines(folder / MATRIX)]
    names = [row[0] for _, row in _lines(folder / LABELS)]
    if len(names) != len(rows):
        raise ConfigError(f"{folder / LABELS} names {len(names)} entities, {MATRIX} has {len(rows)} rows")
    hours = max(map(len, rows))
    whole = [at for at, row in enumerate(rows) if len(row) == hours and not np.isnan(row).any()]
    return Series(tuple(f"{float(names[at]):g}" for at in whole), np.array([rows[at] for at in whole]))


def read_cells(folder: Path) -> Series:
    """A cell per name of a file, without `train_` and `test_`; hours from the first to the last of any cell."""
    found: dict[str, dict[datetime, float]] = {}
    for path in sorted(folder.glob("*.csv")):
        lines = iter(_lines(path))
        if next(lines, (0, []))[1] != ["DateTime", "Traffic"]:
            raise ConfigError(f"{path}: its header should be DateTime,Traffic")
        cell = found.setdefault(path.stem.removeprefix("train_").removeprefix("test_"), {})
        for line, row in lines:
            try:
                at = datetime.strptime(row[0], "%m/%d/%Y %H:%M")
            except (ValueError, IndexError):
                raise ConfigError(f"{path} line {line}: {row[:1]} is no time as 10/23/2017 0:00") from None
            cell[at] = _number(row[1] if len(row) > 1 else "", path, line)
    start = min(at for cell in found.values() for at in cell)
    hours = (max(at for cell in found.values() for at in cell) - start) // HOUR + 1
    if hours > MOST_HOURS:
        raise ConfigError(f"{folder}: {hours} hours lie between its first and last time")
    values = np.full((len(found), hours), np.nan)
    for row_of, cell in enumerate(found.values()):
        for at, value in cell.items():
            values[row_of, (at - start) // HOUR] = value
    return Series(tuple(found), values)


def _lines(path: Path) -> list[tuple[int, list[str]]]:
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [(number, row) for number, row in enumerate(csv.reader(file), 1) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error


def _number(text: str, path: Path, line: int) -> float:
    try:
        value = float(text) if text.strip() else float("nan")
    except ValueError:
        raise ConfigError(f"{path} line {line}: {text!r} is no number") from None
    if value < 0 or value == float("inf"):
        raise ConfigError(f"{path} line {line}: {text} is no amount of traffic")
    return value
