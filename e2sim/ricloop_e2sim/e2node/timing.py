"""When a simulated world begins, and when in a tick each of its nodes reports."""

from __future__ import annotations

from collections.abc import Sequence

EPOCH_NS = 1_767_225_600_000_000_000
"""2026-01-01 00:00 UTC: when a world begins, unless its driver says otherwise."""
REPORTING_SHARE = 0.6
"""Of a tick in which reports leave. The rest belongs to the answers, and to preparing the next tick."""


def spread_phases(nodes: Sequence[tuple[str, int]], tick_us: int) -> dict[str, tuple[int, ...]]:
    """Nodes do not report at one instant: their phases are spread over the tick, in the order of the gNBs."""
    total = sum(count for _, count in nodes)
    phases: dict[str, tuple[int, ...]] = {}
    number = 0
    for name, count in nodes:
        phases[name] = tuple(round((number + i) * tick_us * REPORTING_SHARE / total) for i in range(count))
        number += count
    return phases
