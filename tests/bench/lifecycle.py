"""What following a model costs: in a decision's time, and in time that is left over; and what a swap takes.

A decision is a report that enters the windows and an answer that is noted, with and without somebody who follows; both
take turns in blocks, thread time per report. `spare_us`: signals, errors and a challenger, per report, its inference
among it. `drift_us`: a record through the detectors. `swap_us`: an engine made and put to work, as between two
decisions.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ricloop import ms
from ricloop.core.model import BUCKETS
from ricloop.e2sm import kpm
from ricloop.engine import choose, make
from ricloop.engine.measured import Measured
from ricloop.link.clock import SystemClock
from ricloop.runtime.inference.predict import LoopModel, Version
from ricloop.runtime.models.drift import Drift
from ricloop.runtime.models.follow import Follow
from ricloop.runtime.models.signals import Record
from ricloop.store import find
from tests.bench.rows import Row, added, by_turns, thread_us

MODEL, CELLS, REPORTS = "traffic-forecast-mlp", (3, 100, 1000), 50


def measure(_: float) -> Iterator[Row]:
    for cells in CELLS:
        yield {"cells": cells, **_costs(cells)}


def _costs(cells: int) -> Row:
    clock, artifact, dice = SystemClock(), find(MODEL), np.random.default_rng(1)
    metrics = [kpm.Metric(name) for name in artifact.window.metrics]
    run = choose(artifact, ("onnxruntime",), clock=clock, rows=cells)
    model = LoopModel(artifact.name, artifact.window, run, artifact.prediction, version=artifact.version)
    model.check(kpm.every(ms(100), *metrics))
    records: list[Record] = []
    follow = Follow(model, clock, lambda version, record: records.append(record))
    reports = [
        kpm.Report.of(range(1, cells + 1), {m: dice.uniform(0, 90, cells) for m in metrics}, time=n * 100_000_000)
        for n in range(REPORTS)
    ]
    for report in reports * 2:
        model.see(report)
    said = model(reports[-1])

    def decide(follower: Follow | None) -> float:
        model.follower = follower
        took = thread_us(lambda: [(model.see(report), model.answered(report, said, 1)) for report in reports])
        follow.spare(None)
        return took / REPORTS

    def spare() -> float:
        model.follower = follow
        for report in reports:
            model.see(report)
            model.answered(report, said, 1)
        return thread_us(lambda: follow.spare(None)) / REPORTS

    def engine() -> Measured:
        return Measured(make("onnxruntime", artifact, BUCKETS), clock, run.measured())

    costs = by_turns({"off": lambda: decide(None), "on": lambda: decide(follow)})
    alone = spare()
    follow.challenge(Version("other", artifact.window, engine(), artifact.prediction))
    shadowed, drift = spare(), Drift("bench", "1")
    return {
        **added(costs["on"], costs["off"]),
        "spare_us": alone,
        "spare_challenged_us": shadowed,
        "drift_us": thread_us(lambda: drift.take(records[0]), 200),
        "drift_signals": len(records[0]["signals"]),
        "swap_us": thread_us(lambda: engine().close(), 10),
    }
