"""The bins of the distributions of TS 28.552, whose widths are the vendor's to choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from ricloop.e2sm.kpm.matching import Bin, BinRanges
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.phy.codes import HEADROOMS, HIGHEST, rsrp_of, rsrq_of, sinr_of

CODES: Final = HIGHEST + 1
TENTHS: Final = 10
SCHEMES: Final = 29
ADVANCES: Final = 64
"""Bins of the timing advance: to 5 km at 15 kHz; the last has all that are farther."""
THROUGHPUT_KBPS: Final = (0, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 10_000_000)
VOLUME_KBIT: Final = (0, 1, 10, 100, 1000, 10_000, 100_000, 10_000_000)
LOST_PERCENT: Final = (0, 1, 2, 5, 10, 20, 50, 100)
DELAY_MS: Final = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 100_000)

EDGES: Mapping[str, Sequence[int]] = {
    "DRB.UEThpDlDist": THROUGHPUT_KBPS,
    "DRB.UEThpUlDist": THROUGHPUT_KBPS,
    "DRB.PerDataVolumeDLDist": VOLUME_KBIT,
    "DRB.PerDataVolumeULDist": VOLUME_KBIT,
    "DRB.RlcPacketDropRateDLDist": LOST_PERCENT,
    "DRB.PacketLossRateULDist": LOST_PERCENT,
    "DRB.RlcSduDelayDlDist": DELAY_MS,
    "DRB.AirIfDelayDist": DELAY_MS,
    "DRB.PdcpSduDelayDlDist": DELAY_MS,
    "DRB.GtpF1DelayDlDist": DELAY_MS,
    "DRB.DelayDlNgranUeDist": DELAY_MS,
    "DRB.DelayUlNgranUeDist": DELAY_MS,
    "DRB.DelayUlNgranUeIncD1Dist": DELAY_MS,
}
"""Of bins from each to the next, of what is measured of users."""


def _single(count: int) -> BinRanges:
    return BinRanges(tuple(Bin(value + 1, value, value) for value in range(count)))


def _between(edges: Sequence[int]) -> BinRanges:
    return BinRanges(tuple(Bin(n, low, high) for n, (low, high) in enumerate(pairwise(edges), start=1)))


def _half_db(lows: Floats) -> BinRanges:
    return BinRanges(tuple(Bin(code + 1, float(db), float(db) + 0.5) for code, db in enumerate(lows)))


BINS: Mapping[str, BinRanges] = {
    "CARR.WBCQIDist": _single(16),
    # The report's codes (TS 38.133 10.1.6, 10.1.11, 10.1.16); what is below the range of code 0 has no end.
    "L1M.SS-RSRP": BinRanges(
        tuple(Bin(int(code) + 1, int(dbm), int(dbm) + 1) for code, dbm in enumerate(rsrp_of(np.arange(CODES))))
    ),
    "L1M.ATADist": _single(ADVANCES),
    "MR.NRScSSRSRQ": _half_db(rsrq_of(np.arange(CODES))),
    "MR.NRScSSSINR": _half_db(sinr_of(np.arange(CODES))),
    # What is below −32 dB, and from 38 dB on, has no end.
    "L1M.PHR1": BinRanges(
        tuple(
            Bin(code + 1, float(low), float(high))
            for code, (low, high) in enumerate(pairwise((HEADROOMS[0] - 1, *HEADROOMS, HEADROOMS[-1] + 2)))
        )
    ),
    **dict.fromkeys(("RRU.PrbTotDlDist", "RRU.PrbTotUlDist"), _between(range(0, 101, TENTHS))),
    **dict.fromkeys(("CARR.PDSCHMCSDist", "CARR.PUSCHMCSDist"), _single(SCHEMES)),
    **{name: _between(edges) for name, edges in EDGES.items()},
}
"""By measurement: bin X of CQI, dBm, steps, dB, percent of the PRBs, MCS, kbit/s, kbit in a tick, percent of
what was offered, and ms."""


def bin_count(name: str) -> int:
    return len(BINS[name].x)
