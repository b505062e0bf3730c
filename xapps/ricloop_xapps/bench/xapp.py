"""What the RIC under measurement runs: an xApp that answers every report with one control.

A class per period and model, made when it is named: `Every10` (ms) has none, `Every10Forecast` is given a forecast,
`Every10Anomalies` anomaly scores.
"""

from __future__ import annotations

import re
from typing import Any

from ricloop import Decision, XApp, model, ms, on
from ricloop.core.errors import ConfigError, nearest
from ricloop.core.predictions import Anomalies, Forecast
from ricloop.e2sm import ccc, kpm
from ricloop.store import find

NAMES = {"Forecast": ("traffic-forecast-mlp", Forecast), "Anomalies": ("anomaly-ae", Anomalies)}
"""By the end of a class's name: the model, and what it says."""
PLAIN = ("RRU.PrbTotDl",)
"""What an xApp without a model asks for."""


def class_name(period_ms: int, model_name: str | None) -> str:
    """The class that answers each `period_ms`. Raises ConfigError for a model that has none here."""
    ends = {name: end for end, (name, _) in NAMES.items()}
    if model_name is not None and model_name not in ends:
        raise ConfigError(
            f"--model {model_name}: measured are {', '.join(sorted(ends))}.{nearest(model_name, tuple(ends))}"
        )
    return f"Every{period_ms}{'' if model_name is None else ends[model_name]}"


def metrics_of(end: str) -> tuple[str, ...]:
    """What is asked for, by the end of a class's name."""
    return find(NAMES[end][0]).window.metrics if end else PLAIN


def __getattr__(name: str) -> type[XApp[Any]]:
    found = re.fullmatch(r"Every(\d+)(Forecast|Anomalies|)", name)
    if found is None:
        raise AttributeError(name)
    return _made(name, int(found[1]), found[2])


def _made(name: str, period_ms: int, end: str) -> type[XApp[Any]]:
    load = kpm.every(ms(period_ms), *map(kpm.Metric, metrics_of(end)))
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
