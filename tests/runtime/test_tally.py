"""What each xApp did is told: who answered for it, what it sent, and how old the values of others were that it read."""

from __future__ import annotations

from typing import Any

from ricloop import Decision, Latest, XApp, hold, model, ms, on, shared
from ricloop.core.predictions import Forecast
from ricloop.e2sm import ccc, kpm
from tests.runtime.world import World

PRB = kpm.Metric("RRU.PrbTotDl")
load = kpm.every(ms(100), PRB)
LEVEL = shared("level", float)
AHEAD = model("ahead", Forecast)


class Teller(XApp):
    """Publishes a number each half second."""

    @on(kpm.every(ms(500), PRB))
    def decide(self, report: kpm.Report) -> Decision:
        return Decision.none("told").sharing(LEVEL, 1.0)


class Reader(XApp):
    @on(load, LEVEL)
    def decide(self, report: kpm.Report, level: Latest[float]) -> Decision:
        return Decision.none("read" if level.known else "nothing there")


class Seeing(XApp):
    """Wakes each cell by its model; by its rule the first alone."""

    def rule(self, report: kpm.Report) -> Decision:
        return Decision.of(ccc.wake(int(report.cells[0])), reason="rule")

    @on(load, model=AHEAD, late=rule, error=hold)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        return Decision.of(map(ccc.wake, report.cells), reason="model")


def test_values_of_others_are_counted_with_their_age() -> None:
    world = World(Teller(), Reader())
    world.step(20)
    by_xapp = world.ric.summary()["by_xapp"]
    read = by_xapp["reader"]["reads"]["level"]
    # 20 reports, and each half second a new value, after the report of the same instant: it is 100 to 500 ms old.
    assert by_xapp["reader"]["decisions"] == 20
    assert (read["read"], read["unknown"]) == (15, 5)
    assert (read["age_ms"]["p50"], read["age_ms"]["max"]) == (300.0, 500.0)
    assert by_xapp["teller"]["reads"] == {}


def test_who_answered_is_told() -> None:
    failing = iter([False, False, True, False])

    def ahead(report: kpm.Report) -> Any:
        if next(failing):
            raise ValueError("no idea")
        return Forecast(cells=report.cells, metric=str(PRB), quantiles=(0.5,), values=report[PRB][:, None, None])

    world = World(Seeing(), models={AHEAD: ahead})
    world.step(4)
    tally = world.ric.summary()["by_xapp"]["seeing"]
    assert (tally["by_model"], tally["by_hold"], tally["by_rule"], tally["by_handler"]) == (3, 1, 0, 0)
    assert tally["decisions"] == 4
    assert tally["sent"] == world.ric.controls.counts.sent
    assert tally["refused"] == world.ric.controls.counts.refused
