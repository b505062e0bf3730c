"""Parts of one gNB's nodes and cells become one report: joined by cell, or by UE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.core.ids import CellId, UeHandle
from ricloop.core.time import ns
from ricloop.e2sm.base import ActionPlan, HandleOf, Part
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.feeds import Every, EveryUe
from ricloop.e2sm.kpm.listing import Memory
from ricloop.e2sm.kpm.records import CellRecord, UeRecords
from ricloop.e2sm.kpm.report import NO_CELL, Report, UeReport, blank


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """`ActionPlan.detail`: what was asked, and where its values belong."""

    definition: ActionDefinition
    columns: NDArray[np.intp]
    """Row of the report's values for each measurement."""
    factors: NDArray[np.float32] | None = None
    """Shape [measurements]: from the node's units to the standard's; None: they are the same."""
    memory: Memory | None = None
    """What the node's messages are like."""


@dataclass(slots=True, eq=False)
class Content:
    """`Part.content`: the values as the node sent them, and what was asked."""

    planned: Planned
    record: CellRecord | UeRecords

    @property
    def values(self) -> NDArray[np.float32]:
        """In the standard's units; shape [measurements] or [ues, measurements]."""
        values, factors = self.record.values, self.planned.factors
        return values if factors is None else values * factors


def for_reader(part: Part, plan: ActionPlan) -> Part:
    """A part as one of several readers of its subscription has it: each wants the values at places of its own."""
    if not isinstance(plan.detail, Planned) or plan.detail is part.content.planned:
        return part
    return replace(part, content=Content(plan.detail, part.content.record))


def cell_report(feed: Every, parts: Sequence[Part]) -> Report:
    """A row per cell, ascending. A part without a cell counts only where none has one: it is the node as a whole."""
    cells = sorted({part.cell for part in parts if part.cell is not None}) or [NO_CELL]
    row = {cell: number for number, cell in enumerate(cells)}
    values = blank(len(feed.metrics), len(cells))
    old, time = np.zeros(len(cells), np.bool_), _time(parts)
    since = time - ns(feed.period) // 2
    for part in parts:
        at = row.get(NO_CELL if part.cell is None else part.cell)
        if at is not None:
            values[part.content.planned.columns, at] = part.content.values
            old[at] |= part.time < since
    values.setflags(write=False)  # several handlers read the same report
    return Report(
        rows=feed.rows,
        values=values,
        cells=np.array(cells, np.uint64),
        time=time,
        old=old,
        period=feed.period,
    )


def ue_report(feed: EveryUe, parts: Sequence[Part], handle_of: HandleOf) -> UeReport:
    """A row per UE, handles ascending. Each node brings its columns; any part with a cell says where the UE is."""
    handles: list[list[UeHandle]] = [[handle_of(ue) for ue in part.content.record.ues] for part in parts]
    ues = sorted(set().union(*handles))
    row = {ue: number for number, ue in enumerate(ues)}
    values = blank(len(feed.metrics), len(ues))
    cells: NDArray[Any] = np.full(len(ues), NO_CELL, np.uint64)
    old, time = np.zeros(len(ues), np.bool_), _time(parts)
    since = time - ns(feed.period) // 2
    for part, named in zip(parts, handles, strict=True):
        at = [row[ue] for ue in named]
        values[part.content.planned.columns[:, None], at] = part.content.values.T
        old[at] |= part.time < since
        if part.cell is not None:
            cells[at] = part.cell
    values.setflags(write=False)
    return UeReport(
        rows=feed.rows,
        values=values,
        cells=cells,
        ues=np.array(ues, np.uint64),
        time=time,
        old=old,
        period=feed.period,
    )


def _time(parts: Sequence[Part]) -> int:
    return max((part.time for part in parts), default=0)


def chunks(cells: Sequence[CellId | None], size: int) -> list[Sequence[CellId | None]]:
    """In their order, at most `size` together."""
    return [cells[start : start + size] for start in range(0, len(cells), size)]
