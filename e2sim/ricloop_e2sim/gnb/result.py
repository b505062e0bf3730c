"""One result out of those of several gNBs: whoever ran them, in one process or in many."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

_SUMS = (
    "cells", "ues", "energy_kwh", "energy_baseline_kwh", "charged_kwh", "offered_bits", "served_bits", "lost_bits",
    "baseline_served_bits", "baseline_lost_bits", "transitions", "transition_kwh", "failures", "handovers",
    "uncovered_cell_seconds",
)  # fmt: skip


def combine_digests(digests: Sequence[str]) -> str:
    """Of several gNBs, in their order: SHA-256 of the digests written one after the other; of one, its own."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def combine(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Add up the gNBs' results, in their order.

    The saving is counted at equal served traffic: what is lost beyond the uncontrolled network's loss is charged at
    that network's energy per bit.
    """
    result: dict[str, Any] = {key: sum(part[key] for part in parts) for key in _SUMS}
    baseline = result["energy_baseline_kwh"]
    per_bit = baseline / result["baseline_served_bits"] if result["baseline_served_bits"] else 0.0
    result["charged_kwh"] = per_bit * (result["lost_bits"] - result["baseline_lost_bits"])
    saved = baseline - result["energy_kwh"] - result["charged_kwh"]
    best = [part["clairvoyant_kwh"] for part in parts]
    known = all(value is not None for value in best)
    result |= {
        "nodes": [node for part in parts for node in part["nodes"]],
        "seconds": parts[0]["seconds"],
        "power_model": parts[0]["power_model"],
        "clairvoyant_kwh": sum(best) if known else None,
        "energy_saved_percent": _percent(saved, baseline),
        "clairvoyant_saved_percent": _percent(baseline - sum(best), baseline) if known else None,
        "lost_traffic_percent": _percent(result["lost_bits"], result["offered_bits"]),
        "baseline_lost_percent": _percent(result["baseline_lost_bits"], result["offered_bits"]),
        "asleep_percent": sum(p["asleep_percent"] * p["cells"] for p in parts) / max(result["cells"], 1),
        "digest": combine_digests([part["digest"] for part in parts]),
        "table": [row for part in parts for row in part["table"]],
    }
    return result


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0
