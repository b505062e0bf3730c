"""Windows and context as the loop keeps them, over a table of days: what is trained on is what is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ricloop.core.model import ContextPlan, Table, Window
from ricloop.features import Context, Windows
from ricloop_models.anomaly_features import LENGTH, LOGARITHMIC, METRICS
from ricloop_models.networkdays import City

HOURS = 24
NS_PER_S = 1_000_000_000


def plan_of(city: City, values: Table) -> ContextPlan:
    """The training's own centre and spread of each metric, of [periods, cells, metrics] reported. A part of the day is
    an hour; it remembers three days, is young for half an hour, and a day is what an odd level has to stay."""
    hour = max(city.periods_per_day // HOURS, 2)
    table = values.reshape(-1, len(METRICS)).astype(np.float64)
    taken = np.where(LOGARITHMIC, np.log1p(np.maximum(table, 0)), table)
    low, centre, high = np.nanpercentile(taken, [25, 50, 75], axis=0)
    # Metrics that rest most of the time have no quartiles to speak of.
    spread = np.maximum(np.maximum(high - low, np.nanstd(taken, axis=0) / 2), 1e-3)
    centre, spread = _numbers(centre), _numbers(spread)
    return ContextPlan(HOURS, 3 * hour, hour // 2, centre, spread, LOGARITHMIC, city.periods_per_day)


def _numbers(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(np.float32(value)) for value in values)


def windows(
    city: City, values: Table, plan: ContextPlan, judge: Callable[[Table], NDArray[np.bool_]] | None = None
) -> Iterator[Table]:
    """[cells, columns] of each period of [periods, cells, metrics]: the same table each time.

    `judge` says of it which cells [cells] are unusual, as a model at work does; None: nothing is.
    """
    cells = np.arange(values.shape[1], dtype=np.uint64)
    window = Window(METRICS, LENGTH, context=plan)
    context, kept = Context(plan, len(cells), day_ns=city.day_s * NS_PER_S), Windows(window, len(cells))
    table = np.empty((len(cells), window.columns), np.float32)
    for period, reported in enumerate(values):
        time_ns = (period + 1) * city.period_s * NS_PER_S
        row = np.ascontiguousarray(reported.T)
        kept.put(cells, context.scale(cells, time_ns, row))
        context.update(cells, time_ns, row)
        kept.fill(cells, time_ns, table)
        if judge is not None:
            context.judge(cells, judge(table))
        yield table
