"""Forecasts of the activity of Milan's grid squares: 1, 24 and 168 hours ahead, in three weeks of December 2013.

The last week (from 26 December) is the one that is published on; it is a holiday, and so are the weeks before shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.progress import Progress

from ricloop_models import series
from ricloop_models.evaluate.base import Cell, Evaluation, Scores
from ricloop_models.evaluate.forecast_scores import COLUMNS, NOTE, by_horizon, machine_rows, marks, row, scale
from ricloop_models.evaluate.forecasters import BASELINES, DAY, WEEK, Fit
from ricloop_models.evaluate.rolling import Rolled, hourly
from ricloop_models.ridge import Wide

FOLDER = "milan_ferreira"
WEEKS = {"26 December to 1 January": 1320, "19 to 25 December": 1152, "12 to 18 December": 984}
"""Each test week's first hour since 1 November 2013. The first is preceded by 55 days."""
FIRST = 984 - 2 * WEEK
"""The first origin: before it only fitting, then two weeks for the first errors."""
MEMORY = 2 * WEEK
SORTS = {DAY: 64, WEEK: 8}
"""Squares whose bounds are taken anew in an hour, in turn."""


def evaluate(who: Mapping[str, Fit], data: Path, progress: Progress) -> Evaluation:
    """`who`: ours, by name, first; the baselines are added."""
    folder = data / FOLDER
    if not folder.is_dir():
        return Evaluation(tables=(), absent=(str(folder),))
    found = series.read(folder)
    values = found.values
    forecasters = {**who, **BASELINES}
    task = progress.add_task("Milan", total=2 * len(forecasters))
    day, week = {}, {}
    for name, fit in forecasters.items():
        day[name] = hourly(
            values, fit, range(FIRST, values.shape[1]), DAY, range(984, values.shape[1]), MEMORY, SORTS[DAY]
        )
        progress.advance(task)
        origins = range(984, values.shape[1] - WEEK + 1, WEEK)
        week[name] = hourly(values, fit, range(FIRST, origins[-1] + 1), WEEK, origins, MEMORY, SORTS[WEEK])
        progress.advance(task)
    ours = next(iter(who))
    tables, rows = [], list[Mapping[str, Cell]]()
    for title, start in WEEKS.items():
        unit = scale(values[:, :start])
        hours = {name: rolled.of(slice(start - 984, start - 984 + WEEK)) for name, rolled in day.items()}
        paths = {
            name: rolled.of(slice((start - 984) // WEEK, (start - 984) // WEEK + 1)) for name, rolled in week.items()
        }
        for ahead, of, part in ((WEEK, paths, slice(None)), (DAY, hours, slice(None)), (1, hours, slice(0, 1))):
            how = "one path" if ahead == WEEK else "an origin every hour"
            tables.append(_table(f"Milan, {ahead} h ahead, {title}", how, of, unit, part, len(values)))
            if start == max(WEEKS.values()):
                ours_marks, naive = marks(of[ours], unit, part), marks(of["one week before"], unit, part)
                rows += machine_rows("milan", found.entities, ahead, ours_marks, naive)
    every = {name: rolled.of(slice(0, 3 * WEEK)) for name, rolled in day.items()}
    unit = scale(values[:, :984])
    for ahead, part in ((DAY, slice(None)), (1, slice(0, 1))):
        title = f"Milan, {ahead} h ahead, all three weeks"
        tables.append(_table(title, "an origin every hour", every, unit, part, len(values)))
        ours_marks, naive = marks(every[ours], unit, part), marks(every["one week before"], unit, part)
        rows += machine_rows("milan-3-weeks", found.entities, ahead, ours_marks, naive)
    figures = {"milan coverage by hour ahead": by_horizon(every[ours]).round(4).tolist()}
    return Evaluation(tuple(tables), rows, figures)


def _table(title: str, how: str, of: Mapping[str, Rolled], unit: Wide, part: slice, squares: int) -> Scores:
    note = f"{squares} squares with every hour, {how}; each week fitted again on all that is past. {NOTE}"
    return Scores(title, COLUMNS, {name: row(rolled, unit, part) for name, rolled in of.items()}, note)
