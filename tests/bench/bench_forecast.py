"""What bounds cost a forecast: adaptive conformal bounds of many cells and 24 horizons, beside the model below them.

    python tests/bench/bench_forecast.py

The model's engine and the bounds take turns on the same cells; thread time per period, of the quietest tenth of them.
The whole xApp, its rule and its model's answer together, is the last row.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ricloop import ms
from ricloop.core.predictions import Forecast
from ricloop.core.time import ns
from ricloop.e2sm import kpm
from ricloop.engine import make
from ricloop.store import find
from ricloop_models.conformal import Conformal
from ricloop_xapps.traffic_prediction.xapp import PRB, Options, TrafficPrediction

PERIODS, START = 260, 1_767_225_600_000_000_000


def timed(work: Callable[[], object]) -> int:
    """ns of this thread."""
    begin = time.thread_time_ns()
    work()
    return time.thread_time_ns() - begin


def measure(cells: int) -> dict[str, float]:
    """µs per period, by part."""
    artifact, options, dice = find("traffic-forecast"), Options(), np.random.default_rng(1)
    engine, app = make("numpy", artifact, (cells,)), TrafficPrediction()
    engine.input(cells)[:] = dice.uniform(0, 100, engine.input(cells).shape)
    conformal = Conformal(cells, options.horizons, (0.05, 0.9, 0.95, 0.98), memory=options.memory, sorts=options.sorts)
    ids, took = np.arange(1, cells + 1, dtype=np.uint64), dict[str, list[int]]()
    for period in range(PERIODS):
        values = dice.uniform(0, 100, cells).astype(np.float32)
        points = dice.uniform(0, 10, (options.horizons, cells)).astype(np.float32)
        report = kpm.Report.of(ids, {PRB: values}, time=START + period * ns(ms(100)))
        said = artifact.prediction(engine.run(cells, cells), ids)
        assert isinstance(said, Forecast)
        row: dict[str, Callable[[], object]] = {
            "the model": lambda: engine.run(cells, cells),
            "bounds: what came": lambda p=period, v=values: conformal.observe(p, v),  # type: ignore[misc]
            "bounds: what is said": lambda p=period, x=points: conformal.issue(p, x),  # type: ignore[misc]
            "the xApp, rule and model": lambda r=report, s=said: (app.rule(r), app.decide(r, s)),  # type: ignore[misc]
        }
        for part, work in row.items():
            took.setdefault(part, []).append(timed(work))
    # The first have fewer errors to sort.
    return {part: float(np.quantile(times[PERIODS // 2 :], 0.1)) / 1000 for part, times in took.items()}


def main() -> None:
    for cells in (12, 100, 1000):
        found = measure(cells)
        unit = found["the model"]
        parts = ", ".join(f"{part} {us:.0f} µs ({us / unit:.1f})" for part, us in found.items())
        print(f"{cells} cells: {parts}")


if __name__ == "__main__":
    main()
