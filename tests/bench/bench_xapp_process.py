"""What its platform costs an xApp in a process of its own: counting each decision, and being asked for metrics.

    python tests/bench/bench_xapp_process.py

The same worker with its instruments and without takes turns on the same questions, in blocks; thread time per question,
and the 95 % interval of the difference of the blocks' means. Then how long the loop is held up by one scrape.
"""

from __future__ import annotations

import math
import time
from datetime import timedelta
from statistics import mean, stdev

from ricloop.core.feeds import Latest
from ricloop.e2sm import ccc, kpm
from ricloop.link.clock import SystemClock
from ricloop.platform.xappmetrics import XAppMetrics
from ricloop.rpc import wire
from ricloop.runtime.log import configure
from ricloop.runtime.remote.worker import Worker
from ricloop_xapps.minimal.xapp import Minimal, load

BLOCKS, QUESTIONS, CELLS, FIRST = 20, 1000, 9, 4240816348332033
BUDGET_NS = 10_000_000
SCRAPES = 200


class Unmeasured(XAppMetrics):
    """Counts nothing."""

    def answered(self, cause: str, took_ns: int) -> None:
        """Nothing is kept."""


def question(number: int) -> bytes:
    cells = [FIRST + row for row in range(CELLS)]
    report = kpm.Report.of(cells, {metric: [20.0] * CELLS for metric in load.metrics})  # type: ignore[attr-defined]
    states = Latest(ccc.States.of(dict.fromkeys(cells, True)), timedelta(milliseconds=20))
    return wire.ask(number, number, 0, BUDGET_NS, False, report, [wire.Given(0, states, True)])


def worker(metrics: XAppMetrics | None) -> Worker:
    made = Worker(Minimal(), SystemClock(), window=4)
    made.hello()
    made.take(wire.welcome("token", False, "active"))
    if metrics is not None:
        made.metrics = metrics
    return made


def asked(one: Worker, questions: list[bytes]) -> float:
    """Microseconds of thread time per question."""
    begun = time.thread_time_ns()
    for octets in questions:
        one.take(octets)
    return (time.thread_time_ns() - begun) / len(questions) / 1000


def main() -> None:
    configure(quiet=True)
    ends = {"on": worker(None), "off": worker(Unmeasured("minimal"))}
    costs: dict[str, list[float]] = {"on": [], "off": []}
    for block in range(BLOCKS + 1):
        questions = [question(1 + block * QUESTIONS + number) for number in range(QUESTIONS)]
        for name in ("on", "off") if block % 2 else ("off", "on"):
            took = asked(ends[name], questions)
            if block:  # the first warms up
                costs[name].append(took)
    metrics = ends["on"].metrics
    assert sum(metrics.answers.values()) == metrics.questions == (BLOCKS + 1) * QUESTIONS, metrics.answers
    added = [on - off for on, off in zip(costs["on"], costs["off"], strict=True)]
    half = 2.093 * stdev(added) / math.sqrt(BLOCKS)  # Student's t, 19 degrees of freedom
    print(
        f"thread time per question on {CELLS} cells: counted {mean(costs['on']):.1f} us, not counted "
        f"{mean(costs['off']):.1f} us; added {mean(added):.2f} us, 95 % interval {mean(added) - half:.2f} to "
        f"{mean(added) + half:.2f}; ratio {mean(costs['on']) / mean(costs['off']):.3f}"
    )
    begun = time.thread_time_ns()
    for _ in range(SCRAPES):
        octets = metrics.exposition()
    scrape = (time.thread_time_ns() - begun) / SCRAPES / 1000
    print(f"one scrape: {scrape:.0f} us of the loop's thread, {len(octets)} octets: {scrape / mean(costs['on']):.1f}"
          " questions' time")  # fmt: skip


if __name__ == "__main__":
    main()
