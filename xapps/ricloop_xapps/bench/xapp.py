"""What the RIC under measurement runs: an xApp that answers every report with one control.

A class per period and model, made when it is named: `Every10` (ms) has none, `Every10Forecast` is given a forecast,
`Every10Anomalies` anomaly scores.
"""

from __future__ import annotations

import re
from typing import Any

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.e2sm import ccc, kpm

NAMES = {"Forecast": ("traffic-forecast-mlp", Forecast), "Anomalies": ("anomaly-ae", Anomalies)}
"""By the end of a class's name: the model, and what it says."""
METRICS = {
    "traffic-forecast-mlp": ("RRU.PrbTotDl",),
}
"""What a model's feed asks for, where that is not all of the metrics below."""
PLAIN = ("RRU.PrbTotDl",)


def class_name(period_ms: int, model_name: str | None) -> str:
    """The class that answers each `period_ms`. Raises KeyError for a model that has none here."""
    return f"Every{period_ms}" + {name: end for end, (name, _) in NAMES.items()}.get(model_name or "", "")


def __getattr__(name: str) -> type[XApp[Any]]:
    found = re.fullmatch(r"Every(\d+)(Forecast|Anomalies|)", name)
    if found is None:
        raise AttributeError(name)
    return _made(name, int(found[1]), found[2])


def _made(name: str, period_ms: int, end: str) -> type[XApp[Any]]:
    load = kpm.every(ms(period_ms), *map(kpm.Metric, PLAIN))
    states = ccc.watch(ccc.EnergySaving)

    def rule(self: Any, report: kpm.Report, *_: Any) -> Decision:
        return Decision.of([ccc.wake(int(report.cells[0]))], reason="the rule")

    def decide(self: Any, report: kpm.Report, awake: Any, ahead: Any = None) -> Decision:
        return Decision.of([ccc.wake(int(report.cells[0]))], reason="the load")

    options: dict[str, Any] = {"late": rule, "deadline": ms(10)}
    if end:
        options["model"] = model(*NAMES[end])
    marked = on(load, states, **options)(decide)
    return type(name, (XApp,), {"decide": marked, "rule": rule, "name": "bench"})
