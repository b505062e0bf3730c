"""What a PRB carries at a SINR: by the MCS tables.

`by_mcs` gives a curve: SINR in dB → bit per resource element. `EfficiencyTable` makes it a look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.phy.carrier import FR2_GHZ, SUBCARRIERS
from ricloop_e2sim.phy.mcs import McsTable

Curve: TypeAlias = Callable[[Floats], Floats]

OVERHEAD_FR1_DL, OVERHEAD_FR1_UL = 0.14, 0.08
OVERHEAD_FR2_DL, OVERHEAD_FR2_UL = 0.18, 0.10
"""Share of the resource elements that carry no data (TS 38.306 4.1.2)."""
SYMBOLS_PER_MS = 14
"""At 15 kHz; more in proportion to the spacing."""


def by_mcs(table: McsTable, margin_db: float = 0.0) -> Curve:
    """What gets through of the highest MCS that the SINR, less a margin, allows: its efficiency less lost blocks."""

    def efficiency(sinr_db: Floats) -> Floats:
        mcs = table.mcs(sinr_db, margin_db)
        return np.where(mcs < 0, 0.0, table.efficiency[mcs]) * (1 - table.bler(sinr_db, mcs))

    return efficiency


def overhead(frequency_ghz: float) -> tuple[float, float]:
    """Of the downlink and of the uplink, at a carrier's frequency."""
    if frequency_ghz >= FR2_GHZ:
        return OVERHEAD_FR2_DL, OVERHEAD_FR2_UL
    return OVERHEAD_FR1_DL, OVERHEAD_FR1_UL


class EfficiencyTable:
    """A curve in rows of 0.01 dB from −20 to 50 dB, each with the value at its middle; flat beyond.

    The curves' steps are at multiples of 0.01 dB, so no row mixes two schemes.
    """

    LOW_DB, HIGH_DB, PER_DB = -20, 50, 100

    def __init__(self, curve: Curve) -> None:
        rows = (self.HIGH_DB - self.LOW_DB) * self.PER_DB
        self._rows = curve(self.LOW_DB + (np.arange(rows) + 0.5) / self.PER_DB)

    def efficiency(self, sinr_db: Floats) -> Floats:
        """bit per resource element, of the shape of the SINR."""
        row = (sinr_db - self.LOW_DB) * self.PER_DB
        return self._rows.take(row.astype(np.int64), mode="clip")


def prb_rate(
    efficiency: Floats,
    spacing_khz: Floats,
    overhead: Floats | float = OVERHEAD_FR1_DL,
    duplex: Floats | float = 1.0,
    layers: Floats | float = 1.0,
) -> Floats:
    """bit/s that one PRB carries at an efficiency in bit per resource element, of the broadcast shape.

    168 000 resource elements a second at 15 kHz, as TS 38.306 4.1.2 counts them: not 180 000, for the cyclic prefixes
    take a fifteenth. `duplex` is the direction's share of the time.
    """
    return efficiency * (SUBCARRIERS * SYMBOLS_PER_MS / 15 * 1e3 * spacing_khz * (1 - overhead) * duplex * layers)
