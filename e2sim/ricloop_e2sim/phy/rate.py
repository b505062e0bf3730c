"""What a PRB carries at a SINR: by the MCS tables, or by a truncated Shannon curve.

`by_mcs` and `by_shannon` give a curve: SINR in dB → bit per resource element. `EfficiencyTable` makes it a look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from ricloop_e2sim.layout import Floats
from ricloop_e2sim.phy.carrier import SUBCARRIERS
from ricloop_e2sim.phy.mcs import McsTable

Curve: TypeAlias = Callable[[Floats], Floats]

OVERHEAD_FR1_DL, OVERHEAD_FR1_UL = 0.14, 0.08
OVERHEAD_FR2_DL, OVERHEAD_FR2_UL = 0.18, 0.10
"""Share of the resource elements that carry no data (TS 38.306 4.1.2)."""
DDDSU = 0.75
"""Downlink's share of the time in the usual TDD pattern, 0.74–0.77 with the special slot's layout; 1 in FDD."""
SYMBOLS_PER_MS = 14
"""At 15 kHz; more in proportion to the spacing."""


def by_mcs(table: McsTable, margin_db: float = 0.0) -> Curve:
    """What gets through of the highest MCS that the SINR, less a margin, allows: its efficiency less lost blocks."""

    def efficiency(sinr_db: Floats) -> Floats:
        mcs = table.mcs(sinr_db, margin_db)
        return np.where(mcs < 0, 0.0, table.efficiency[mcs]) * (1 - table.bler(sinr_db, mcs))

    return efficiency


def shannon_dl(sinr_db: Floats) -> Floats:
    """bit/s/Hz: 0.6 log2(1 + SINR) from −10 to 30 dB, 0 below (TR 36.942 A.1)."""
    return np.where(sinr_db < -10, 0.0, 0.6 * np.log2(1 + 10 ** (np.minimum(sinr_db, 30.0) / 10)))


def shannon_ul(sinr_db: Floats) -> Floats:
    """bit/s/Hz: 0.4 log2(1 + SINR) from −10 to 22 dB, 0 below (TR 36.942 A.1)."""
    return np.where(sinr_db < -10, 0.0, 0.4 * np.log2(1 + 10 ** (np.minimum(sinr_db, 22.0) / 10)))


def by_shannon(hertz: Curve = shannon_dl) -> Curve:
    """What a curve in bit/s/Hz lets through, in bit per resource element, which takes 15/14 of a hertz and second."""
    return lambda sinr_db: hertz(sinr_db) * (15 / SYMBOLS_PER_MS)


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
