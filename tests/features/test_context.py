"""The context of each cell against the plainest thing that can be right: one number after another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.core.errors import ConfigError
from ricloop.core.model import ContextPlan
from ricloop.features import Context

HOUR = 3_600 * 1_000_000_000
PLAN = ContextPlan(
    bins=4, memory=6, minimum=3, centre=(1.0, -2.0), spread=(2.0, 0.5), logarithmic=(False, False), patience=2
)


def ids(*cells: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(cells, np.uint64)


class Plain:
    """Of one metric of one cell in one part of the day."""

    def __init__(self, spread: float) -> None:
        self.count, self.centre, self.spread, self.usual = 0, math.nan, spread, spread

    def learn(self, value: float) -> None:
        if math.isnan(value):
            return
        self.count = min(self.count + 1, PLAN.memory)
        if self.count == 1:
            self.centre = value
            return
        error = value - self.centre
        if self.count > PLAN.minimum:
            farthest = 3 * max(self.spread, 0.05 * self.usual)
            error = max(-farthest, min(farthest, error))
        self.centre += error / self.count
        self.spread += (math.sqrt(math.pi / 2) * abs(error) - self.spread) / self.count


value = st.one_of(st.just(math.nan), st.floats(-100, 100, width=32))
period = st.tuples(
    st.integers(0, 23),
    st.lists(st.integers(1, 40), min_size=1, max_size=5, unique=True),
    st.lists(value, min_size=10, max_size=10),
    st.lists(st.booleans(), min_size=5, max_size=5),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(period, min_size=1, max_size=30))
def test_it_learns_and_scales_as_a_plain_loop_does(story: list[tuple[int, list[int], list[float], list[bool]]]) -> None:
    context = Context(PLAN, cells=2)
    plain: dict[tuple[int, int, int], Plain] = {}
    held: dict[int, int] = {}
    for hour, cells, numbers, flags in story:
        values = np.array(numbers, np.float32).reshape(2, 5)[:, : len(cells)]
        unusual = np.array(flags[: len(cells)])
        far = context.scale(ids(*cells), hour * HOUR, values)
        for column, cell in enumerate(cells):
            for metric in range(2):
                centre, spread = PLAN.centre[metric], PLAN.spread[metric]
                day, part = (plain.get((cell, metric, which)) for which in (4, hour // 6))
                if day is not None and day.count >= PLAN.minimum:
                    centre, spread = day.centre, day.spread
                    if part is not None and part.count >= PLAN.minimum:
                        centre, spread = part.centre, max(spread, part.spread)
                number = float(values[metric, column])
                if math.isnan(number) and (day is None or not day.count):
                    assert far[metric, column] == 0, "what it never reported, it does not miss"
                    continue
                away = (number - centre) / max(spread, 0.05 * PLAN.spread[metric])
                assert float(far[metric, column]) == pytest.approx(max(-10, min(10, away)), abs=2e-3, nan_ok=True) or (
                    math.isnan(away) and math.isnan(far[metric, column])
                )
        context.judge(ids(*cells), unusual)
        context.update(ids(*cells), hour * HOUR, values)
        for column, cell in enumerate(cells):
            held[cell] = held.get(cell, 0) + 1 if unusual[column] else 0
            days = [plain[cell, metric, 4].count for metric in range(2) if (cell, metric, 4) in plain]
            known = max(days, default=0) >= PLAN.minimum
            if known and unusual[column] and held[cell] <= PLAN.patience:
                continue
            for metric in range(2):
                for part in (4, hour // 6):
                    plain.setdefault((cell, metric, part), Plain(PLAN.spread[metric])).learn(
                        float(values[metric, column])
                    )


def test_of_a_normal_law_it_finds_mean_and_deviation_although_some_values_are_wild() -> None:
    plan = ContextPlan(1, memory=2000, minimum=20, centre=(0.0,), spread=(1.0,), logarithmic=(False,), patience=10)
    context, dice = Context(plan), np.random.default_rng(3)
    values = dice.normal(50.0, 4.0, 6000).astype(np.float32)
    values[dice.random(6000) < 0.02] = 1e6
    for number in values:
        context.update(ids(7), 0, np.array([[number]], np.float32))
    (learned,) = context.snapshot()["centre"][-1, 0]
    assert learned == pytest.approx(50.0, abs=1.0)
    # A value one deviation above the mean is about one spread away.
    assert context.scale(ids(7), 0, np.array([[54.0]], np.float32))[0, 0] == pytest.approx(1.0, abs=0.25)


def test_of_a_logarithmic_metric_a_factor_counts_alike_at_every_level() -> None:
    plan = ContextPlan(1, memory=100, minimum=1, centre=(0.0,), spread=(1.0,), logarithmic=(True,), patience=1)
    context = Context(plan)
    for cell, level in ((1, 1e3), (2, 1e6)):
        context.update(ids(cell), 0, np.array([[level]], np.float32))
    doubled = context.scale(ids(1, 2), 0, np.array([[2e3, 2e6]], np.float32))[0]
    assert doubled == pytest.approx(math.log(2), rel=1e-2)


def test_a_level_that_stays_is_learned_after_the_patience() -> None:
    context = Context(PLAN)
    calm = np.array([[5.0], [5.0]], np.float32)
    for _ in range(10):
        context.update(ids(1), 0, calm)
    shifted, before = calm + 50, context.snapshot()["centre"].copy()
    context.judge(ids(1), np.array([True]))
    for _ in range(PLAN.patience):
        context.update(ids(1), 0, shifted)
    np.testing.assert_array_equal(context.snapshot()["centre"], before)
    context.update(ids(1), 0, shifted)
    assert (context.snapshot()["centre"][-1, 0] > before[-1, 0]).all()


def test_a_snapshot_goes_on_as_what_it_was_taken_of_and_fits_only_its_plan() -> None:
    one, dice = Context(PLAN, cells=1), np.random.default_rng(1)
    cells = ids(*range(9))
    for hour in range(40):
        one.update(cells, hour * HOUR, dice.normal(size=(2, 9)).astype(np.float32))
    other = Context(PLAN, cells=1)
    other.restore(one.snapshot())
    values = dice.normal(size=(2, 9)).astype(np.float32)
    for context in (one, other):
        context.update(cells, HOUR, values)
    np.testing.assert_array_equal(one.scale(cells, HOUR, values), other.scale(cells, HOUR, values))
    wrong = Context(ContextPlan(3, 6, 3, (1.0, 1.0), (1.0, 1.0), (False, False), 2))
    with pytest.raises(ConfigError, match="begin without it"):
        wrong.restore(one.snapshot())


def test_a_cell_that_was_forgotten_is_as_new() -> None:
    context = Context(PLAN, cells=1)
    values = np.array([[9.0], [9.0]], np.float32)
    untouched = context.scale(ids(1), 0, values).copy()
    for _ in range(5):
        context.update(ids(1), 0, values)
    assert not np.array_equal(context.scale(ids(1), 0, values), untouched)
    context.forget(ids(1))
    np.testing.assert_array_equal(context.scale(ids(2), 0, values), untouched)
