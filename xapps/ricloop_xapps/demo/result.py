"""The one result of a run: what the RIC counted and what the network became, in the keys that machines read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ricloop_e2sim.e2node.timing import EPOCH_NS
from ricloop_e2sim.gnb.result import combine as combine_worlds
from ricloop_e2sim.gnb.traffic import Surge

COUNTS = ("received", "decided", "superseded", "refused")
ERRORS = ("handler_errors", "trips")
LATENCIES = ("loop_ms", "loop_ms_without_control")
FORECAST = "forecast"
"""The shared value that tells how busy cells will be."""
NETWORK = (
    "energy_kwh",
    "energy_baseline_kwh",
    "energy_saved_percent",
    "clairvoyant_saved_percent",
    "lost_traffic_percent",
    "baseline_lost_percent",
    "asleep_percent",
    "transitions",
    "uncovered_cell_seconds",
)


def combine(
    ric: Mapping[str, Any],
    worlds: Sequence[dict[str, Any]],
    e2e_ms: Mapping[str, Any],
    *,
    repeatable: bool,
    surges: Sequence[Surge] = (),
) -> dict[str, Any]:
    """The RIC's summary beside the worlds' sum (`ricloop_e2sim.gnb.result.combine`).

    `xapps`: by name, what it decided and who answered (`runtime.tally`). `conflicts`: what the arbiter decided between
    them. `forecast`: by the xApp that reads it, how often, and how old it was. `drift`: as the function of that name
    has it. Energy in kWh; the saving is counted at equal served traffic. `digest` is None where the clock makes a run
    unrepeatable.
    """
    network = combine_worlds(worlds)
    return {
        "schema": 1,
        "nodes": len(network["nodes"]),
        "cells": network["cells"],
        "ues": network["ues"],
        **{key: ric[key] for key in (*COUNTS, "controls", "deadline_ms", "deadline_misses", *ERRORS, *LATENCIES)},
        "e2e_ms": dict(e2e_ms),
        "xapps": dict(ric["by_xapp"]),
        "conflicts": {"decided": ric["conflicts"], "rows": list(ric["conflict_rows"])},
        "forecast": {
            name: told["reads"][FORECAST] for name, told in ric["by_xapp"].items() if FORECAST in told["reads"]
        },
        "drift": drift(ric["lifecycle"]["drifts"], surges),
        **{key: _rounded(network[key]) for key in NETWORK},
        "simulator": _punctuality(worlds),
        "digest": network["digest"] if repeatable else None,
    }


def drift(changes: Sequence[Mapping[str, Any]], surges: Sequence[Surge]) -> dict[str, Any]:
    """`injected_s`: from and to, None where nothing was; `changes` of signals of models to `drifting` and back to `ok`,
    in simulated seconds; `alarmed`: signals that began to drift while demand stuttered, `open`: those of them that
    still do at the end."""
    told = [
        {key: change[key] for key in ("model", "signal", "state", "why", "value", "reference")}
        | {"time_s": round(change["time"] - EPOCH_NS / 1e9, 3)}
        for change in changes
    ]
    injected = [surges[0].start_s, surges[-1].end_s] if surges else None
    drifting: dict[tuple[str, str], bool] = {}
    for change in told:
        signal = change["model"], change["signal"]
        if change["state"] == "ok" and signal in drifting:
            drifting[signal] = False
        elif change["state"] == "drifting" and injected and injected[0] <= change["time_s"] <= injected[1]:
            drifting[signal] = True
    return {"injected_s": injected, "alarmed": len(drifting), "open": sum(drifting.values()), "changes": told}


def _punctuality(worlds: Sequence[Mapping[str, Any]]) -> dict[str, float] | None:
    """How far the simulator itself fell behind the wall clock: part of every `e2e_ms`. None where nothing paces it."""
    paced = [world for world in worlds if "late_ticks" in world]
    if not paced:
        return None
    return {
        "late_ticks": sum(world["late_ticks"] for world in paced),
        "late_reports": sum(world["late_reports"] for world in paced),
        "worst_late_ms": max(world["worst_late_ms"] for world in paced),
    }


def broken_promises(result: Mapping[str, Any], *, every_effect: bool = True) -> list[str]:
    """What every run must hold and this one did not; empty when all is well.

    `every_effect`: each accepted control was seen to take effect. A replay ends before its last ones are.
    """
    controls, uncovered = result["controls"], result["uncovered_cell_seconds"]
    accounted = result["decided"] + result["superseded"] + result["refused"]
    accepted, confirmed = controls["accepted"], controls["effect_confirmed"]
    errors, first = result["handler_errors"], result.get("first_error", "")
    drifts, modelled = result["drift"], any(told["by_model"] for told in result["xapps"].values())
    # By the wall clock a busy machine may leave models no time to err.
    shown = drifts["injected_s"] and modelled and result["simulator"] is None
    rows = (
        (errors > 0, f"the xApp's code failed {errors} times, first with {first}"),
        (result["received"] != accounted, f"received {result['received']} is not decided + superseded + refused"),
        (controls["rejected"] > 0, f"{controls['rejected']} controls rejected"),
        (controls["timed_out"] > 0, f"{controls['timed_out']} controls timed out"),
        (every_effect and accepted != confirmed, f"{accepted} controls accepted, {confirmed} seen to take effect"),
        (shown and not drifts["alarmed"], "demand stuttered, and no drift was noticed"),
        # Errors follow load, too: of several signals the slowest may need more than the run has left.
        (shown and 0 < drifts["alarmed"] == drifts["open"], "demand stuttered, and no drift of it was over at the end"),
        (uncovered > 0, f"an area was without an awake cell for {uncovered} cell-seconds"),
    )
    return [text for broken, text in rows if broken]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
