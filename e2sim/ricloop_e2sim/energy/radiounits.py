"""Radio units as rows of one table: power while idle, while sending and in each sleep, and what a sleep costs to enter.

All are of the form of TR 38.864 5.1, of which the others are special cases: P = P3 + s_a (P4−P3) [A + (1−A) s_f s_p/η]
in a symbol with downlink, P3 + s_a (P5−P3) in one with uplink, P3 in an idle one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError, nearest
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats
from ricloop_e2sim.energy.power import AI_RSG_SLEEP_W, STATIC_SHARE, TR38864, TR38864_TRANSITION, Power, ai_rsg, earth

LOW_EFFICIENCY = 0.76
"""Dual η of TR 38.864: of a power amplifier below half of its largest output."""
MEASURED_SLEEP = 0.625
"""Asleep, measured stations draw this share of what they draw idle: with saving modes on for over 80 % of an hour, that
is the mean of their energy over the one expected without (173 stations, quartiles 0.571 and 0.671)."""


@dataclass(frozen=True, slots=True)
class RadioUnit:
    """One row. Powers in W, or in units whose watts the caller knows where `relative`."""

    relative: bool
    idle: float
    """P3: active, no symbol in use."""
    downlink: float
    """P4: every symbol full."""
    uplink: float
    """P5: every symbol receives."""
    sleep: tuple[float, float, float]
    """Micro, light, deep."""
    transition_ms: tuple[float, float] = (0.0, 0.0)
    """T of light and deep sleep, down and up together; micro sleep costs neither time nor energy."""
    transition_energy: tuple[float, float] = (0.0, 0.0)
    """E of light and deep sleep, in power unit × ms."""
    static_share: float = 0.0
    """A: the share of the dynamic power that follows the symbols in use, not the band in them."""


_MEASURED = {
    "2-2-20": (15.02, 20.65),
    "2-4-20": (16.63, 49.60),
    "3-2-10": (20.49, 13.93),
    "3-4-10": (23.60, 16.80),
    "4-1-20": (11.15, 18.44),
    "4-2-20": (16.21, 27.58),
    "5-2-10": (14.23, 13.57),
    "6-1-5": (12.17, 5.58),
    "6-1-10": (13.66, 11.29),
    "6-2-10": (18.61, 18.50),
    "7-1-20": (14.29, 15.82),
    "7-2-20": (23.01, 27.56),
}
# Radio unit type, transmitters, MHz → energy at no load, and what full load adds (ITU 5G energy data; the most is 100).


def _tr38864(category: int, number: int) -> RadioUnit:
    powers = TR38864[category, number]
    (light_ms, light_energy), (deep_ms, deep_energy) = (TR38864_TRANSITION[category, s] for s in ("light", "deep"))
    return RadioUnit(
        relative=True,
        idle=powers.micro,
        downlink=powers.downlink,
        uplink=powers.uplink,
        sleep=(powers.micro, powers.light, powers.deep),
        transition_ms=(light_ms, deep_ms),
        transition_energy=(light_energy, deep_energy),
        static_share=STATIC_SHARE,
    )


def _linear(idle: float, slope: float, sleep: tuple[float, float, float], relative: bool = False) -> RadioUnit:
    return RadioUnit(relative, idle, idle + slope, idle, sleep)


def _earth(station: str) -> RadioUnit:
    power = earth(station)
    return _linear(power.idle_w, power.slope_w, (power.sleep_w,) * 3)


TABLE = {
    **{f"tr38864-cat{category}-set{number}": _tr38864(category, number) for category, number in TR38864},
    **{f"earth-{station}": _earth(station) for station in ("macro", "rrh", "micro", "pico", "femto")},
    "ai-rsg": _linear(
        ai_rsg().idle_w, ai_rsg().slope_w, (AI_RSG_SLEEP_W["micro"], AI_RSG_SLEEP_W["light"], AI_RSG_SLEEP_W["deep"])
    ),
    **{
        f"measured-{name}": _linear(idle, slope, (MEASURED_SLEEP * idle,) * 3, relative=True)
        for name, (idle, slope) in _MEASURED.items()
    },
}
"""Every radio unit by name."""


def of_power(power: Power) -> RadioUnit:
    """The row of a model of one sleep."""
    return RadioUnit(
        relative=False,
        idle=power.idle_w,
        downlink=power.idle_w + power.slope_w,
        uplink=power.idle_w,
        sleep=(power.sleep_w,) * 3,
        transition_ms=(0.0, (power.down_us + power.up_us) / 1000),
        transition_energy=(0.0, power.transition_j * 1000),
    )


class RadioUnits:
    """The radio unit of every cell, in watts and joules, as arrays."""

    def __init__(self, units: Sequence[str | RadioUnit], watts_per_unit: float = 2.0) -> None:
        """`units` [cells]: by their names in `TABLE`, or rows of one's own; `watts_per_unit` for the relative ones.

        Raises ConfigError for an unknown name and for watts that are not positive.
        """
        for name in units:
            if isinstance(name, str) and name not in TABLE:
                known = ", ".join(TABLE)
                raise ConfigError(f"no radio unit is called {name!r}.{nearest(name, TABLE)} Known: {known}")
        if watts_per_unit <= 0:
            raise ConfigError(f"{watts_per_unit:g} watts per unit is not positive; 2 makes a macro cell of some 500 W")
        rows = [TABLE[unit] if isinstance(unit, str) else unit for unit in units]
        watts = np.array([watts_per_unit if row.relative else 1.0 for row in rows])
        self.idle_w: Floats = np.array([row.idle for row in rows]) * watts
        self.downlink_w: Floats = np.array([row.downlink for row in rows]) * watts
        self.uplink_w: Floats = np.array([row.uplink for row in rows]) * watts
        self.static_share: Floats = np.array([row.static_share for row in rows])
        self.sleep_w: Floats = np.array([(row.idle, *row.sleep) for row in rows]).T * watts
        """[depth, cells]: awake and idle, micro, light, deep."""
        self.transition_us: Floats = np.array([(0.0, 0.0, *row.transition_ms) for row in rows]).T * 1000
        """[depth, cells]: T."""
        self.transition_j: Floats = np.array([(0.0, 0.0, *row.transition_energy) for row in rows]).T * watts / 1000
        """[depth, cells]: E."""
        self._band_share: Floats = 1 - self.static_share
        self._downlink_more_w: Floats = self.downlink_w - self.idle_w
        self._uplink_more_w: Floats = self.uplink_w - self.idle_w

    def active_w(
        self,
        downlink: Floats,
        uplink: Floats | float = 0.0,
        *,
        spread: Bools | bool = False,
        antennas: Floats | float = 1.0,
        density: Floats | float = 1.0,
        dual: bool = False,
    ) -> Floats:
        """Mean watts of cells in service, [cells].

        `downlink` PRB use 0..1, `uplink` share of symbols received. `spread`: the use is a part of the band (s_f) in
        every symbol; else it is full symbols (d), and the others are idle. `antennas` s_a, `density` s_p; `dual`: η is
        0.76 where a symbol is less than half full.
        """
        symbols = downlink if spread is False else np.where(spread, downlink > 0, downlink)
        band = downlink * density
        if dual:
            band = band / np.where(np.where(spread, downlink, 1.0) * density < 0.5, LOW_EFFICIENCY, 1.0)
        share = self.static_share * symbols + self._band_share * band
        dynamic = self._downlink_more_w * share + self._uplink_more_w * uplink
        return np.asarray(self.idle_w + antennas * dynamic)
