"""The one result of a run: what the RIC counted and what the network became, in the keys that machines read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

COUNTS = ("received", "decided", "superseded", "refused")


def combine(
    ric: Mapping[str, Any], worlds: Sequence[Mapping[str, Any]], e2e_ms: Mapping[str, Any], *, repeatable: bool
) -> dict[str, Any]:
    """Add the worlds up (one per gNB) beside the RIC's summary.

    Energy in kWh. The saving is counted at equal served traffic: bits lost beyond what the uncontrolled network loses
    are charged at its energy per bit. `digest` is None where the clock makes a run unrepeatable.
    """

    def total(key: str) -> float:
        return float(sum(world[key] for world in worlds))

    baseline, offered = total("energy_baseline_kwh"), total("offered_bits")
    charged = total("charged_kwh")
    return {
        "schema": 1,
        "nodes": sum(len(world["nodes"]) for world in worlds),
        "cells": sum(world["cells"] for world in worlds),
        "ues": sum(world["ues"] for world in worlds),
        **{key: ric[key] for key in COUNTS},
        "controls": ric["controls"],
        "deadline_ms": ric["deadline_ms"],
        "deadline_misses": ric["deadline_misses"],
        "loop_ms": ric["loop_ms"],
        "loop_ms_without_control": ric["loop_ms_without_control"],
        "e2e_ms": dict(e2e_ms),
        "energy_kwh": round(total("energy_kwh"), 6),
        "energy_baseline_kwh": round(baseline, 6),
        "energy_saved_percent": _percent(baseline - total("energy_kwh") - charged, baseline),
        "clairvoyant_saved_percent": _percent(baseline - total("clairvoyant_kwh"), baseline),
        "lost_traffic_percent": _percent(total("lost_bits"), offered),
        "baseline_lost_traffic_percent": _percent(total("baseline_lost_bits"), offered),
        "uncovered_cell_seconds": round(total("uncovered_cell_seconds"), 3),
        "transitions": int(total("transitions")),
        "digest": _digest(worlds) if repeatable else None,
    }


def broken_promises(result: Mapping[str, Any]) -> list[str]:
    """What every run must hold and this one did not; empty when all is well."""
    controls = result["controls"]
    accounted = result["decided"] + result["superseded"] + result["refused"]
    checks = {
        f"received {result['received']} is not decided + superseded + refused = {accounted}": result["received"]
        != accounted,
        f"{controls['rejected']} controls rejected": controls["rejected"] > 0,
        f"{controls['timed_out']} controls timed out": controls["timed_out"] > 0,
        f"{controls['accepted']} controls accepted, {controls['effect_confirmed']} seen to take effect": controls[
            "accepted"
        ]
        != controls["effect_confirmed"],
        f"an area was without an awake cell for {result['uncovered_cell_seconds']} cell-seconds": result[
            "uncovered_cell_seconds"
        ]
        > 0,
    }
    return [text for text, broken in checks.items() if broken]


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 4) if whole else 0.0


def _digest(worlds: Sequence[Mapping[str, Any]]) -> str:
    return hashlib.sha256("".join(world["digest"] for world in worlds).encode()).hexdigest()
