"""What the instruments tell, as Prometheus reads it: made from a snapshot when it is asked for.

Label sets are bounded: fates, states, causes and stages are ours, xApps those that the RIC was started with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import Metric

from ricloop.platform.families import as_text, counter, gauge, histogram
from ricloop.runtime.loop.tally import ANSWERS
from ricloop.runtime.models.metrics import lifecycle_metrics
from ricloop.runtime.side.snapshot import STAGE_EDGES_US

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


def exposition(told: dict[str, Any]) -> bytes:
    """A snapshot in Prometheus' text format."""
    return as_text(metrics(told))


def metrics(told: dict[str, Any]) -> Iterator[Metric]:
    """Of a snapshot."""
    yield from _nodes(told, told["status"])
    yield from _xapps(told, told["status"])
    if (process := told.get("process")) is not None:
        yield gauge("ricloop_running_seconds", "How long this process of the loop has run.", process["running_s"])
        yield counter(
            "ricloop_side_restarts", "Side processes that died and were started again.", process["side_restarts"]
        )
    if (apart := told["status"]["apart"]) is not None:
        yield from _apart(apart)
    yield from _times(told)
    yield from lifecycle_metrics(told["lifecycle"])


def _nodes(told: dict[str, Any], status: dict[str, Any]) -> Iterator[Metric]:
    for name in ("nodes", "cells", "subscriptions", "waiting"):
        yield gauge(f"ricloop_{name}", f"{name.capitalize()} at this moment.", status[name])
    yield counter(
        "ricloop_indications",
        "RIC indications: received = decided + superseded + refused + waiting.",
        {fate: status[fate] for fate in ("received", "decided", "superseded", "refused")},
        "fate",
    )
    reasons = dict.fromkeys(_REASONS, 0) | told["refused_reasons"]
    yield counter("ricloop_indications_refused", "Indications refused, by why.", reasons, "reason")
    yield gauge(
        "ricloop_subscriptions_waiting", "Subscriptions that wait for their turn.", status["subscriptions_waiting"]
    )
    yield gauge("ricloop_a1_policies", "A1 policies, in force or not.", status["a1_policies"], "status")
    yield counter("ricloop_controls", "RIC controls, by how far they got.", status["controls"], "state")
    yield counter("ricloop_values", "Reported values that are no good, by why.", status["values"], "flag")
    yield counter("ricloop_setups_refused", "E2 Setups refused, by why.", told["setups_refused"], "why")
    yield counter(
        "ricloop_lost_before_setup",
        "Connections that ended before an E2 Setup Request said whose they are.",
        told["lost_before_setup"],
    )
    yield counter("ricloop_audit_dropped", "Audit records that were lost for want of room.", told["audit_dropped"])


def _xapps(told: dict[str, Any], status: dict[str, Any]) -> Iterator[Metric]:
    for name, text in (
        ("deadline_misses", "Answers that came after their deadline."),
        ("handler_errors", "Handlers, rules and models that raised."),
        ("trips", "Handlers whose rule answers for them until they keep their deadline again."),
        ("models_not_started", "Models that could not have answered in time."),
        ("predictions", "Answers of models that reached their handler."),
    ):
        yield counter(f"ricloop_{name}", text, status[name])
    faults = dict.fromkeys(_KINDS, 0) | status["model_faults"]
    yield counter("ricloop_model_faults", "Models that did not answer, by why.", faults, "kind")
    models = {(row["xapp"], row["handler"], row["model"]): 1 for row in told["models"]}
    yield gauge("ricloop_model_info", "1 for each model that answers a handler.", models, "xapp", "handler", "model")
    conflicts = {(winner, loser): count for winner, loser, count in told["conflicts"]}
    yield counter("ricloop_conflicts", "Controls that two xApps wanted, by who won.", conflicts, "winner", "loser")
    for name, text in (("calls", "asked"), ("misses", "too late")):
        values = {xapp: counts[name] for xapp, counts in told["xapps"].items()}
        yield counter(f"ricloop_xapp_{name}", f"Handlers of an xApp that were {text}.", values, "xapp")
    tallies = status["by_xapp"].items()
    decisions = {(xapp, who): tally[f"by_{who}"] for xapp, tally in tallies for who in ANSWERS}
    yield counter("ricloop_xapp_decisions", "Decisions of an xApp, by who answered.", decisions, "xapp", "by")
    stages = {(xapp, counts["stage"]): 1 for xapp, counts in told["xapps"].items()}
    yield gauge("ricloop_xapp_stage", "1 for the stage of each xApp.", stages, "xapp", "stage")


def _apart(apart: dict[str, Any]) -> Iterator[Metric]:
    here = {state: apart[state] for state in ("connected", "away")}
    yield gauge("ricloop_xapps_apart", "xApps in processes of their own.", here, "state")
    yield counter("ricloop_xapps_refused", "xApps that were not let in or shown out.", apart["refused"], "why")
    yield counter("ricloop_questions", "Questions to xApps apart, and what became of them.", apart["questions"], "fate")
    yield counter("ricloop_reports_unseen", "Reports that models of xApps apart were not told of.", apart["unseen"])


def _times(told: dict[str, Any]) -> Iterator[Metric]:
    yield histogram(
        "ricloop_loop_seconds",
        "From a frame's arrival to the end of the decision on it.",
        {
            label: ([(edge / 1e3, count) for edge, count in of["buckets"]], of["count"], of["sum_s"])
            for label, of in told["loop"].items()
        },
        "control",
    )
    edges = [edge / 1e6 for edge in STAGE_EDGES_US]
    yield histogram(
        "ricloop_stage_seconds",
        "Where in the loop the time of a decision goes.",
        {
            stage: (list(zip(edges, of["buckets"], strict=True)), of["count"], of["sum_s"])
            for stage, of in told["stages"].items()
        },
        "stage",
    )
