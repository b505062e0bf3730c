"""What a run tells people of its models: a few lines after it has ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ricloop.runtime.models.report import verdict

MOST = 8
"""Changes of drift that are told; the result file has all."""


def in_words(lifecycle: Mapping[str, Any]) -> Iterator[str]:
    """Lines, of `Lifecycle.summary`; none of a RIC without models, but for what its computing took."""
    for row in lifecycle["models"]:
        if (shadow := row["shadow"]) is not None:
            both = f"{shadow['challenger']} beside {shadow['champion']}"
            yield f"{both}: {shadow['decisions']} compared. {verdict(shadow)}"
    for swap in lifecycle["swaps"]:
        if swap["result"] == "changed":
            whose = f" in place of {swap['before']}" if swap["before"] else " in the shadow"
            yield f"{swap['version']} went to work{whose} ({swap['reason']})"
        else:
            yield f"refused, {swap['before']} goes on: {swap['reason']}"
    drifts = lifecycle["drifts"]
    for change in drifts[:MOST]:
        what = "began to drift" if change["state"] == "drifting" else "drifts no more"
        when = datetime.fromtimestamp(change["time"], UTC)
        yield f"{change['signal']} of {change['model']} {what} at {when:%H:%M:%S} UTC ({change['why']})"
    if len(drifts) > MOST:
        yield f"and {len(drifts) - MOST} more changes of drift"
    if (energy := lifecycle["energy"]) is not None and energy["seconds"]:
        yield energy_in_words(energy)


def energy_in_words(energy: Mapping[str, Any]) -> str:
    """One line, of `Meter.report`."""
    text = f"computing took {energy['watts']:.2f} W ({energy['source']})"
    if energy["joules_per_decision"] is not None:
        text += f", {1000 * energy['joules_per_decision']:.3g} mJ a decision"
    if energy["net_watts"] is not None:
        text += f"; the network saves {energy['saved_watts']:.1f} W, {energy['net_watts']:.1f} W net of it"
    return text
