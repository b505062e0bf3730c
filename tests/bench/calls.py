"""How many calls of Python functions a piece of work takes: a count that nothing else on the machine changes.

In the RIC's part of a decision on three cells, in an xApp's answer from its own process, and in a step of a network.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType

from ricloop.runtime.books.audit import NoAudit
from ricloop_e2sim.network.run import NetworkRun
from ricloop_e2sim.scenarios import find_network
from tests.bench.instruments import Bed
from tests.bench.rows import Row
from tests.bench.xapp_process import question, worker

COUNT = 100
"""Of each piece, after as many that warm up."""


def measure(_: float) -> Iterator[Row]:
    bed, end = Bed(NoAudit(), instruments=True), worker(None)
    questions = iter([question(number) for number in range(1, 2 * COUNT + 1)])
    city = NetworkRun(find_network("dense-urban-day"), 1, 2 * COUNT / 10)
    yield {"work": "a decision", "calls": _calls(lambda calls: bed.decide(COUNT, calls) * 1000)}
    yield {"work": "an xApp's answer", "calls": _calls(_of_each(lambda: end.take(next(questions))))}
    yield {"work": "a step of 21 cells and 200 users", "calls": _calls(_of_each(city.advance))}


def _of_each(work: Callable[[], object]) -> Callable[[Callable[[], int]], float]:
    def measure(calls: Callable[[], int]) -> float:
        before = calls()
        for _ in range(COUNT):
            work()
        return (calls() - before) / COUNT

    return measure


def _calls(measure: Callable[[Callable[[], int]], float]) -> float:
    """What it measures by a clock that goes on with every call; the first time warms up."""
    count = 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    measure(lambda: count)
    sys.setprofile(called)
    try:
        return measure(lambda: count)
    finally:
        sys.setprofile(None)
