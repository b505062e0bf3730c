"""Every series that the code exposes, with its labels: read from what makes them, filled by real objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from ricloop import Decision, XApp, ms, on
from ricloop.e2sm import kpm
from ricloop.link.http import Asked
from ricloop.platform.lease import Election, Terms
from ricloop.platform.xappmetrics import XAppMetrics
from ricloop.runtime.election.tell import Told
from ricloop.runtime.energy.cost import CostSettings, Meter
from ricloop.runtime.remote.remotes import Remotes
from ricloop.runtime.side.metrics import metrics
from ricloop.runtime.side.snapshot import snapshot
from tests.runtime.world import World

ENUMERATED = frozenset(("by", "fate", "flag", "kind", "outcome", "reason", "result", "state", "status", "why"))
"""Labels of which the code tells every value from the start."""


@dataclass
class Series:
    """One name that Prometheus knows."""

    labels: set[str] = field(default_factory=set)
    values: dict[str, set[str]] = field(default_factory=dict)
    """By label, what it has been."""


class Watching(XApp):
    """Sees power, so that what is saved can be told."""

    @on(kpm.every(ms(100), kpm.Metric("PEE.AvgPower")))
    def decide(self, report: kpm.Report) -> Decision:
        return Decision.none()


@cache
def exposed() -> dict[str, Series]:
    """By name, as Prometheus stores it: counters end in `_total`, histograms are three."""
    found: dict[str, Series] = {}
    for metric in (*of_a_ric(), *of_an_election(), *XAppMetrics("watching").metrics()):
        for name, extra in _names(metric):
            series = found.setdefault(name, Series())
            # Families that have no sample yet (shadows, drift) tell their labels nowhere else.
            series.labels |= {*getattr(metric, "_labelnames", ()), *extra}
            for sample in metric.samples:
                series.labels |= set(sample.labels) if sample.name == name else set()
                for label, value in sample.labels.items():
                    series.values.setdefault(label, set()).add(value)
    return found


def of_a_ric() -> Iterable[Metric]:
    """As a RIC tells it that has xApps apart, a meter, and a process beside it."""
    return metrics(told())


def of_an_election() -> Iterable[Metric]:
    """As it answers who asks over HTTP."""
    told = Told(Election(Terms(6, 1_000_000_000), "ric-0", seed=1), "ran/ric", None)
    reply = told.answer(Asked("/metrics", True), None, 0)
    assert reply is not None
    return text_string_to_metric_families(reply.body.decode())


def told() -> dict[str, Any]:
    """A snapshot of a RIC that has run for two simulated seconds."""
    world = World(Watching())
    world.ric.remotes = Remotes(world.ric)
    world.ric.lifecycle.meter = Meter(CostSettings(), world.clock, cpu_ns=world.clock.now)
    world.step(20)
    world.ric.lifecycle.keep_house()
    return {**snapshot(world.ric), "process": {"running_s": 2.0, "side_restarts": 0}}


def _names(metric: Metric) -> list[tuple[str, tuple[str, ...]]]:
    if metric.type == "counter":
        return [(f"{metric.name}_total", ())]
    if metric.type == "histogram":
        return [(f"{metric.name}_bucket", ("le",)), (f"{metric.name}_sum", ()), (f"{metric.name}_count", ())]
    return [(metric.name, ())]
