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


def evaluate(who: Mapping[str, Fit], data: Path, progress: Progress) -> Evaluation:
    """`who`: ours, by name, first; the baselines are added."""
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
    task = progress.add_task("LTE cells", total=2 * len(forecasters))
    tables, rows, figures = [], list[Mapping[str, Cell]](), {}
    for ahead in (DAY, WEEK):
        last = hours - ahead + 1
        rolled = {}
        for name, fit in forecasters.items():
            rolled[name] = hourly(
                values, fit, range(start - CALIBRATION, last), ahead, range(start, last), MEMORY, SORTS[ahead]
            )
            progress.advance(task)
        note = (
            f"{len(values)} cells, an origin every hour of the last {TEST // WEEK} weeks, each week fitted again on "
            f"all that is past; gaps are left out. {NOTE}"
        )
        scores = {name: row(one, unit) for name, one in rolled.items()}
        tables.append(Scores(f"LTE cells, {ahead} h ahead", COLUMNS, scores, note))
        rows += machine_rows(
            "lte", found.entities, ahead, marks(rolled[ours], unit), marks(rolled["one week before"], unit)
        )
        figures[f"lte coverage by hour ahead, of {ahead}"] = by_horizon(rolled[ours]).round(4).tolist()
    return Evaluation(tuple(tables), rows, figures)
