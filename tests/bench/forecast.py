"""What bounds cost a forecast: adaptive conformal bounds of many cells and 24 horizons, beside the model below them.

The model's engine and the bounds take turns on the same cells; thread time per period, of the quietest tenth of them.
`xapp_us` is the whole xApp, its rule and its model's answer together.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from ricloop import ms
from ricloop.core.predictions import Forecast
from ricloop.core.time import ns
from ricloop.e2sm import kpm
from ricloop.engine import make
from ricloop.store import find
from ricloop_models.conformal import Conformal
from ricloop_xapps.traffic_prediction.xapp import PRB, Options, TrafficPrediction
from tests.bench.rows import Row, thread_us, times

PERIODS, CELLS, START = 260, (12, 100, 1000), 1_767_225_600_000_000_000


def measure(share: float) -> Iterator[Row]:
    for cells in CELLS:
        found = _costs(cells, times(PERIODS, share))
        yield {
            "cells": cells,
            **found,
            "bounds_ratio": (found["observe_us"] + found["issue_us"]) / found["model_us"],
            "xapp_ratio": found["xapp_us"] / found["model_us"],
        }


def _costs(cells: int, periods: int) -> dict[str, float]:
    """Microseconds per period, by part."""
    artifact, options, dice = find("traffic-forecast"), Options(), np.random.default_rng(1)
    engine, app = make("numpy", artifact, (cells,)), TrafficPrediction()
    engine.input(cells)[:] = dice.uniform(0, 100, engine.input(cells).shape)
    conformal = Conformal(cells, options.horizons, (0.05, 0.9, 0.95, 0.98), memory=options.memory, sorts=options.sorts)
    ids = np.arange(1, cells + 1, dtype=np.uint64)
    took: dict[str, list[float]] = {"model_us": [], "observe_us": [], "issue_us": [], "xapp_us": []}

    def answer(report: kpm.Report, forecast: Forecast) -> None:
        app.rule(report)
        app.decide(report, forecast)

    for period in range(periods):
        values = dice.uniform(0, 100, cells).astype(np.float32)
        points = dice.uniform(0, 10, (options.horizons, cells)).astype(np.float32)
        report = kpm.Report.of(ids, {PRB: values}, time=START + period * ns(ms(100)))
        said = artifact.prediction(engine.run(cells, cells), ids)
        assert isinstance(said, Forecast)
        took["model_us"].append(thread_us(partial(engine.run, cells, cells)))
        took["observe_us"].append(thread_us(partial(conformal.observe, period, values)))
        took["issue_us"].append(thread_us(partial(conformal.issue, period, points)))
        took["xapp_us"].append(thread_us(partial(answer, report, said)))
    # The first have fewer errors to sort.
    return {part: float(np.quantile(each[periods // 2 :], 0.1)) for part, each in took.items()}
