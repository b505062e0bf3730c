"""A forecast is read in the RIC and apart, whichever side publishes it: to the bit, and with its age."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from ricloop import Decision, Latest, XApp, ms, on
from ricloop.core.predictions import Forecast, Quality
from ricloop.e2sm import kpm
from ricloop.rpc import xapp_pb2 as pb
from ricloop.rpc.plain import get_plain, put_plain, reachable
from ricloop_xapps.traffic_prediction.xapp import FORECAST, TrafficPrediction
from tests.rpc.far import FarWorld
from tests.rpc.test_models import shipped

slow = kpm.every(ms(500), kpm.Metric("RRU.PrbTotDl"))


class Reads(XApp):
    """Keeps what it reads, and how old that was."""

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.read: list[tuple[Forecast | None, timedelta | None]] = []

    @on(slow, FORECAST, deadline=ms(90))
    def decide(self, report: kpm.Report, forecast: Latest[Forecast]) -> Decision:
        self.read.append((forecast.value, forecast.age) if forecast.known else (None, None))
        return Decision.none("read")


class Keeps(TrafficPrediction):
    """Also keeps what it publishes."""

    name = "traffic-prediction"

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.said: dict[int, Forecast] = {}

    def _publish(self, *given: Any) -> Decision:
        decision = super()._publish(*given)
        # By its rule first, and then, as there is time, by its model.
        forecast = decision.shared[0][1]
        self.said[forecast.time] = forecast
        return decision


@pytest.mark.parametrize("publisher", ["in the RIC", "apart"])
def test_a_forecast_crosses_over_with_its_age(publisher: str) -> None:
    reads, keeps = Reads(), Keeps()
    models = shipped(keeps)
    if publisher == "in the RIC":
        world = FarWorld(keeps, gnb=None, models=models)
        world.join(reads)
    else:
        world = FarWorld(reads, gnb=None)
        world.join(keeps, models=models)
    world.step(45)
    assert len(keeps.said) == 45
    known = [(value, age) for value, age in reads.read if value is not None and age is not None]
    assert len(known) >= 3 * 8, "three gNBs, every 500 ms"
    value, age = known[-1]
    assert age <= ms(100), "published in this period or the one before"
    said = keeps.said[value.time]
    np.testing.assert_array_equal(value.values, said.values)
    np.testing.assert_array_equal(value.cells, said.cells)
    assert (value.metric, value.quantiles, value.period_ns) == (said.metric, said.quantiles, said.period_ns)
    assert value.quality == said.quality
    assert isinstance(value.quality, Quality)
    cell = int(value.cells[3])
    assert value.at(5, 0.95)[value.row_of(cell)] == said.at(5, 0.95)[said.row_of(cell)]


def test_a_forecast_that_stops_grows_old_on_the_other_side() -> None:
    reads = Reads()
    world = FarWorld(reads)
    keeps = Keeps()
    apart = world.join(keeps, models=shipped(keeps))
    world.step(20)
    apart.cut()
    world.step(20)
    value, age = reads.read[-1]
    assert value is not None
    assert age is not None
    assert ms(1800) <= age <= ms(2100)


def test_a_forecast_without_its_newer_fields_is_still_one() -> None:
    """What an older release publishes has neither time nor quality."""
    whole = Forecast(
        cells=np.array([7], np.uint64), metric="A", quantiles=(0.5,), values=np.ones((1, 2, 1), np.float32)
    )
    message = pb.Plain()
    put_plain(whole, message)
    kept = [field for field in message.record.fields if field.name in ("cells", "metric", "quantiles", "values")]
    del message.record.fields[:]
    message.record.fields.extend(kept)
    read = get_plain(message, reachable(Forecast))
    assert (read.time, read.quality, read.at(2)[0]) == (0, None, 1.0)
