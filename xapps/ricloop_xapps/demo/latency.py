"""End-to-end latency: the node's scheduled send time of a report, joined with its receipt of the control it led to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

Key = tuple[Any, ...]


def percentiles(milliseconds: Iterable[float]) -> dict[str, float | int | None]:
    """count, p50, p99, p999 and max; None where there is nothing to measure."""
    values = np.fromiter(milliseconds, float)
    if not len(values):
        return {"count": 0, "p50": None, "p99": None, "p999": None, "max": None}
    p50, p99, p999 = np.percentile(values, (50, 99, 99.9))
    return {
        "count": len(values),
        "p50": round(float(p50), 3),
        "p99": round(float(p99), 3),
        "p999": round(float(p999), 3),
        "max": round(float(values.max()), 3),
    }


def end_to_end_ms(audit: Path, nodes: Iterable[Mapping[str, Any]]) -> list[float]:
    """One latency per control that reached its node.

    `nodes` are results of the simulator with `indications` [node, requestor, instance, action, sn, scheduled ns] and
    `controls` [node, requestor, instance, received ns], all on the host's CLOCK_MONOTONIC. A report made of several
    indications counts from the earliest scheduled one.
    """
    scheduled: dict[Key, int] = {}
    received: dict[Key, int] = {}
    for node in nodes:
        scheduled.update((tuple(row[:5]), row[5]) for row in node["indications"])
        received.update((tuple(row[:3]), row[3]) for row in node["controls"])
    latencies = []
    with audit.open() as lines:
        for line in lines:
            record = json.loads(line)
            if record.get("kind") != "decision":
                continue
            starts = [scheduled[key] for trigger in record["triggers"] if (key := tuple(trigger)) in scheduled]
            ends = [received[key] for control in record["controls"] if (key := tuple(control["request"])) in received]
            if starts:
                latencies += [(end - min(starts)) / 1e6 for end in ends]
    return latencies
