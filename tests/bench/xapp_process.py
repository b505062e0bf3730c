"""What its platform costs an xApp in a process of its own: counting each decision, and being asked for metrics.

The same worker with its instruments and without takes turns on the same questions, in blocks; thread time per question,
and the 95 % interval of the difference of the blocks' means. Then how long the loop is held up by one scrape.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from ricloop.core.feeds import Latest
from ricloop.e2sm import ccc, kpm
from ricloop.link.clock import SystemClock
from ricloop.platform.xappmetrics import XAppMetrics
from ricloop.rpc import wire_ric
from ricloop.rpc.messages import Given
from ricloop.runtime.remote.worker import Worker
from ricloop_xapps.minimal.xapp import CONNECTED, PRB, Minimal
from tests.bench.rows import BLOCKS, Row, added, by_turns, thread_us, times

QUESTIONS, CELLS, FIRST = 1000, 9, 4240816348332033
BUDGET_NS = 10_000_000
SCRAPES = 200


def measure(share: float) -> Iterator[Row]:
    count = times(QUESTIONS, share)
    ends = {"on": worker(None), "off": worker(Unmeasured("minimal"))}
    costs = by_turns({name: partial(_asked, end, itertools.count(1), count) for name, end in ends.items()})
    metrics = ends["on"].metrics
    assert sum(metrics.answers.values()) == metrics.questions == (BLOCKS + 1) * count, metrics.answers
    row = added(costs["on"], costs["off"])
    scrape = thread_us(metrics.exposition, times(SCRAPES, share))
    yield {"cells": CELLS, **row, "scrape_us": scrape, "scrape_octets": len(metrics.exposition())}


class Unmeasured(XAppMetrics):
    """Counts nothing."""

    def answered(self, cause: str, took_ns: int) -> None:
        """Nothing is kept."""


def worker(metrics: XAppMetrics | None) -> Worker:
    made = Worker(Minimal(), SystemClock(), window=4)
    made.hello()
    made.take(wire_ric.welcome("token", False, "active"))
    if metrics is not None:
        made.metrics = metrics
    return made


def _asked(end: Worker, numbers: Iterator[int], count: int) -> float:
    """Microseconds of thread time per question."""
    questions = [question(next(numbers)) for _ in range(count)]
    return thread_us(lambda: [end.take(octets) for octets in questions]) / count


def question(number: int) -> bytes:
    cells = [FIRST + row for row in range(CELLS)]
    report = kpm.Report.of(cells, {metric: [20.0] * CELLS for metric in (PRB, CONNECTED)})
    states = Latest(ccc.States.of(dict.fromkeys(cells, True)), timedelta(milliseconds=20))
    return wire_ric.ask(number, number, 0, BUDGET_NS, False, report, [Given(0, states, True)])
