"""The result of a run in words, for whoever reads it on a terminal or on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ricloop.core.native import codec

COLUMNS = {
    "decisions": "decisions",
    "by_model": "by its model",
    "by_handler": "by its handler",
    "by_rule": "by its rule",
    "by_hold": "held",
    "sent": "sent",
    "refused": "refused",
}
"""What is told of an xApp, and under which title."""
MOST_CHANGES = 8
"""Changes of drift that are told; the result has all."""


def facts(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The result in words: what, and how much."""
    controls, e2e, drift = result["controls"], result["e2e_ms"], result["drift"]
    rows = [
        ("network", f"{result['nodes']} E2 nodes, {result['cells']} cells, {result['ues']} users"),
        (
            "indications",
            f"{result['received']} received = {result['decided']} decided + {result['superseded']} superseded "
            f"+ {result['refused']} refused",
        ),
        (
            "controls",
            f"{controls['sent']} sent, {controls['accepted']} accepted, {controls['rejected']} rejected, "
            f"{controls['timed_out']} timed out, {controls['effect_confirmed']} seen to take effect",
        ),
        (
            "loop",
            f"{latency(result['loop_ms'])}; {result['deadline_misses']} missed the {result['deadline_ms']:g} ms"
            + (f", and the rule took over {result['trips']} times" if result["trips"] else ""),
        ),
    ]
    if e2e["count"]:
        rows.append(("node to node", latency(e2e)))
    return [
        *rows,
        *((name, _xapp(told)) for name, told in result["xapps"].items()),
        *_together(result),
        *([("drift", _drift(drift))] if drift["injected_s"] or drift["changes"] else []),
        ("energy", f"{result['energy_kwh']:.4f} kWh against {result['energy_baseline_kwh']:.4f} kWh always on"),
        (
            "saved",
            f"{percent(result['energy_saved_percent'])} at equal served traffic; the clairvoyant optimum saves "
            f"{percent(result['clairvoyant_saved_percent'])}",
        ),
        (
            "lost traffic",
            f"{result['lost_traffic_percent']:.3f} % ({result['baseline_lost_percent']:.3f} % always on); "
            f"uncovered for {result['uncovered_cell_seconds']:g} cell-seconds",
        ),
        ("codec", codec()),
        ("digest", result["digest"] or "none: the wall clock does not repeat"),
    ]


def _xapp(told: Mapping[str, Any]) -> str:
    """What one xApp did."""
    who = ", ".join(f"{told[key]} {title}" for key, title in COLUMNS.items() if key.startswith("by_") and told[key])
    acted = f"{told['sent']} controls sent, {told['refused']} refused"
    return f"{told['decisions']} decisions ({who or 'none asked for'}); {acted}"


def _together(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What xApps had to do with each other; nothing where there is one."""
    if len(result["xapps"]) < 2:
        return []
    pairs: dict[tuple[str, str], int] = {}
    for row in result["conflicts"]["rows"]:
        pair = row["winner"], row["loser"]
        pairs[pair] = pairs.get(pair, 0) + row["count"]
    won = "; ".join(f"{winner} over {loser} {count} times" for (winner, loser), count in pairs.items())
    rows = [("conflicts", f"{result['conflicts']['decided']} decided by the arbiter{f': {won}' if won else ''}")]
    for name, read in result["forecast"].items():
        asked = read["read"] + read["unknown"]
        age = read["age_ms"]
        old = f", {age['p50']:.0f} ms old (p50), {age['max']:.0f} ms at the most" if read["read"] else ""
        rows.append(("forecast", f"read in {read['read']} of {asked} decisions of {name}{old}"))
    return rows


def _drift(drift: Mapping[str, Any]) -> str:
    """When demand stuttered, and what was noticed of it."""
    begin, end = drift["injected_s"] or (None, None)
    when = "nothing was injected" if begin is None else f"demand stuttered from {begin:.1f} to {end:.1f} s"
    words = {"drifting": "drifts from", "ok": "is back at"}
    told = ", ".join(f"{c['signal']} {words[c['state']]} {c['time_s']:.1f} s" for c in drift["changes"][:MOST_CHANGES])
    more = len(drift["changes"]) - MOST_CHANGES
    return f"{when}; {told or 'no drift was noticed'}" + (f", and {more} changes more" if more > 0 else "")


def percent(value: float | None) -> str:
    """`12.34 %`, or that it is not known."""
    return "unknown" if value is None else f"{value:.2f} %"


def latency(ms: Mapping[str, Any]) -> str:
    """`p50 1.2 ms, p99 3.4 ms … over 56` or that there is none."""
    if not ms["count"]:
        return "none measured"
    return f"p50 {ms['p50']:.2f} ms, p99 {ms['p99']:.2f} ms, max {ms['max']:.2f} ms over {ms['count']}"
