"""Forecasts of three LTE cells' traffic: 24 and 168 hours ahead, an origin every hour of a year's last eight weeks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.progress import Progress

from ricloop_models import series
from ricloop_models.evaluate.base import Cell, Evaluation, Scores
from ricloop_models.evaluate.forecast_scores import COLUMNS, NOTE, by_horizon, machine_rows, marks, row, scale
from ricloop_models.evaluate.forecasters import BASELINES, DAY, WEEK, Fit
from ricloop_models.evaluate.rolling import hourly

FOLDER = "lte_varunkurri"
TEST, CALIBRATION = 8 * WEEK, 8 * WEEK
"""The last hours; and those before them, for the first errors."""
MEMORY = 4 * WEEK
SORTS = {DAY: None, WEEK: 1}
"""Cells whose bounds are taken anew in an hour, in turn."""


def evaluate(
    who: Mapping[str, Fit],
    data: Path,
    progress: Progress,
    ahead: tuple[int, ...] = (DAY, WEEK),
    refit: int = WEEK,
) -> Evaluation:
    """`who`: ours, by name, first; the baselines are added. `ahead`: hours, a table each. `refit`: hours after which
    each is fitted again."""
    folder = data / FOLDER
    if not folder.is_dir():
        return Evaluation(tables=(), absent=(str(folder),))
    found = series.read(folder)
    values = found.values
    hours = values.shape[1]
    start = hours - TEST
    unit = scale(values[:, :start])
    forecasters = {**who, **BASELINES}
    ours = next(iter(who))
    task = progress.add_task("LTE cells", total=len(ahead) * len(forecasters))
    tables, rows, figures = [], list[Mapping[str, Cell]](), {}
    for length in ahead:
        last = hours - length + 1
        rolled = {}
        for name, fit in forecasters.items():
            rolled[name] = hourly(
                values, fit, range(start - CALIBRATION, last), length, range(start, last), MEMORY, SORTS[length], refit
            )
            progress.advance(task)
        how = "each week fitted again on all that is past" if refit == WEEK else "fitted once, before them"
        span = f"{len(values)} cells, an origin every hour of the last {TEST // WEEK} weeks, {how}"
        note = f"{span}; gaps are left out. {NOTE}"
        scores = {name: row(one, unit) for name, one in rolled.items()}
        tables.append(Scores(f"LTE cells, {length} h ahead", COLUMNS, scores, note))
        rows += machine_rows(
            "lte", found.entities, length, marks(rolled[ours], unit), marks(rolled["one week before"], unit)
        )
        figures[f"lte coverage by hour ahead, of {length}"] = by_horizon(rolled[ours]).round(4).tolist()
    return Evaluation(tuple(tables), rows, figures)
