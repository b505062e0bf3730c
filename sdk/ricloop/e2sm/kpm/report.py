"""What a handler reads: aligned columns, one float32 value per cell (or UE) and metric, NaN for "no value"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, Cells, UeHandle, Ues
from ricloop.core.time import ms
from ricloop.e2sm.common import MovesUe
from ricloop.e2sm.kpm.metric import Metric
from ricloop.e2sm.kpm.ranges import limits_of

Column: TypeAlias = NDArray[np.float32]
"""One metric, shape [cells] or [ues]; NaN where the node had no value."""

Flags: TypeAlias = NDArray[np.bool_]

NO_CELL: CellId = 0
"""Stands where no cell is known: the node as a whole, or a UE whose serving cell is not known."""

PERIOD = ms(100)
"""The period of a report that nothing says one for."""

_SITE_SHIFT = 14
# A gNB id has 22 to 32 bits and a cell does not say how many. 22 is what a cell of this many ids per gNB needs.


@dataclass(frozen=True, eq=False, kw_only=True)
class _Columns:
    """Named columns over rows of one kind."""

    rows: Mapping[Metric, int]
    """Which row of `values` holds a metric; in the order asked."""
    values: NDArray[np.float32]
    """Shape [metrics, cells or ues]: a metric's column lies together."""
    cells: Cells
    """Shape [cells or ues]: the cell of each column entry, `NO_CELL` where it is not known."""
    time: int = 0
    """When the node began to collect: nanoseconds since the Unix epoch, by its own clock."""
    old: Flags | None = None
    """Shape [cells or ues]: see `stale`; None: no entry is."""
    period: timedelta = PERIOD
    age: timedelta = timedelta(0)
    """How long ago it arrived, when it was handed over."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics asked for, in that order."""
        return tuple(self.rows)

    def __getitem__(self, metric: Metric) -> Column:
        """The column of a metric, float32. Raises ConfigError for one that the feed did not ask for."""
        row = self.rows.get(metric)
        if row is None:
            raise ConfigError(f"this report has no '{metric}'; its feed asks for {', '.join(map(str, self.rows))}")
        column: Column = self.values[row]
        return column

    def missing(self, metric: Metric) -> Flags:
        """Shape [cells or ues]: True where the node sent no value."""
        return np.isnan(self[metric])

    def out_of_range(self, metric: Metric) -> Flags:
        """Shape [cells or ues]: True where the value is none that the metric can have: another unit, or a fault."""
        column, (low, high) = self[metric], limits_of((metric,))
        flags: Flags = ((column < low) | (column > high))[0]
        return flags

    def stale(self) -> Flags:
        """Shape [cells or ues]: True where the values are of an earlier period: their node did not report in this."""
        return np.zeros(len(self), np.bool_) if self.old is None else self.old

    def flags(self) -> tuple[int, int, int]:
        """How many values are missing, and how many out of range; how many entries are stale."""
        low, high = limits_of(self.metrics)
        values = self.values
        stale = 0 if self.old is None else int(np.count_nonzero(self.old))
        good = int(np.count_nonzero((values >= low) & (values <= high)))
        if good == values.size:
            return 0, 0, stale
        missing = int(np.count_nonzero(np.isnan(values)))
        return missing, values.size - good - missing, stale

    def __len__(self) -> int:
        return len(self.cells)


@dataclass(frozen=True, eq=False, kw_only=True)
class Report(_Columns):
    """One period of `kpm.every`: the cells of one gNB (or of all that were gathered), each once, in ascending order."""

    @property
    def node_level(self) -> bool:
        """True where the node takes no cell id: its one entry is the node as a whole."""
        return len(self.cells) == 1 and int(self.cells[0]) == NO_CELL

    @cached_property
    def sites(self) -> NDArray[np.int64]:
        """Shape [cells]: number of the cell's gNB within this report, 0, 1 …; gNB ids of 22 bits are assumed."""
        numbers: NDArray[np.int64] = np.unique(self.cells >> np.uint64(_SITE_SHIFT), return_inverse=True)[1]
        return numbers.reshape(-1)

    def site_max(self, metric: Metric) -> Column:
        """Per cell, the largest value of `metric` among the cells of the same gNB; NaN where none has one."""
        column, sites = self[metric], self.sites
        best = np.full(int(sites.max(initial=-1)) + 1, np.nan, np.float32)
        np.fmax.at(best, sites, column)
        return best[sites]

    def aged(self, age: timedelta) -> Report:
        """The same report, `age` old."""
        return replace(self, age=age)

    @classmethod
    def of(
        cls,
        cells: Iterable[CellId] | Cells,
        columns: Mapping[Metric, ArrayLike],
        *,
        time: int = 0,
        period: timedelta = PERIOD,
    ) -> Report:
        """A report from plain numbers, for tests: `Report.of(cells, {PRB: [5.0, 80.0]})`. A number fills its column."""
        ids = _ids(cells)
        return cls(rows=_rows(columns), values=_values(columns, len(ids)), cells=ids, time=time, period=period)


@dataclass(frozen=True, eq=False, kw_only=True)
class UeReport(_Columns):
    """One period of `kpm.every_ue`: the UEs of one gNB, each once. `cells` is each UE's serving cell."""

    ues: Ues
    """Shape [ues]: the runtime's handles."""

    @cached_property
    def _index(self) -> dict[int, int]:
        return {ue: row for row, ue in enumerate(self.ues.tolist())}

    def cell_of(self, ue: UeHandle) -> CellId | None:
        """The UE's serving cell; None for a UE that is not in the report, or whose cell is not known."""
        row = self._index.get(int(ue))
        if row is None:
            return None
        return int(self.cells[row]) or None

    def in_cell(self, cell: CellId) -> Ues:
        """The UEs that `cell` serves."""
        served: Ues = self.ues[self.cells == np.uint64(cell)]
        return served

    def confirms(self, action: Action) -> bool | None:
        """Is a moved UE in the cell it was to go to? None for another action, or a UE that is not in the report."""
        if not isinstance(action, MovesUe):
            return None
        serving = self.cell_of(action.ue)
        return None if serving is None else serving == action.target

    def aged(self, age: timedelta) -> UeReport:
        """The same report, `age` old."""
        return replace(self, age=age)

    @classmethod
    def of(
        cls,
        ues: Iterable[UeHandle] | Ues,
        cells: Iterable[CellId] | Cells,
        columns: Mapping[Metric, ArrayLike],
        *,
        time: int = 0,
        period: timedelta = PERIOD,
    ) -> UeReport:
        """A report from plain numbers, for tests. `cells` is the serving cell of each UE."""
        handles, serving = _ids(ues), _ids(cells)
        if len(handles) != len(serving):
            raise ValueError(f"{len(handles)} UEs need as many serving cells, not {len(serving)}")
        values = _values(columns, len(handles))
        return cls(rows=_rows(columns), values=values, cells=serving, ues=handles, time=time, period=period)


def _ids(ids: Iterable[int] | NDArray[np.uint64]) -> NDArray[np.uint64]:
    return np.fromiter((int(id_) for id_ in ids), np.uint64)


def _rows(metrics: Iterable[Metric]) -> dict[Metric, int]:
    return {metric: row for row, metric in enumerate(metrics)}


def _values(columns: Mapping[Metric, ArrayLike], count: int) -> NDArray[np.float32]:
    values = np.empty((len(columns), count), np.float32)
    for row, (metric, column) in enumerate(columns.items()):
        given = np.asarray(column, np.float32)
        if given.ndim and given.shape != (count,):
            raise ValueError(f"column '{metric}' has shape {given.shape}; {count} rows need ({count},)")
        values[row] = given
    return values


def rows_of(metrics: Sequence[Metric]) -> Mapping[Metric, int]:
    """The `rows` of every report of one feed; made once."""
    return _rows(metrics)


def blank(metrics: int, count: int) -> NDArray[Any]:
    """A table without a value yet, shape [metrics, count]."""
    return np.full((metrics, count), np.nan, np.float32)
