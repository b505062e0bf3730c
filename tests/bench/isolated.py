"""What a process of its own costs a model: the same answer inline and from another process, by turns in one run.

Wall time per answer, median and 99th percentile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from ricloop.core.model import Table, Window
from ricloop.link.clock import SystemClock
from ricloop.runtime.inference.isolated import Isolated
from tests.bench.rows import Row, middle_and_tail, times

ROUNDS = 4000
ROWS = (1, 32, 1024)


def measure(share: float) -> Iterator[Row]:
    inline, process = Affine(), Isolated("tests.bench.isolated:Affine", SystemClock())
    try:
        for rows in ROWS:
            process.input(rows)[:] = 1.0
            took: tuple[list[int], list[int]] = ([], [])
            for _ in range(times(ROUNDS // (1 + rows // 64), share)):
                begun = time.perf_counter_ns()
                inline.predict(process.input(rows))
                took[0].append(time.perf_counter_ns() - begun)
                process.within(10**9)
                begun = time.perf_counter_ns()
                process.infer(rows)
                took[1].append(time.perf_counter_ns() - begun)
            (near, near_tail), (apart, apart_tail) = map(middle_and_tail, took)
            yield {
                "rows": rows,
                "inline_p50_us": near,
                "inline_p99_us": near_tail,
                "isolated_p50_us": apart,
                "isolated_p99_us": apart_tail,
                "added_p50_us": apart - near,
                "ratio": apart / near,
            }
    finally:
        process.close()


class Affine:
    """A small model: one matrix."""

    window = Window(("RRU.PrbTotDl",), length=96)
    outputs = 72

    def __init__(self) -> None:
        self.weights = np.random.default_rng(1).normal(0, 0.1, (96, 72)).astype(np.float32)

    def predict(self, table: Table) -> Table:
        return table @ self.weights
