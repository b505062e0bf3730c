"""Power of a radio unit as a function of its PRB use, and what falling asleep and waking cost.

The models give different answers, so every result names its own. Every one is of the form `idle + slope·use` while
active, which is exact for all of them where traffic fills whole symbols.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ricloop_e2sim.arithmetic.dtypes import Floats


@dataclass(frozen=True, slots=True)
class Power:
    """Watts of one cell's radio unit."""

    name: str
    idle_w: float
    """Active with no PRB in use."""
    slope_w: float
    """Added at full PRB use, in proportion to the use."""
    sleep_w: float
    down_us: int = 0
    """Time to fall asleep: no service, idle power."""
    up_us: int = 0
    """Time to wake: no service, idle power."""
    transition_j: float = 0.0
    """Extra energy of one sleep and its waking, charged on entering sleep (TR 38.864 5.1)."""

    def active_w(self, use: Floats) -> Floats:
        """Watts at PRB use 0..1, any shape."""
        return self.idle_w + self.slope_w * use

    def waking_in(self, seconds: float) -> Power:
        """The same unit with another wake-up time."""
        return replace(self, up_us=round(seconds * 1e6))


J_PER_KWH = 3.6e6
AI_RSG_SLEEP_W = {"micro": 50.0, "light": 20.0, "deep": 5.0}
"""Sleep powers configured in the AI RSG's radio units, W."""


def ai_rsg(sleep: str = "deep") -> Power:
    """Least-squares fit over the AI RSG's day: 56.9 + 455·u W (R² 0.9999)."""
    return Power(f"ai-rsg-{sleep}", 56.9, 455.0, AI_RSG_SLEEP_W[sleep])


# Transceivers, largest output W, then W per transceiver: at zero output, per output watt, asleep (Auer 2011, table 2).
_EARTH = {
    "macro": (6, 20.0, 130.0, 4.7, 75.0),
    "rrh": (6, 20.0, 84.0, 2.8, 56.0),
    "micro": (2, 6.3, 56.0, 2.6, 39.0),
    "pico": (2, 0.13, 6.8, 4.0, 4.3),
    "femto": (2, 0.05, 4.8, 8.0, 2.9),
}


def earth(station: str = "macro") -> Power:
    """The EARTH model: N·(P0 + Δp·P_out), N·P_sleep when off."""
    trx, output_w, p0, slope, sleep = _EARTH[station]
    return Power(f"earth-{station}", trx * p0, trx * slope * output_w, trx * sleep)


@dataclass(frozen=True, slots=True)
class ReferenceSet:
    """One reference configuration of TR 38.864 V18.1.0 clause 5.1, in its relative units."""

    deep: float
    light: float
    micro: float
    downlink: float
    uplink: float


TR38864 = {
    (1, 1): ReferenceSet(1, 25, 55, 280, 110),
    (1, 2): ReferenceSet(1, 25, 50, 200, 90),
    (1, 3): ReferenceSet(1, 25, 38, 152, 80),
    (2, 1): ReferenceSet(1, 2.1, 5.5, 32, 6.5),
    (2, 2): ReferenceSet(1, 2.1, 5.0, 26, 5.8),
    (2, 3): ReferenceSet(1, 2.1, 3.0, 17.6, 4.2),
}
"""(category, set) → powers."""

TR38864_TRANSITION = {
    (1, "deep"): (50.0, 1000.0),
    (1, "light"): (6.0, 90.0),
    (2, "deep"): (10_000.0, 17_000.0),
    (2, "light"): (640.0, 1088.0),
}
"""(category, sleep) → total time down and up in ms, extra energy in unit·ms."""

STATIC_SHARE = 0.4
"""A of TR 38.864: the share of the dynamic power that does not follow the used bandwidth."""


def tr38864(category: int = 1, number: int = 1, sleep: str = "deep", *, watts_per_unit: float = 2.0) -> Power:
    """TR 38.864 in watts; the report gives none, so the caller says how many watts a unit is.

    Traffic fills whole symbols and leaves the others idle.
    """
    powers = TR38864[category, number]
    dynamic = (powers.downlink - powers.micro) * watts_per_unit
    time_ms, energy = TR38864_TRANSITION[category, sleep]
    half_us = round(time_ms * 500)
    return Power(
        f"tr38864-cat{category}-set{number}-{sleep}",
        idle_w=powers.micro * watts_per_unit,
        slope_w=dynamic,
        sleep_w=(powers.deep if sleep == "deep" else powers.light) * watts_per_unit,
        down_us=half_us,
        up_us=half_us,
        transition_j=energy * watts_per_unit / 1000,
    )
