"""Say how busy each cell will be, and how sure that is; other xApps read it: `shared("forecast", Forecast)`.

The model's median is the forecast; its bounds are those that would have held lately (`ledger.py`), cell by cell and
horizon by horizon. Where the model is late, fails or is not there, what was a day ago is the forecast: there always is
one, and its bounds are as honest as the model's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ricloop import ConfigError, Decision, Forecast, Settings, XApp, model, ms, on, shared
from ricloop.e2sm import kpm
from ricloop_xapps.traffic_prediction.ledger import Ledger

Floats = NDArray[np.float32]

PRB = kpm.Metric("RRU.PrbTotDl")
MOST = 100.0
"""Percent."""
PERIOD = ms(100)

load = kpm.every(PERIOD, PRB)
AHEAD = model("traffic-forecast", Forecast)
FORECAST = shared("forecast", Forecast)


class Options(Settings):
    day_s: float = 20.0
    """Seconds of a day, after which load repeats itself: 20 in the scenario `three-sites`, 86400 outside."""
    horizons: int = 24
    """Report periods that are looked ahead; no more than the model does."""
    quantiles: tuple[float, ...] = (0.05, 0.5, 0.9, 0.95, 0.98)
    """Of the forecast, ascending, 0.5 among them."""
    gamma: float = 0.005
    """How far a bound's level moves with each value: more follows changes faster, and is less steady."""
    memory: int = 200
    """Errors that bounds are taken of, per cell and horizon: a day of `three-sites`."""
    sorts: int = 8
    """Cells whose bounds are taken anew in one period, in turn: it bounds what a period costs."""
    quality_over: float = 200.0
    """Periods over which its own error and coverage are averaged."""


class TrafficPrediction(XApp[Options]):
    def __init__(self, settings: Options | None = None) -> None:
        super().__init__(settings)
        own = self.settings
        if 0.5 not in own.quantiles:
            raise ConfigError(f"traffic-prediction.quantiles: 0.5 must be among {list(own.quantiles)}")
        self._ledger = Ledger(
            str(PRB), max(1, round(own.day_s / PERIOD.total_seconds())), own.horizons, own.quantiles,
            gamma=own.gamma, memory=own.memory, sorts=own.sorts, over=own.quality_over,
        )  # fmt: skip

    def rule(self, report: kpm.Report) -> Decision:
        """The load of a day ago; while there is none, the newest. Its bounds, until errors are known: anything."""
        # Asked before the model as well as in its place: the ledger takes a report down once.
        self._ledger.observe(report, np.where(report.stale(), np.float32(np.nan), report[PRB]))
        points = self._ledger.day_before(report)
        return self._publish(report, points, self._anything(points), "the day before")

    @on(load, model=AHEAD, deadline=ms(50), late=rule, error=rule, gather=ms(20))
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        horizons, said = self.settings.horizons, ahead.values.transpose(1, 2, 0)
        if len(said) < horizons:
            raise ConfigError(
                f"model traffic-forecast looks {len(said)} periods ahead, and the setting horizons asks for "
                f"{horizons}: set fewer"
            )
        points = said[:horizons, ahead.quantiles.index(0.5)]
        given = self._anything(points)
        for at, quantile in enumerate(self.settings.quantiles):
            if quantile in ahead.quantiles:
                given[:, at] = said[:horizons, ahead.quantiles.index(quantile)]
        return self._publish(report, points, given, "the model")

    def _anything(self, points: Floats) -> Floats:
        """Bounds of points [horizons, cells] of whose errors nothing is known: [horizons, quantiles, cells]."""
        bounds = np.array([MOST * (quantile > 0.5) for quantile in self.settings.quantiles], np.float32)
        return np.repeat(np.tile(bounds[:, None], (len(points), 1, 1)), points.shape[1], axis=2)

    def _publish(self, report: kpm.Report, points: Floats, given: Floats, whose: str) -> Decision:
        forecast = self._ledger.forecast(report, points, given, MOST)
        quality = forecast.quality
        measured = "" if quality is None else f"; its error {quality.mae:.2f}, {quality.coverage:.3f} inside"
        reason = f"{len(forecast.cells)} cells, {self.settings.horizons} periods ahead, by {whose}{measured}"
        return Decision.none(reason).sharing(FORECAST, forecast)
