"""A model whose manifest declares a context sees distances from usual; what it calls unusual is not learned."""

from __future__ import annotations

import numpy as np
import pytest

from ricloop.core.ids import Cells
from ricloop.core.model import ContextPlan, Table, Window
from ricloop.core.predictions import Anomalies
from ricloop.e2sm import kpm
from ricloop.features import Context, Windows
from ricloop.runtime.inference.predict import LoopModel
from ricloop.store.manifest import WindowSpec

METRIC = kpm.Metric("RRU.PrbTotDl")
PLAN = ContextPlan(24, 50, 5, centre=(10.0,), spread=(2.0,), logarithmic=(False,), patience=30)
CELLS = np.array([7, 8], np.uint64)


class Looking:
    """An engine that keeps what it is shown, and calls a window unusual whose newest value is above 5."""

    def __init__(self) -> None:
        self.table: Table = np.zeros((32, 3), np.float32)

    def input(self, rows: int) -> Table:
        return self.table

    def expected_ns(self, rows: int) -> int:
        return 1

    def infer(self, rows: int) -> Table:
        return self.table[:rows, 2:]

    def missed(self) -> None:
        pass


def anomalies(said: Table, cells: Cells) -> Anomalies:
    return Anomalies(cells=cells, scores=said[:, 0] / 5, threshold=1.0, metrics=(str(METRIC),), residuals=said)


def report(second: int, *values: float) -> kpm.Report:
    return kpm.Report.of(CELLS, {METRIC: list(values)}, time=second * 1_000_000_000)


def test_windows_hold_what_the_context_makes_of_reports_and_odd_cells_are_not_learned() -> None:
    engine = Looking()
    model = LoopModel("odd", Window((str(METRIC),), 3, context=PLAN), engine, anomalies)
    context, windows = Context(PLAN), Windows(Window((str(METRIC),), 3))
    expected, dice = np.zeros((2, 3), np.float32), np.random.default_rng(1)
    odd = np.zeros(2, bool)
    for second in range(40):
        told = report(second, dice.normal(10, 1), 1000.0 if second >= 30 else dice.normal(20, 1))
        model.see(told)
        said = model(told)
        windows.put(CELLS, context.scale(CELLS, told.time, told.values))
        context.judge(CELLS, odd)
        context.update(CELLS, told.time, told.values)
        windows.fill(CELLS, told.time, expected)
        np.testing.assert_array_equal(engine.table[:2], expected)
        odd = said.unusual
    assert odd.tolist() == [False, True]
    assert model.inputs.context is not None
    # Of ten wild values only the first was learned, and that one was cut.
    assert model.inputs.context.snapshot()["centre"][-1, :, 0] == pytest.approx([10, 20], abs=1)


def test_a_context_has_a_number_for_each_metric() -> None:
    context = {"bins": 1, "memory": 1, "minimum": 1, "patience": 1, "centre": [0.0], "spread": [1.0]}
    with pytest.raises(ValueError, match="for each of 2 metrics"):
        WindowSpec.model_validate(
            {
                "metrics": ["A", "B"],
                "length": 1,
                "period_ms": 1,
                "context": {**context, "logarithmic": [False]},
            }
        )
