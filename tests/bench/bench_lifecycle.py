"""What following a model costs: in a decision's time, and in time that is left over; and what a swap takes.

    python tests/bench/bench_lifecycle.py

`decision`: a report enters the windows and an answer is noted, with and without somebody who follows; both take turns
in blocks, thread time per report. `spare`: signals, errors and a challenger, per report, its inference among it.
`drift`: a record through the detectors. `swap`: an engine made and put to work, as between two decisions.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from ricloop import ms
from ricloop.core.ids import Cells
from ricloop.core.model import BUCKETS, Table
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.e2sm import kpm
from ricloop.engine import choose, make
from ricloop.engine.measured import Measured
from ricloop.link.clock import SystemClock
from ricloop.runtime.drift import Drift
from ricloop.runtime.follow import Follow
from ricloop.runtime.log import configure
from ricloop.runtime.predict import LoopModel, Version
from ricloop.runtime.signals import Record
from ricloop.store import find

MODEL, BLOCKS, REPORTS = "traffic-forecast-mlp", 20, 50
Prediction = Callable[[Table, Cells], Forecast | Anomalies]


def thread_us(work: Callable[[], object], times: int) -> float:
    """Microseconds of thread time per call."""
    begun = time.thread_time_ns()
    for _ in range(times):
        work()
    return (time.thread_time_ns() - begun) / times / 1000


def bench(cells: int) -> None:
    clock, artifact, dice = SystemClock(), find(MODEL), np.random.default_rng(1)
    metrics = [kpm.Metric(name) for name in artifact.window.metrics]
    feed = kpm.every(ms(100), *metrics)
    run = choose(artifact, ("onnxruntime",), clock=clock, rows=cells)
    model = LoopModel(artifact.name, artifact.window, run, artifact.prediction, version=artifact.version)
    model.check(feed)
    records: list[Record] = []
    follow = Follow(model, clock, lambda version, record: records.append(record))
    reports = [
        kpm.Report.of(range(1, cells + 1), {m: dice.uniform(0, 90, cells) for m in metrics}, time=n * 100_000_000)
        for n in range(REPORTS)
    ]
    for report in reports * 2:
        model.see(report)
    said = model(reports[-1])

    def decide() -> None:
        for report in reports:
            model.see(report)
            model.answered(report, said, 1)

    costs: dict[str, list[float]] = {"off": [], "on": []}
    for _ in range(BLOCKS):
        for name, follower in (("off", None), ("on", follow)):
            model.follower = follower
            costs[name].append(thread_us(decide, 1) / REPORTS)
            follow.spare(None)
    off, on = median(costs["off"]), median(costs["on"])
    decide()
    alone = thread_us(lambda: follow.spare(None), 1) / REPORTS
    other = Measured(make("onnxruntime", artifact, BUCKETS), clock, run.measured())
    follow.challenge(Version("other", artifact.window, other, artifact.prediction))
    decide()
    shadowed = thread_us(lambda: follow.spare(None), 1) / REPORTS
    drift = Drift("bench", "1")
    took = thread_us(lambda: drift.take(records[0]), 200)
    swap = thread_us(lambda: Measured(make("onnxruntime", artifact, BUCKETS), clock, run.measured()).close(), 10)
    print(
        f"{cells:5d} cells: decision {off:.1f} us, followed {on:.1f} us, added {on - off:.1f} us; "
        f"spare {alone:.1f} us, with a challenger {shadowed:.1f} us; "
        f"drift {took:.0f} us a record of {len(records[0]['signals'])} signals; swap {swap / 1000:.1f} ms"
    )


if __name__ == "__main__":
    configure(quiet=True)
    for count in (3, 100, 1000):
        bench(count)
