"""What a process of its own costs a model: the same answer inline and from another process, by turns in one run.

python tests/bench/bench_isolated.py
"""

from __future__ import annotations

import os
import time
from statistics import quantiles

# Before numpy looks: one thread, as the loop and the model's process have.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from ricloop.core.model import Table, Window
from ricloop.link.clock import SystemClock
from ricloop.runtime.isolated import Isolated

ROUNDS = 4000
ROWS = (1, 32, 1024)


class Affine:
    """A small model: one matrix."""

    window = Window(("RRU.PrbTotDl",), length=96)
    outputs = 72

    def __init__(self) -> None:
        self.weights = np.random.default_rng(1).normal(0, 0.1, (96, 72)).astype(np.float32)

    def predict(self, table: Table) -> Table:
        return table @ self.weights


def main() -> None:
    clock, inline = SystemClock(), Affine()
    process = Isolated("tests.bench.bench_isolated:Affine", clock)
    try:
        for rows in ROWS:
            process.input(rows)[:] = 1.0
            took: tuple[list[int], list[int]] = ([], [])
            for _ in range(ROUNDS // (1 + rows // 64)):
                begun = time.perf_counter_ns()
                inline.predict(process.input(rows))
                took[0].append(time.perf_counter_ns() - begun)
                process.within(10**9)
                begun = time.perf_counter_ns()
                process.infer(rows)
                took[1].append(time.perf_counter_ns() - begun)
            (near, near_99), (apart, apart_99) = ((quantiles(t, n=100)[49], quantiles(t, n=100)[98]) for t in took)
            print(
                f"{rows:5} rows   inline p50 {near / 1e3:7.1f} us p99 {near_99 / 1e3:8.1f}   isolated p50 "
                f"{apart / 1e3:7.1f} us p99 {apart_99 / 1e3:8.1f}   added p50 {(apart - near) / 1e3:6.1f} us   "
                f"ratio {apart / near:.1f}"
            )
    finally:
        process.close()


if __name__ == "__main__":
    main()
