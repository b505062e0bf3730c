"""Windows against the plainest thing that can be right: a list of values per cell."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

from ricloop.core.model import Window
from ricloop.features import Windows, calendar

DAY = 86_400 * 1_000_000_000


def ids(*cells: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array(cells, np.uint64)


class Plain:
    """A list of values per cell and metric."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.values: dict[int, list[list[float]]] = {}

    def put(self, cells: list[int], values: np.ndarray) -> None:
        for column, cell in enumerate(cells):
            self.values.setdefault(cell, []).append(values[:, column].tolist())

    def row(self, cell: int) -> list[float]:
        last = self.values.get(cell, [])[-self.window.length :]
        missing = [math.nan] * (self.window.length - len(last))
        return [value for m in range(len(self.window.metrics)) for value in (*missing, *(step[m] for step in last))]


@pytest.mark.parametrize("seed", range(20))
def test_a_window_holds_the_last_values_of_each_cell_oldest_first(seed: int) -> None:
    rng = Random(seed)
    window = Window(tuple(f"Some.Metric{n}" for n in range(rng.randint(1, 4))), length=rng.randint(1, 9), calendar=2)
    windows, plain = Windows(window, cells=2), Plain(window)
    table = np.zeros((16, window.columns), np.float32)
    for _ in range(60):
        cells = rng.sample(range(100, 110), rng.randint(1, 10))
        if rng.random() < 0.1:
            windows.forget(ids(*cells))
            for cell in cells:
                plain.values.pop(cell, None)
            continue
        values = np.array([[rng.choice([rng.random(), math.nan]) for _ in cells] for _ in window.metrics], np.float32)
        windows.put(ids(*cells), values)
        plain.put(cells, values)
        asked = rng.sample(range(100, 112), rng.randint(1, 12))
        windows.fill(ids(*asked), 7 * DAY, table)
        expected = np.array([plain.row(cell) for cell in asked], np.float32)
        np.testing.assert_array_equal(table[: len(asked), :-2], expected)
        np.testing.assert_allclose(table[: len(asked), -2:], [[0.0, 1.0]] * len(asked), atol=1e-6)


def test_cells_that_come_and_go_make_nothing_anew() -> None:
    windows = Windows(Window(("Some.Metric",), length=4), cells=8)
    for wave in range(50):
        cells = ids(*range(wave * 8, wave * 8 + 8))
        windows.put(cells, np.ones((1, 8), np.float32))
        assert len(windows) == 8
        windows.forget(cells)
    assert windows.room == 8


def test_a_cell_that_was_forgotten_begins_anew() -> None:
    windows, table = Windows(Window(("Some.Metric",), length=3)), np.zeros((1, 3), np.float32)
    windows.put(ids(1), np.array([[5.0]], np.float32))
    windows.forget(ids(1))
    windows.put(ids(1), np.array([[7.0]], np.float32))
    windows.fill(ids(1), 0, table)
    np.testing.assert_array_equal(table, [[math.nan, math.nan, 7.0]])


def test_more_cells_than_expected_find_room_and_keep_what_they_said() -> None:
    windows, table = Windows(Window(("Some.Metric",), length=2), cells=1), np.zeros((100, 2), np.float32)
    for cell in range(100):
        windows.put(ids(cell), np.array([[float(cell)]], np.float32))
    windows.fill(ids(*range(100)), 0, table)
    np.testing.assert_array_equal(table[:, 1], np.arange(100))


@pytest.mark.parametrize(("hour", "sine", "cosine"), [(0, 0, 1), (6, 1, 0), (12, 0, -1), (18, -1, 0)])
def test_the_time_of_day_goes_round(hour: int, sine: float, cosine: float) -> None:
    for day in (0, 20_000):
        found = calendar(day * DAY + hour * DAY // 24, 4)
        assert found[:2] == pytest.approx([sine, cosine], abs=1e-6)
        assert found[2:] == pytest.approx([math.sin(math.pi * hour / 6), math.cos(math.pi * hour / 6)], abs=1e-6)


def test_a_compressed_day_goes_round_as_fast() -> None:
    assert calendar(5_000_000_000, 2, day_ns=20_000_000_000) == pytest.approx([1, 0], abs=1e-3)
