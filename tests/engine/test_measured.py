"""What an engine is expected to take, how a batch is split, and which engine is chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from structlog.testing import capture_logs

from ricloop.core.model import BUCKETS, ModelError, Table
from ricloop.core.time import ManualClock
from ricloop.engine import Measured, choose
from ricloop.engine.choose import error_of
from ricloop.engine.measured import finite
from ricloop.engine.times import CAUTIOUS_RUNS, REFRESH, WINDOW
from tests.engine.networks import drawn, made, plain


class Scripted:
    """An engine whose runs take as long as they are told to: rows in, twice the rows out."""

    name = "scripted"

    def __init__(self, clock: ManualClock, took_us: Mapping[int, int]) -> None:
        self.clock, self.took_us = clock, dict(took_us)
        self.buckets: Sequence[int] = tuple(took_us)
        self.calls: list[tuple[int, int]] = []
        self.tables = {bucket: np.zeros((bucket, 2), np.float32) for bucket in took_us}

    def input(self, bucket: int) -> Table:
        return self.tables[bucket]

    def run(self, bucket: int, rows: int) -> Table:
        self.calls.append((bucket, rows))
        self.clock.set(self.clock.now() + self.took_us[bucket] * 1000)
        return self.tables[bucket][:rows] * 2

    def close(self) -> None:
        self.tables.clear()


def scripted(took_us: Mapping[int, int]) -> tuple[Scripted, Measured]:
    clock = ManualClock()
    engine = Scripted(clock, took_us)
    measured = Measured(engine, clock)
    engine.calls.clear()
    return engine, measured


LINEAR = {1: 5, 32: 10, 256: 40, 1024: 150}


@pytest.mark.parametrize(("rows", "bucket"), [(1, 1), (2, 32), (32, 32), (33, 256), (1000, 1024), (5000, 1024)])
def test_the_smallest_bucket_that_holds_the_rows_is_taken(rows: int, bucket: int) -> None:
    assert scripted(LINEAR)[1].bucket_for(rows) == bucket


@pytest.mark.parametrize(
    ("rows", "calls", "took_us"),
    [
        (1, [(1, 1)], 5),
        (2, [(32, 2)], 10),  # two runs of one row take as long: one call is taken
        (32, [(32, 32)], 10),
        (300, [(256, 256), (32, 32), (32, 12)], 60),
        (1000, [(1024, 1000)], 150),
        (1025, [(1024, 1024), (1, 1)], 155),
        (2300, [(1024, 1024), (1024, 1024), (256, 252)], 340),
    ],
)
def test_a_batch_is_split_where_the_calls_together_take_less(
    rows: int, calls: list[tuple[int, int]], took_us: int
) -> None:
    engine, measured = scripted(LINEAR)
    assert measured.expected_ns(rows) == took_us * 1000
    asked = np.random.default_rng(rows).normal(size=(rows, 2)).astype(np.float32)
    measured.input(rows)[:] = asked
    np.testing.assert_array_equal(measured.infer(rows), asked * 2)
    assert engine.calls == calls


def test_a_larger_bucket_that_seems_quicker_does_not_mislead() -> None:
    """Rows are written where the smallest bucket that holds them reads."""
    _, measured = scripted({32: 50, 256: 40, 1024: 30})
    measured.input(20)[:] = 3
    assert (measured.infer(20) == 6).all()


def test_the_expected_time_follows_the_runs_but_not_below_the_warm_up() -> None:
    engine, measured = scripted({1: 10})
    engine.took_us[1] = 30
    for _ in range(REFRESH):
        measured.infer(1)
    assert measured.expected_ns(1) == 30_000
    engine.took_us[1] = 2
    for _ in range(2 * WINDOW):
        measured.infer(1)
    assert measured.expected_ns(1) == 10_000
    assert measured.profile() == {1: {"p50": 2.0, "p99": 2.0, "p99.9": 2.0}}


def test_the_expected_time_is_the_percentile_not_the_worst() -> None:
    engine, measured = scripted({1: 10})
    for run in range(WINDOW):
        engine.took_us[1] = 5_000 if run == 7 else 20
        measured.infer(1)
    assert measured.expected_ns(1) == 20_000


def test_after_a_missed_deadline_a_quarter_more_is_expected_for_a_thousand_runs() -> None:
    _, measured = scripted({1: 10})
    measured.missed()
    assert measured.expected_ns(1) == 12_500
    for _ in range(CAUTIOUS_RUNS - 1):
        measured.infer(1)
    assert measured.expected_ns(1) == 12_500
    measured.infer(1)
    assert measured.expected_ns(1) == 10_000


def test_rows_that_are_not_finite_are_counted_and_can_be_told() -> None:
    _, measured = scripted({4: 1})
    measured.input(3)[:] = [[1, 2], [np.nan, 2], [np.inf, -np.inf]]
    answer = measured.infer(3)
    assert finite(answer).tolist() == [True, False, False]
    assert measured.bad_rows == 2


def test_no_rows_are_an_error() -> None:
    with pytest.raises(ModelError, match="1 row or more, not 0"):
        scripted(LINEAR)[1].infer(0)


class Ticking:
    """A clock on which every look takes a microsecond."""

    def __init__(self) -> None:
        self.time = 0

    def now(self) -> int:
        self.time += 1000
        return self.time


@pytest.mark.parametrize("rows", [1, 31, 300, 4096, 5000])
def test_a_real_engine_answers_the_same_split_or_not(rows: int) -> None:
    network = made()
    measured = choose(network, ["onnxruntime"], BUCKETS, clock=Ticking())
    table = drawn(rows, seed=rows)
    measured.input(rows)[:] = table
    expected = plain(table, network.graph)
    assert error_of(measured.infer(rows), expected, expected) < 1e-5


def test_a_choice_says_what_was_taken_and_why() -> None:
    with capture_logs() as lines:
        measured = choose(made(), buckets=(1, 32), clock=Ticking())
    (line,) = [line for line in lines if line["event"] == "engine chosen"]
    assert line["engine"] == measured.name
    assert set(line["measured"]) == {"onnxruntime", "numpy"}
    assert line["reason"] == "fastest at 32 rows of onnxruntime, numpy"


def test_an_engine_that_cannot_run_here_is_passed_over_and_named() -> None:
    with capture_logs() as lines:
        assert choose(made(), ["abacus", "numpy"], (1,), clock=Ticking()).name == "numpy"
    assert lines[0]["event"] == "engine not usable"
    assert "there is no engine 'abacus'" in lines[0]["reason"]


def test_where_no_engine_is_left_each_one_s_reason_is_told() -> None:
    network: Any = made()
    network.__dict__["onnx"] = b"nothing"
    with pytest.raises(ModelError, match=r"onnxruntime cannot load it.*ONNX file cannot be read"):
        choose(network, clock=Ticking())
