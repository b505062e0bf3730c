"""CSV files as columns: checked by name, pivoted to [intervals, cells]."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ricloop.core.errors import nearest
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.replay.trace import TraceError

MISSING = {"", "-", "nan", "NaN", "null"}


@dataclass(frozen=True, eq=False)
class Table:
    """One CSV file, every cell still text."""

    path: Path
    header: list[str]
    columns: dict[str, list[str]]

    def text(self, name: str) -> list[str]:
        """A column. Raises TraceError naming the nearest one."""
        if name not in self.columns:
            raise TraceError(
                f"{self.path}: no column is called {name!r}.{nearest(name, self.columns)}"
                f" It has: {', '.join(self.columns)}"
            )
        if self.header.count(name) > 1:
            raise TraceError(f"{self.path}: two columns are called {name!r}: rename one of them")
        return self.columns[name]

    def numbers(self, name: str) -> Floats:
        """A column as numbers, NaN where a value is missing."""
        values = self.text(name)
        numbers = np.array([_number(value) for value in values])
        if (wrong := np.isinf(numbers)).any():
            row = int(np.argmax(wrong))
            raise TraceError(f"{self.path}: column {name!r}, row {row + 2}: {values[row]!r} is not a number")
        return numbers


def _number(text: str) -> float:
    """NaN where it is missing, infinity where it is no number."""
    try:
        return math.nan if text.strip() in MISSING else float(text)
    except ValueError:
        return math.inf


def read_header(path: Path) -> list[str]:
    """Names of the columns. Raises TraceError where there is no readable file."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return next(csv.reader(file), [])
    except OSError as error:
        raise TraceError(f"cannot read the trace {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TraceError(f"cannot read the trace {path}: this is not text in UTF-8") from error


def read_table(path: Path) -> Table:
    """The whole file. Raises TraceError naming the row that is shorter or longer than the header."""
    header = read_header(path)
    if len(header) == 1 and (other := next((mark for mark in ";\t|" if mark in header[0]), None)):
        raise TraceError(f"{path}: its columns are parted by {other!r}: write commas")
    columns: dict[str, list[str]] = {name: [] for name in header}
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        next(rows, None)
        for number, row in enumerate(rows, start=2):
            if not row:
                continue
            if len(row) != len(header):
                raise TraceError(f"{path}: row {number} has {len(row)} fields, the header {len(header)}")
            for name, value in zip(header, row, strict=True):
                columns[name].append(value)
    if not columns or not next(iter(columns.values())):
        raise TraceError(f"{path}: the trace has no rows")
    return Table(path, header, columns)


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows of (time, cell) placed on an even time axis."""

    time_s: Floats
    interval_s: float
    cells: tuple[str, ...]
    repeated: int
    """Rows of a time and cell that a later row has as well."""
    _row: Ints
    _column: Ints

    def place(self, values: Floats) -> Floats:
        """[intervals, cells], NaN where the source has no row. The last of repeated rows holds."""
        grid = np.full((len(self.time_s), len(self.cells)), np.nan)
        grid[self._row, self._column] = values
        return grid

    def constant(self, values: Sequence[str], name: str, path: Path) -> list[str]:
        """[cells]: a column that must not change over time."""
        found: dict[int, str] = {}
        for column, value in zip(self._column.tolist(), values, strict=True):
            if found.setdefault(column, value) != value:
                raise TraceError(f"{path}: column {name!r} changes over time for cell {self.cells[column]!r}")
        return [found[column] for column in range(len(self.cells))]


def make_grid(time_s: Floats, cell: Sequence[str], path: Path) -> Grid:
    """The even axis through all times: its step is the commonest gap, and every time must lie on it."""
    if np.isnan(time_s).any():
        raise TraceError(f"{path}: row {int(np.argmax(np.isnan(time_s))) + 2} has no time")
    times = np.unique(time_s)
    if len(times) < 2:
        raise TraceError(f"{path}: a trace needs at least two intervals")
    steps, counts = np.unique(np.diff(times), return_counts=True)
    step = float(steps[np.argmax(counts)])
    at = (time_s - times[0]) / step
    row: Ints = np.rint(at).astype(np.int64)
    if np.abs(at - row).max() > 1e-6:
        bad = int(np.argmax(np.abs(at - row)))
        raise TraceError(f"{path}: row {bad + 2} is not a whole number of {step:g} s after the first")
    cells = tuple(dict.fromkeys(cell))
    index = {name: number for number, name in enumerate(cells)}
    axis = times[0] + step * np.arange(int(row.max()) + 1)
    column: Ints = np.array([index[name] for name in cell])
    repeated = len(row) - len(np.unique(row * len(cells) + column))
    return Grid(axis, step, cells, repeated, row, column)
