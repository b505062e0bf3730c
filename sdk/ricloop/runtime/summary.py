"""A run in numbers: messages per node, what became of the indications and controls, how long the loop took.

Everything is JSON-able and read from what the loop counts anyway; nothing here changes anything.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ricloop.runtime.ric import NearRtRic


def counts(ric: NearRtRic) -> dict[str, dict[str, int]]:
    """E2AP messages of each node's present association, sent and received."""
    ways: dict[str, dict[str, int]] = {"sent": {}, "received": {}}
    for node in sorted(ric.nodes, key=lambda node: node.name):
        for way, of_node in ways.items():
            of_node[node.name] = node.association.session.counters[way]
    return ways


def status(ric: NearRtRic) -> dict[str, Any]:
    """Counters of now; cheap."""
    account, deciders = ric.account, [d for r in ric.runners for d in r.deciders.values()]
    return {
        "nodes": len(ric.nodes),
        "cells": ric.nodes.cell_count(),
        "received": account.received,
        "decided": account.decided,
        "superseded": account.superseded,
        "refused": account.refused,
        "fanned_out": account.fanned_out,
        "waiting": account.waiting,
        "subscriptions": ric.subscriber.active(),
        "subscriptions_waiting": ric.subscriber.asking.waiting,
        "setups_refused": sum(ric.admission.refused.values()),
        "controls": ric.controls.counts.as_dict(),
        "policies": len(ric.policies),
        "a1_policies": ric.a1.counts(),
        "queries": {"sent": ric.queries.sent, "failed": ric.queries.failed},
        "values": ric.quality.as_dict(),
        "deadline_misses": sum(decider.counts.misses for decider in deciders),
        "handler_errors": sum(decider.counts.errors for decider in deciders),
        "trips": sum(decider.counts.trips for decider in deciders),
        "models_not_started": sum(decider.counts.not_started for decider in deciders),
        "model_faults": dict(sum((decider.counts.faults for decider in deciders), Counter())),
        "conflicts": ric.arbiter.conflicts.total,
        "by_xapp": {runner.name: runner.tally.status() for runner in ric.runners},
        "predictions": sum(decider.counts.predictions for decider in deciders),
        "apart": None if ric.remotes is None else ric.remotes.status(),
    }


def summary(ric: NearRtRic) -> dict[str, Any]:
    """The run in numbers. Latencies in milliseconds; decisions that send a control apart.

    Raises AccountError unless every indication is accounted for.
    """
    ric.check()
    deadlines = [h.deadline.total_seconds() * 1000 for r in ric.runners for h in r.handlers]
    stats = ric.dispatch.stats
    return {
        "schema": 1,
        "xapps": [runner.name for runner in ric.runners],
        **status(ric),
        "by_xapp": {runner.name: runner.tally.summary() for runner in ric.runners},
        "conflict_rows": list(ric.arbiter.conflicts.rows()),
        "refused_reasons": dict(ric.account.reasons),
        "audit_dropped": ric.audit.dropped,
        "deadline_ms": min(deadlines, default=0.0),
        "loop_ms": stats.with_control.quantiles(),
        "loop_ms_without_control": stats.without_control.quantiles(),
        "stages_us": stats.stages_us(),
        "lifecycle": ric.lifecycle.summary(),
    }
