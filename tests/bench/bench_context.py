"""What the context of cells costs the loop: scaling and learning of each report, beside keeping its window alone.

    python tests/bench/bench_context.py

Thread time per report of so many cells by 13 metrics, median of 400; and how many times the window's it is.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from ricloop.core.model import ContextPlan, Window
from ricloop.features import Context, Windows
from ricloop_models.anomaly_features import LENGTH, LOGARITHMIC, METRICS

REPORTS, SECOND_NS = 400, 1_000_000_000
COUNT = len(METRICS)


def measure(cells: int) -> tuple[float, float]:
    """Microseconds of the context and of the window."""
    plan = ContextPlan(24, 180, 30, (0.0,) * COUNT, (1.0,) * COUNT, LOGARITHMIC, 1440)
    context, windows = Context(plan, cells), Windows(Window(METRICS, LENGTH), cells)
    ids = np.arange(cells, dtype=np.uint64)
    values = np.random.default_rng(1).lognormal(2, 1, (COUNT, cells)).astype(np.float32)
    taken: list[tuple[int, int]] = []
    for number in range(REPORTS):
        begin = time.thread_time_ns()
        far = context.scale(ids, number * SECOND_NS, values)
        context.update(ids, number * SECOND_NS, values)
        between = time.thread_time_ns()
        windows.put(ids, far)
        taken.append((between - begin, time.thread_time_ns() - between))
    of_context, of_window = zip(*taken, strict=True)
    return median(of_context) / 1e3, median(of_window) / 1e3


def main() -> None:
    for cells in (1, 32, 256, 1000):
        context, window = measure(cells)
        print(f"{cells:5d} cells: context {context:6.0f} µs, window {window:6.0f} µs, {context / window:.1f} times")


if __name__ == "__main__":
    main()
