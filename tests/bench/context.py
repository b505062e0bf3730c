"""What the context of cells costs the loop: scaling and learning of each report, beside keeping its window alone.

Median thread time per report of so many cells by 13 metrics, and how many times the window's it is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

import numpy as np

from ricloop.core.model import ContextPlan, Window
from ricloop.core.time import NS_PER_S
from ricloop.features import Context, Windows
from ricloop_models.anomaly_features import LENGTH, LOGARITHMIC, METRICS
from tests.bench.rows import Row, times

REPORTS, CELLS = 400, (1, 32, 256, 1000)
COUNT = len(METRICS)


def measure(share: float) -> Iterator[Row]:
    for cells in CELLS:
        context, window = _costs(cells, times(REPORTS, share))
        yield {"cells": cells, "context_us": context, "window_us": window, "ratio": context / window}


def _costs(cells: int, reports: int) -> tuple[float, float]:
    """Microseconds of the context and of the window."""
    plan = ContextPlan(24, 180, 30, (0.0,) * COUNT, (1.0,) * COUNT, LOGARITHMIC, 1440)
    context, windows = Context(plan, cells), Windows(Window(METRICS, LENGTH), cells)
    ids = np.arange(cells, dtype=np.uint64)
    values = np.random.default_rng(1).lognormal(2, 1, (COUNT, cells)).astype(np.float32)
    taken: list[tuple[int, int]] = []
    for number in range(reports):
        begun = time.thread_time_ns()
        far = context.scale(ids, number * NS_PER_S, values)
        context.update(ids, number * NS_PER_S, values)
        between = time.thread_time_ns()
        windows.put(ids, far)
        taken.append((between - begun, time.thread_time_ns() - between))
    of_context, of_window = zip(*taken, strict=True)
    return median(of_context) / 1e3, median(of_window) / 1e3
