"""What `ricloop bench rpc` runs: the same xApp in the RIC (`Here`), in a process of its own (`Apart0`, `Apart1`, …),
and one that stops answering (`Hangs`); each with its period in ms, as `Apart3Every100`, and with a model as in
`xapp`, as `HereEvery10Forecast`. Made when it is named."""

from __future__ import annotations

import re
import time
from typing import Any

from ricloop import Decision, Latest, XApp, model, ms, on
from ricloop.e2sm import ccc, kpm
from ricloop_xapps.bench.xapp import NAMES, metrics_of

HANGS_AFTER = 10
"""Reports that `Hangs` answers."""


def __getattr__(name: str) -> type[XApp[Any]]:
    found = re.fullmatch(r"(Here|Hangs|Apart(\d+))Every(\d+)(Forecast|Anomalies|)", name)
    if found is None:
        raise AttributeError(name)
    return _made(found[1], int(found[2] or 0), int(found[3]), found[4])


def _made(name: str, number: int, period_ms: int, end: str) -> type[XApp[Any]]:
    load = kpm.every(ms(period_ms), *map(kpm.Metric, metrics_of(end)))
    states = ccc.watch(ccc.EnergySaving)
    seen = 0

    def rule(self: Any, report: kpm.Report, awake: Latest[ccc.States]) -> Decision:
        return Decision.none("the rule")

    def decide(self: Any, report: kpm.Report, awake: Latest[ccc.States], ahead: Any = None) -> Decision:
        nonlocal seen
        seen += 1
        while name == "Hangs" and seen > HANGS_AFTER:
            time.sleep(1)
        # Each a cell of its own, as far as there are some: none waits for another one's to be free.
        at = 0 if name == "Here" else 1 + number % max(1, len(report) - 1)
        return Decision.of([ccc.wake(int(report.cells[at]))] if at < len(report) else (), reason="the load")

    kind = "hangs" if name == "Hangs" else "here" if name == "Here" else f"apart-{number}"
    options: dict[str, Any] = {"late": rule, "deadline": ms(10)}
    if end:
        options["model"] = model(*NAMES[end])
    marked = on(load, states, **options)(decide)
    # Asked first, so that a report's way out does not wait for what is decided in the RIC.
    return type(name, (XApp,), {"decide": marked, "rule": rule, "name": kind, "priority": number + 1})
