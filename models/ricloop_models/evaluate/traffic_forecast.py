"""`ricloop models evaluate traffic-forecast`: its closed form, fitted on real cells as `train --data` does.

The shipped weights are those of a simulated day of 20 seconds, and no forecaster for hourly values: what is evaluated
is the method, on data that it was not made for.
"""

from __future__ import annotations

from pathlib import Path

from rich.progress import Progress

from ricloop_models.evaluate import forecast_lte, forecast_milan
from ricloop_models.evaluate.base import Evaluation
from ricloop_models.evaluate.forecasters import ridge_recursive


def evaluate(data: Path, progress: Progress) -> Evaluation:
    """Milan and the LTE cells; what is absent is left out."""
    who = {"traffic-forecast": ridge_recursive}
    parts = [part.evaluate(who, data, progress) for part in (forecast_milan, forecast_lte)]
    return Evaluation(
        tables=tuple(table for part in parts for table in part.tables),
        rows=[row for part in parts for row in part.rows],
        figures={name: value for part in parts for name, value in part.figures.items()},
        absent=tuple(path for part in parts for path in part.absent),
    )
