"""xApps with the shipped models, run in the RIC and in processes of their own."""

from __future__ import annotations

from typing import Any

import numpy as np

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.e2sm import ccc, kpm
from ricloop.store import find

PRB = kpm.Metric("RRU.PrbTotDl")
ahead_of = kpm.every(ms(200), PRB)
looked_at = kpm.every(ms(100), *map(kpm.Metric, find("anomaly-ae").window.metrics))


class Told(XApp):
    """Keeps what its model says."""

    def __init__(self, settings: Any = None) -> None:
        super().__init__(settings)
        self.said: list[Any] = []


class Forecasting(Told):
    """Wakes what will be busier than the rest in a second, and says how busy."""

    def rule(self, report: kpm.Report) -> Decision:
        return Decision.of(map(ccc.wake, report.cells[:1]), reason="the rule")

    @on(ahead_of, model=model("traffic-forecast-mlp", Forecast), deadline=ms(90), late=rule)
    def decide(self, report: kpm.Report, ahead: Forecast) -> Decision:
        self.said.append(ahead.values)
        busy = ahead.at(5, 0.9)
        return Decision.of(map(ccc.wake, report.cells[busy > np.median(busy)]), reason=f"{busy.round(3).tolist()}")


class Watching(Told):
    """Wakes the most unusual cell, and says how unusual each is."""

    @on(looked_at, model=model("anomaly-ae", Anomalies), deadline=ms(90))
    def decide(self, report: kpm.Report, anomalies: Anomalies) -> Decision:
        self.said.append(anomalies.scores)
        odd = int(np.argmax(anomalies.scores))
        return Decision.of([ccc.wake(int(report.cells[odd]))], reason=f"{anomalies.scores.round(3).tolist()}")
