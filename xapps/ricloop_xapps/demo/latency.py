"""End-to-end latency: the node's scheduled send time of a report, joined with its receipt of the control it led to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ricloop.runtime.books.stats import Latencies

Key = tuple[Any, ...]


def first_error(audit: Path) -> str:
    """What the xApp's code raised first; empty where it never did."""
    with audit.open() as lines:
        for line in lines:
            record = json.loads(line)
            if record.get("error"):
                return str(record["error"])
    return ""


def end_to_end(audit: Path, nodes: Iterable[Mapping[str, Any]]) -> Latencies:
    """One latency per control that reached its node.

    `nodes` are results of the simulator with `indications` [node, requestor, instance, action, sn, scheduled ns] and
    `controls` [node, requestor, instance, received ns], all on the host's CLOCK_MONOTONIC. A decision counts from the
    earliest scheduled of the indications that started it.
    """
    scheduled: dict[Key, int] = {}
    received: dict[Key, int] = {}
    for node in nodes:
        scheduled.update((tuple(row[:5]), row[5]) for row in node["indications"])
        received.update((tuple(row[:3]), row[3]) for row in node["controls"])
    latencies = Latencies()
    with audit.open() as lines:
        for line in lines:
            record = json.loads(line)
            if record.get("kind") != "decision":
                continue
            starts = [scheduled[key] for trigger in record["triggers"] if (key := tuple(trigger)) in scheduled]
            ends = [received[key] for control in record["controls"] if (key := tuple(control["request"])) in received]
            if starts:
                for end in ends:
                    latencies.add(end - min(starts))
    return latencies
