"""What the instruments tell, as Prometheus reads it: made from a snapshot when it is asked for.

Label sets are bounded: fates, states, causes and stages are ours, xApps those that the RIC was started with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from ricloop.runtime.lifemetrics import lifecycle_metrics
from ricloop.runtime.snapshot import STAGE_EDGES_US
from ricloop.runtime.tally import ANSWERS

_PLAIN = (
    ("deadline_misses", "Answers that came after their deadline."),
    ("handler_errors", "Handlers, rules and models that raised."),
    ("trips", "Handlers whose rule answers for them until they keep their deadline again."),
    ("models_not_started", "Models that could not have answered in time."),
    ("predictions", "Answers of models that reached their handler."),
)
# Told from nought on, so that the first of its kind is an increase to who watches.
_REASONS = (
    "undecodable",
    "not subscribed",
    "not the node's cells",
    "event queue full",
    "the node was lost",
    "xApp is off",
    "xApp is gone",
    "the run ended",
)
_KINDS = ("failed", "type", "shape", "not finite", "late", "busy", "gone")


class SnapshotCollector(Collector):
    """Tells one snapshot."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told

    def collect(self) -> Iterator[Metric]:
        told, status = self._told, self._told["status"]
        for name in ("nodes", "cells", "subscriptions", "waiting"):
            yield GaugeMetricFamily(f"ricloop_{name}", f"{name.capitalize()} at this moment.", status[name])
        yield _counter(
            "ricloop_indications",
            "RIC indications: received = decided + superseded + refused + waiting.",
            "fate",
            {fate: status[fate] for fate in ("received", "decided", "superseded", "refused")},
        )
        reasons = dict.fromkeys(_REASONS, 0) | told["refused_reasons"]
        yield _counter("ricloop_indications_refused", "Indications refused, by why.", "reason", reasons)
        yield GaugeMetricFamily(
            "ricloop_subscriptions_waiting", "Subscriptions that wait for their turn.", status["subscriptions_waiting"]
        )
        models = GaugeMetricFamily(
            "ricloop_model_info", "1 for each model that answers a handler.", labels=["xapp", "handler", "model"]
        )
        for row in told["models"]:
            models.add_metric([row["xapp"], row["handler"], row["model"]], 1)
        yield models
        policies = GaugeMetricFamily("ricloop_a1_policies", "A1 policies, in force or not.", labels=["status"])
        for state, count in status["a1_policies"].items():
            policies.add_metric([state], count)
        yield policies
        yield _counter("ricloop_controls", "RIC controls, by how far they got.", "state", status["controls"])
        conflicts = CounterMetricFamily(
            "ricloop_conflicts", "Controls that two xApps wanted, by who won.", labels=["winner", "loser"]
        )
        for winner, loser, count in told["conflicts"]:
            conflicts.add_metric([winner, loser], count)
        yield conflicts
        yield _counter("ricloop_values", "Reported values that are no good, by why.", "flag", status["values"])
        yield _counter("ricloop_setups_refused", "E2 Setups refused, by why.", "why", told["setups_refused"])
        yield CounterMetricFamily(
            "ricloop_lost_before_setup",
            "Connections that ended before an E2 Setup Request said whose they are.",
            told["lost_before_setup"],
        )
        yield CounterMetricFamily(
            "ricloop_audit_dropped", "Audit records that were lost for want of room.", told["audit_dropped"]
        )
        for name, text in _PLAIN:
            yield CounterMetricFamily(f"ricloop_{name}", text, status[name])
        faults = dict.fromkeys(_KINDS, 0) | status["model_faults"]
        yield _counter("ricloop_model_faults", "Models that did not answer, by why.", "kind", faults)
        for name, text in (("calls", "asked"), ("misses", "too late")):
            values = {xapp: counts[name] for xapp, counts in told["xapps"].items()}
            yield _counter(f"ricloop_xapp_{name}", f"Handlers of an xApp that were {text}.", "xapp", values)
        decisions = CounterMetricFamily(
            "ricloop_xapp_decisions", "Decisions of an xApp, by who answered.", labels=["xapp", "by"]
        )
        for xapp, tally in status["by_xapp"].items():
            for who in ANSWERS:
                decisions.add_metric([xapp, who], tally[f"by_{who}"])
        yield decisions
        stages = GaugeMetricFamily("ricloop_xapp_stage", "1 for the stage of each xApp.", labels=["xapp", "stage"])
        for xapp, counts in told["xapps"].items():
            stages.add_metric([xapp, counts["stage"]], 1)
        yield stages
        if (process := told.get("process")) is not None:
            yield GaugeMetricFamily(
                "ricloop_running_seconds", "How long this process of the loop has run.", process["running_s"]
            )
            yield CounterMetricFamily(
                "ricloop_side_restarts", "Side processes that died and were started again.", process["side_restarts"]
            )
        if (apart := status["apart"]) is not None:
            here = GaugeMetricFamily("ricloop_xapps_apart", "xApps in processes of their own.", labels=["state"])
            for state in ("connected", "away"):
                here.add_metric([state], apart[state])
            yield here
            yield _counter("ricloop_xapps_refused", "xApps that were not let in or shown out.", "why", apart["refused"])
            yield _counter(
                "ricloop_questions", "Questions to xApps apart, and what became of them.", "fate", apart["questions"]
            )
            yield CounterMetricFamily(
                "ricloop_reports_unseen", "Reports that models of xApps apart were not told of.", apart["unseen"]
            )
        loop = HistogramMetricFamily(
            "ricloop_loop_seconds", "From a frame's arrival to the end of the decision on it.", labels=["control"]
        )
        for label, latencies in told["loop"].items():
            buckets = [(str(edge / 1e3), float(count)) for edge, count in latencies["buckets"]]
            loop.add_metric([label], [*buckets, ("+Inf", float(latencies["count"]))], latencies["sum_s"])
        yield loop
        parts = HistogramMetricFamily(
            "ricloop_stage_seconds", "Where in the loop the time of a decision goes.", labels=["stage"]
        )
        for stage, histogram in told["stages"].items():
            edges = zip(STAGE_EDGES_US, histogram["buckets"], strict=True)
            buckets = [(str(edge / 1e6), float(count)) for edge, count in edges]
            parts.add_metric([stage], [*buckets, ("+Inf", float(histogram["count"]))], histogram["sum_s"])
        yield parts
        yield from lifecycle_metrics(told["lifecycle"])


def exposition(told: dict[str, Any]) -> bytes:
    """A snapshot as Prometheus reads it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SnapshotCollector(told))
    return generate_latest(registry)


def _counter(name: str, text: str, label: str, values: dict[str, Any]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family
