"""What is usual of each cell at each time of day, learned as values come, and how far from it they are.

Per cell, metric and part of the day a running centre c and spread s, of a value x:

    e = x − c, cut at ±3 s                       Huber's ψ: one wild value moves a centre by 3 s at the most
    c ← c + e / n                                n: values so far, `memory` at the most
    s ← s + (1.2533 |e| − s) / n                 √(π/2) times the mean absolute deviation: a normal law's σ

The first value is its own centre with the training's spread; while fewer than `minimum` came, none is cut.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop.core.ids import Cells
from ricloop.core.model import ContextPlan, Table
from ricloop.features.calendar import NS_PER_DAY
from ricloop.features.rows import RowMap, Rows

FARTHEST = 10.0
"""Spreads at which a distance is cut: one absurd number is unusual enough, and squares stay finite."""
_CUT = np.float32(3.0)
_NORMAL = np.float32(math.sqrt(math.pi / 2))
_FLOOR = np.float32(0.05)
"""Of the training's spread: what hardly ever moves shall not make every grain a wonder."""


class Context:
    """Of every cell that one model looks at."""

    def __init__(self, plan: ContextPlan, cells: int = 64, *, day_ns: int = NS_PER_DAY) -> None:
        """`cells`: how many there is room for at first; it doubles when there are more."""
        self.plan = plan
        self._day_ns = day_ns
        self._centre = np.array(plan.centre, np.float32)
        self._usual = np.array(plan.spread, np.float32)
        self._least = _FLOOR * self._usual
        self._logarithmic = np.flatnonzero(plan.logarithmic)
        self._map = RowMap(cells)
        shape = (plan.bins + 1, cells, len(plan.centre))
        self._means, self._counts = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._spreads = np.broadcast_to(self._usual, shape).copy()
        """[bins + 1, cells, metrics] each; the last bin is the whole day's."""
        self._held = np.zeros(cells, np.int64)
        """[cells]: periods for which each has been called unusual, up to now."""
        self._unusual = np.zeros(cells, np.bool_)

    def __len__(self) -> int:
        return len(self._map)

    def scale(self, cells: Cells, time_ns: int, values: Table) -> Table:
        """How far from usual: [metrics, cells] of the same, in spreads, ±`FARTHEST` at the most. NaN stays NaN, but
        of a metric that the cell never reported: to leave it out is usual, 0.

        `time_ns`: of the values, since the Unix epoch.
        """
        rows, part = self._rows(cells), self._part(time_ns)
        centre, spread = self._centre, self._usual
        old, known = (self._counts[which, rows] >= self.plan.minimum for which in (-1, part))
        centre = np.where(known, self._means[part, rows], np.where(old, self._means[-1, rows], self._centre))
        spread = np.where(old, self._spreads[-1, rows], self._usual)
        np.maximum(spread, self._spreads[part, rows], out=spread, where=known)
        away = self._taken(values)
        away -= centre
        away /= np.maximum(spread, self._least)
        np.copyto(away, 0, where=np.isnan(away) & (self._counts[-1, rows] == 0))
        far: Table = np.clip(away, -FARTHEST, FARTHEST, out=away).T
        return far

    def young(self, cells: Cells) -> NDArray[np.bool_]:
        """[cells]: of which fewer than `minimum` values of every metric came."""
        found: NDArray[np.bool_] = self._counts[-1, self._rows(cells)].max(axis=1) < self.plan.minimum
        return found

    def judge(self, cells: Cells, unusual: NDArray[np.bool_]) -> None:
        """What the model says of these cells now, [cells]: of those that are unusual nothing is learned, until it says
        otherwise or `patience` periods have passed; new cells are learned all the same."""
        self._unusual[self._rows(cells)] = unusual

    def update(self, cells: Cells, time_ns: int, values: Table) -> None:
        """Learn one period of some cells, each once: `values` [metrics, cells]; NaN is "no value"."""
        rows, columns = self._rows(cells), self._taken(values)
        unusual = self._unusual[rows]
        held = np.where(unusual, self._held[rows] + 1, 0)
        self._held[rows] = held
        # Of a cell that is new everything is learned: it was judged by what is usual elsewhere.
        learn = ~unusual | (held > self.plan.patience) | self.young(cells)
        if not learn.all():
            columns = np.where(learn[:, None], columns, np.float32(np.nan))
        there = ~np.isnan(columns)
        for which in (self._part(time_ns), -1):
            self._learn(which, rows, columns, there)

    def forget(self, cells: Cells) -> None:
        """Cells that are gone: should they come back, they begin anew."""
        rows = self._map.forget(cells)
        self._means[:, rows] = self._counts[:, rows] = 0.0
        self._spreads[:, rows] = self._usual
        self._held[rows] = 0
        self._unusual[rows] = False

    def snapshot(self) -> dict[str, NDArray[Any]]:
        """All that was learned: `cells` uint64 [cells]; `centre`, `spread` and `count` float32 [bins + 1, cells,
        metrics], the whole day last; `held` int64 and `unusual` bool [cells]."""
        cells = self._map.cells
        rows = self._map.of(cells)
        return {
            "cells": cells,
            "centre": self._means[:, rows],
            "spread": self._spreads[:, rows],
            "count": self._counts[:, rows],
            "held": self._held[rows],
            "unusual": self._unusual[rows],
        }

    def restore(self, snapshot: Mapping[str, NDArray[Any]]) -> None:
        """Take over what another learned of these cells. Raises ConfigError for a snapshot of another plan."""
        cells = snapshot["cells"].astype(np.uint64)
        expected = (self.plan.bins + 1, len(cells), len(self._centre))
        if snapshot["centre"].shape != expected:
            raise ConfigError(
                f"a snapshot of the context has shape {list(snapshot['centre'].shape)}, not {list(expected)}: it is of "
                "another model, or of other parts of the day; begin without it"
            )
        rows = self._rows(cells)
        self._means[:, rows] = snapshot["centre"]
        self._spreads[:, rows] = snapshot["spread"]
        self._counts[:, rows] = snapshot["count"]
        self._held[rows] = snapshot["held"]
        self._unusual[rows] = snapshot["unusual"]

    def _learn(self, which: int, rows: Rows | slice, values: Table, there: NDArray[np.bool_]) -> None:
        """Of one part of the day, [cells, metrics] where there is a value."""
        mean, spread, count = self._means[which, rows], self._spreads[which, rows], self._counts[which, rows]
        count = np.minimum(count + there, self.plan.memory)
        young = count <= self.plan.minimum
        error = values - mean
        np.copyto(error, 0, where=~there)
        cut = _CUT * np.maximum(spread, self._least)
        np.copyto(cut, np.inf, where=young)
        np.clip(error, -cut, cut, out=error)
        share = there / np.maximum(count, 1)
        self._means[which, rows] = mean + error * share
        # The first value is no deviation from anything.
        np.copyto(share, 0, where=count == 1)
        self._spreads[which, rows] = spread + (_NORMAL * np.abs(error) - spread) * share
        self._counts[which, rows] = count

    def _taken(self, values: Table) -> Table:
        """[cells, metrics], of its own, as the plan looks at them."""
        taken = values.copy()
        # Not log1p: numpy has vector instructions for log alone, and grains of a unit need no more digits.
        taken[self._logarithmic] = np.log(1 + np.maximum(values[self._logarithmic], 0))
        return np.ascontiguousarray(taken.T)

    def _part(self, time_ns: int) -> int:
        return time_ns % self._day_ns * self.plan.bins // self._day_ns

    def _rows(self, cells: Cells) -> Rows | slice:
        rows = self._map.at(cells)
        if more := self._map.room - len(self._held):
            shape = (len(self._means), more, len(self._centre))
            nothing, usual = np.zeros(shape, np.float32), np.broadcast_to(self._usual, shape)
            self._means = np.concatenate([self._means, nothing], axis=1)
            self._spreads = np.concatenate([self._spreads, usual], axis=1)
            self._counts = np.concatenate([self._counts, nothing], axis=1)
            self._held = np.concatenate([self._held, np.zeros(more, np.int64)])
            self._unusual = np.concatenate([self._unusual, np.zeros(more, np.bool_)])
        return rows
