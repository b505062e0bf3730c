"""What several xApps are given to do at once: which ones, an event that two of them want the same cell for, demand
that stutters as their models have not seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from ricloop.core.errors import ConfigError
from ricloop_e2sim.e2node.timing import EPOCH_NS
from ricloop_e2sim.gnb.traffic import Surge
from ricloop_e2sim.scenarios.base import Scenario
from ricloop_xapps.demo.plot import Span

if TYPE_CHECKING:
    from ricloop_xapps.demo.plan import DemoPlan

TOGETHER = "all"
ALL = ("traffic-prediction", "energy-saving", "anomaly-detection", "planned-events")
"""The bundled xApps that work together."""
EVENTS = "planned-events"
EVENT_HOURS = (0.0, 6.0)
"""Of the scenario's first night, in which cells are not needed otherwise: the planned event."""
DRIFT_FROM, DRIFT_SHARE, DRIFT_MOST_S = 0.55, 0.175, 4.0
"""Where in a run demand stutters, for what share of it, and no longer than so many seconds."""
STUTTER_S = 0.1
"""It stops and goes on as often: each time for one report, so that the last one says little of the next."""
DRIFT_RUN_S = 20.0
"""A shorter run has no time for detectors to see what is usual, what is not, and that it is over."""


def xapps_of(text: str) -> tuple[str, ...]:
    """The xApps of `--xapps`: names or `module:Class` with commas between, or `all`. Raises ConfigError."""
    if text == TOGETHER:
        return ALL
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise ConfigError(f"--xapps {text!r}: write names with commas between, as energy-saving,minimal, or {TOGETHER}")
    return names


def event_of(scenario: Scenario) -> tuple[float, float]:
    """From and to, in simulated seconds of a run."""
    demand = scenario.demand
    begin, end = ((hour - demand.start_hour) % 24 / 24 * demand.day_s for hour in EVENT_HOURS)
    return begin, end


def planned(scenario: Scenario, event: tuple[float, float]) -> dict[str, Any]:
    """An A1 policy file (`a1file`): the first site's capacity cells are needed while the event lasts."""
    capacity = product(range(scenario.sectors), range(1, len(scenario.layers)))
    cells = [str(scenario.cell_id(0, sector, layer)) for sector, layer in capacity]
    times = dict(zip(("begin", "end"), map(_at, event), strict=True))
    policy = {"events": [{"name": "fair", "cells": cells, **times}]}
    return {"schema": 1, "policies": {"fair": {"type": "PlannedEvents", "policy": policy}}}


def spans(plan: DemoPlan, changes: Sequence[Mapping[str, Any]]) -> list[Span]:
    """What lasted for a part of the run; `changes` of drift, as the result has them."""
    found = [] if plan.event is None else [Span("planned event", *plan.event)]
    if plan.surges:
        found.append(Span("demand stutters", plan.surges[0].start_s, plan.surges[-1].end_s))
    began: dict[tuple[str, str], float] = {}
    for change in changes:
        signal = change["model"], change["signal"]
        if change["state"] == "drifting":
            began[signal] = change["time_s"]
        elif signal in began:
            found.append(Span("a signal drifts", began.pop(signal), change["time_s"]))
    return found + [Span("a signal drifts", begin, plan.seconds) for begin in began.values()]


def _at(second: float) -> str:
    """Of simulated time, by the network's own clock."""
    at = datetime.fromtimestamp(EPOCH_NS / 1e9, UTC) + timedelta(seconds=second)
    return at.isoformat().replace("+00:00", "Z")


def stutter(seconds: float) -> tuple[Surge, ...]:
    """Demand that stops and goes on, for a part of a run: models have not seen it. None where the run is too short."""
    if seconds < DRIFT_RUN_S:
        return ()
    begin = DRIFT_FROM * seconds
    stops = round(min(DRIFT_SHARE * seconds, DRIFT_MOST_S) / (2 * STUTTER_S))
    starts = (round(begin + 2 * STUTTER_S * number, 6) for number in range(stops))
    return tuple(Surge(start, round(start + STUTTER_S, 6), 0.0) for start in starts)


def named(xapps: tuple[str, ...]) -> str:
    """For titles: `xApp energy-saving`, `xApps energy-saving, minimal`."""
    return f"xApp{'s' if len(xapps) > 1 else ''} {', '.join(xapps)}"
