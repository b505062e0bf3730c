"""What the instruments tell of a RIC at one moment, as plain numbers: made in the loop's process, read in another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ricloop.runtime.books.loopstats import STAGES
from ricloop.runtime.books.stats import Latencies

if TYPE_CHECKING:
    from ricloop.runtime.ric import NearRtRic

STAGE_EDGES_US = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 50_000)
_EDGES_NS = tuple(edge * 1000 for edge in STAGE_EDGES_US)


def snapshot(ric: NearRtRic) -> dict[str, Any]:
    """JSON-able, some tens of microseconds."""
    stats = ric.dispatch.stats
    named = zip((*STAGES, "model"), (*stats.stages, stats.model), strict=True)
    return {
        "status": ric.status(),
        "setups_refused": dict(ric.admission.refused),
        "lost_before_setup": ric.inventory.lost_before_setup,
        "loop": {"sent": _latencies(stats.with_control), "none": _latencies(stats.without_control)},
        "stages": {
            name: {
                "buckets": histogram.upto(_EDGES_NS),
                "count": len(histogram),
                "sum_s": histogram.total / 1e9,
            }
            for name, histogram in named
        },
        "xapps": {
            runner.name: {
                "stage": runner.stage.value,
                "calls": sum(decider.counts.calls for decider in runner.deciders.values()),
                "misses": sum(decider.counts.misses for decider in runner.deciders.values()),
            }
            for runner in ric.runners
        },
        "models": [
            {"xapp": runner.name, "handler": name, "model": decider.model}
            for runner in ric.runners
            for name, decider in runner.deciders.items()
            if decider.model is not None
        ],
        "conflicts": [[*pair, count] for pair, count in ric.arbiter.conflicts.by_pair().items()],
        "lifecycle": ric.lifecycle.status(),
        "a1_policies": ric.a1.statuses(),
        "refused_reasons": dict(ric.account.reasons),
        "audit_dropped": ric.audit.dropped,
        "stopping": ric.stopped,
    }


def _latencies(latencies: Latencies) -> dict[str, Any]:
    return {"buckets": latencies.buckets(), "count": len(latencies), "sum_s": latencies.total / 1e9}
