"""What a version knows of its cells: windows and context together, and a copy that goes its own way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop.core.model import ContextPlan, Window
from ricloop.features import Context, Inputs, Windows

PLAN = ContextPlan(
    bins=2, memory=100, minimum=3, centre=(10.0,), spread=(2.0,), logarithmic=(False,), patience=50
)  # fmt: skip
PLAIN = Window(("Some.Metric",), length=4)
CONTEXT = Window(("Some.Metric",), length=4, context=PLAN)
CELLS = np.array([1, 2, 3], np.uint64)
DAY = 1_000


def period(seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(12, 3, (1, 3)).astype(np.float32)


def table(inputs: Inputs | Windows) -> list[list[float]]:
    found = np.zeros((3, 4), np.float32)
    inputs.fill(CELLS, 0, found)
    return found.tolist()


def test_values_are_scaled_by_what_was_usual_before_them() -> None:
    inputs, context, windows = Inputs(CONTEXT, day_ns=DAY), Context(PLAN, day_ns=DAY), Windows(CONTEXT, day_ns=DAY)
    for at in range(9):
        inputs.put(CELLS, at * 100, period(at))
        windows.put(CELLS, context.scale(CELLS, at * 100, period(at)))
        context.update(CELLS, at * 100, period(at))
    assert table(inputs) == table(windows)
    assert inputs.filled(CELLS)


def test_a_copy_goes_on_alike_and_then_its_own_way() -> None:
    for window in (PLAIN, CONTEXT):
        inputs = Inputs(window, day_ns=DAY)
        for at in range(7):
            inputs.put(CELLS, at * 100, period(at))
        copied = inputs.copy()
        assert copied.fits(window, DAY)
        assert not copied.fits(window, 2 * DAY)
        for one in (inputs, copied):
            one.put(CELLS, 700, period(7))
        assert table(inputs) == table(copied)
        copied.put(CELLS, 800, period(8))
        assert table(inputs) != table(copied)


def test_of_what_is_called_unusual_nothing_is_learned() -> None:
    calm, told = Inputs(CONTEXT, day_ns=DAY), Inputs(CONTEXT, day_ns=DAY)
    for one in (calm, told):
        for at in range(5):
            one.put(CELLS, 0, np.full((1, 3), 10.0 + at, np.float32))
    told.judge(CELLS, np.array([True, False, False]))
    for one in (calm, told):
        for _ in range(5):
            one.put(CELLS, 0, np.full((1, 3), 40.0, np.float32))
    assert table(told)[1:] == table(calm)[1:]
    assert table(told)[0][-1] > table(calm)[0][-1], "40 is as far from usual as it was"
