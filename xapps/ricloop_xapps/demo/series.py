"""What the network did over time, for the plots: one sample per status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NAMES = ("power_w", "baseline_power_w", "asleep", "lost_mbps")


class Series:
    """Samples of all worlds together. Time is simulated seconds."""

    def __init__(self) -> None:
        self.time_s: list[float] = []
        self.columns: dict[str, list[float]] = {name: [] for name in NAMES}
        self._lost_bits = 0.0

    def add(self, worlds: Sequence[Mapping[str, Any]]) -> None:
        """One status per world; a sample whose time is not later than the last one's is left out."""
        now = min(world["time_us"] for world in worlds) / 1e6
        before = self.time_s[-1] if self.time_s else 0.0
        if now <= before:
            return
        lost = sum(cell["lost_bits"] for world in worlds for cell in world["table"])
        self.time_s.append(now)
        for name in NAMES[:3]:
            self.columns[name].append(sum(world[name] for world in worlds))
        self.columns["lost_mbps"].append((lost - self._lost_bits) / 1e6 / (now - before))
        self._lost_bits = lost
