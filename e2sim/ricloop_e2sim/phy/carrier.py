"""What a carrier is: its PRBs, its noise, and the powers that are measured on it.

Powers are in dBm at the antenna port, gains in dB, and arrays of any shape that broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats

PrbTable: TypeAlias = dict[int, dict[float, int]]

FR1: PrbTable = {
    15: {5: 25, 10: 52, 15: 79, 20: 106, 25: 133, 30: 160, 35: 188, 40: 216, 45: 242, 50: 270},
    30: {
        5: 11, 10: 24, 15: 38, 20: 51, 25: 65, 30: 78, 35: 92, 40: 106, 45: 119, 50: 133,
        60: 162, 70: 189, 80: 217, 90: 245, 100: 273,
    },
    60: {
        10: 11, 15: 18, 20: 24, 25: 31, 30: 38, 35: 44, 40: 51, 45: 58, 50: 65,
        60: 79, 70: 93, 80: 107, 90: 121, 100: 135,
    },
}  # fmt: skip
"""Subcarrier spacing, kHz → bandwidth, MHz → PRBs (TS 38.101-1 table 5.3.2-1)."""
FR2: PrbTable = {60: {50: 66, 100: 132, 200: 264}, 120: {50: 32, 100: 66, 200: 132, 400: 264}}
"""The same above 24.25 GHz (TS 38.101-2 table 5.3.2-1)."""
LTE: dict[float, int] = {1.4: 6, 3: 15, 5: 25, 10: 50, 15: 75, 20: 100}
"""Bandwidth, MHz → PRBs at 15 kHz (TS 36.101 table 5.6-1)."""
FR2_GHZ = 24.25
SUBCARRIERS = 12
"""Of one PRB."""
THERMAL_DBM_HZ = -174.0
UE_NOISE_FIGURE_DB = 9.0
GNB_NOISE_FIGURE_DB = 5.0


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier. Raises ConfigError for a bandwidth or a spacing that its frequency range has not."""

    frequency_ghz: float
    bandwidth_mhz: float
    spacing_khz: int
    lte: bool = False

    def __post_init__(self) -> None:
        rows = self._rows
        if self.spacing_khz not in rows:
            known = ", ".join(map(str, rows))
            raise ConfigError(f"no spacing of {self.spacing_khz} kHz at {self.frequency_ghz} GHz; in kHz: {known}")
        if self.bandwidth_mhz not in rows[self.spacing_khz]:
            known = ", ".join(map(str, rows[self.spacing_khz]))
            raise ConfigError(
                f"no carrier of {self.bandwidth_mhz} MHz at {self.spacing_khz} kHz and {self.frequency_ghz} GHz; "
                f"bandwidths in MHz: {known}"
            )

    @property
    def _rows(self) -> PrbTable:
        if self.lte:
            return {15: LTE}
        return FR2 if self.frequency_ghz >= FR2_GHZ else FR1

    @property
    def prbs(self) -> int:
        return self._rows[self.spacing_khz][self.bandwidth_mhz]

    @property
    def prb_hz(self) -> float:
        return SUBCARRIERS * self.spacing_khz * 1e3

    def noise_dbm(self, figure_db: float = UE_NOISE_FIGURE_DB) -> float:
        """Thermal noise of one PRB at a receiver of that noise figure."""
        return float(THERMAL_DBM_HZ + 10 * np.log10(self.prb_hz) + figure_db)


def noise_re_dbm(noise_prb_dbm: Floats) -> Floats:
    """Noise per resource element of noise per PRB."""
    return noise_prb_dbm - float(10 * np.log10(SUBCARRIERS))


def prb_dbm(cell_dbm: Floats, prbs: Floats) -> Floats:
    """Power per PRB of a cell that spreads its power over all of them."""
    return np.asarray(cell_dbm - 10 * np.log10(prbs))


def rsrp_dbm(cell_dbm: Floats, prbs: Floats, gain_db: Floats) -> Floats:
    """SS-RSRP: what a user receives of one resource element (TS 38.215 5.1.1)."""
    return np.asarray(cell_dbm - 10 * np.log10(SUBCARRIERS * prbs) + gain_db)
