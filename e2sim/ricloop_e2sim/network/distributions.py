"""Distributions of TS 28.552: how often a cell's users and its load were in which range, counted once a tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np

from ricloop.e2sm.kpm.matching import Bin, BinRanges
from ricloop_e2sim.layout import Floats, Ints
from ricloop_e2sim.network.blocks import SLOTS_AWAY
from ricloop_e2sim.network.delivery import MARGIN_DB
from ricloop_e2sim.network.totals import UserTotal
from ricloop_e2sim.network.userplane import CU_UP_DELAY, F1_DELAY
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.phy.codes import (
    HEADROOMS,
    HIGHEST,
    headroom_code,
    rsrp_code,
    rsrp_of,
    rsrq_code,
    sinr_code,
    sinr_of,
)
from ricloop_e2sim.phy.codes import rsrq_of as rsrq_of_code
from ricloop_e2sim.phy.cqi import TABLES
from ricloop_e2sim.phy.mcs import McsTable, mcs_table
from ricloop_e2sim.phy.sinr import rsrq_of

CODES: Final = HIGHEST + 1
TENTHS: Final = 10
SCHEMES: Final = 29
ADVANCES: Final = 64
"""Bins of the timing advance: to 5 km at 15 kHz; the last has all that are farther."""
ADVANCE_M: Final = 16 * 64 / (480e3 * 4096) / 2 * 299_792_458
"""Of a step at 15 kHz, one way: 16 · 64 · Tc (TS 38.213 4.2)."""
THROUGHPUT_KBPS: Final = (0, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 10_000_000)
VOLUME_KBIT: Final = (0, 1, 10, 100, 1000, 10_000, 100_000, 10_000_000)
LOST_PERCENT: Final = (0, 1, 2, 5, 10, 20, 50, 100)
DELAY_MS: Final = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 100_000)


def own_rsrp(world: NetworkWorld) -> Floats:
    """[u] dBm that users measure of their serving cells, NaN without one."""
    slot = world.air.serving_slot(world.serving)
    return np.where(slot >= 0, world.air.measured_at(slot), np.nan)


def own_cqi(world: NetworkWorld) -> Ints:
    """[u]: wideband CQI by the table of the world's MCS table (TS 38.214 5.2.2.1)."""
    return TABLES[world.rules.mcs].cqi(world.sinr_db)


@cache
def _schemes(number: int) -> McsTable:
    return mcs_table(number)


def _advance(world: NetworkWorld) -> Ints:
    """[u]: steps of timing advance in the serving cell."""
    where = world.deployment
    site, xy = where.plan.site[world.serving], world.population.xy
    away = np.hypot(xy[:, 0] - where.plan.x_m[site], xy[:, 1] - where.plan.y_m[site])
    steps = away / (ADVANCE_M * 15 / where.spacing_khz[world.serving])
    return np.minimum(steps, ADVANCES - 1).astype(np.int64)


_OF_USERS: Mapping[str, Callable[[NetworkWorld], Ints]] = {
    "CARR.WBCQIDist": own_cqi,
    "L1M.SS-RSRP": lambda world: rsrp_code(np.nan_to_num(own_rsrp(world), nan=-np.inf, neginf=-200.0)),
    "L1M.ATADist": _advance,
    "MR.NRScSSRSRQ": lambda world: rsrq_code(rsrq_of(10 ** (world.sinr_db / 10))),
    "MR.NRScSSSINR": lambda world: sinr_code(world.sinr_db),
    # Of the reference format, which knows no number of PRBs (TS 38.213 7.7.1).
    "L1M.PHR1": lambda world: headroom_code(world.air.uplink.headroom_db(world.serving)),
}
"""[u]: which bin, from 0; one for every connected user."""


def _sent(grown: Floats, values: Floats | float) -> Floats:
    """[u]: of users that were sent something, NaN for the others."""
    return np.where(grown[UserTotal.BITS] > 0, values, np.nan)


def _queue_ms(world: NetworkWorld, grown: Floats) -> Floats:
    return _parts(grown[UserTotal.QUEUE_BIT_S], grown[UserTotal.BITS], 1e3)


def _air_ms(world: NetworkWorld, grown: Floats) -> Floats:
    return _sent(grown, SLOTS_AWAY * 15 / world.deployment.spacing_khz[world.serving])


def _ngran_ms(world: NetworkWorld, grown: Floats) -> Floats:
    """From the CU-UP to the user."""
    return (CU_UP_DELAY + F1_DELAY) / 10 + _queue_ms(world, grown) + _air_ms(world, grown)


def _parts(part: Floats, whole: Floats, scale: float) -> Floats:
    share: Floats = np.divide(part * scale, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return share


_MEASURED: Mapping[str, tuple[Sequence[int], Callable[[NetworkWorld, Floats], Floats]]] = {
    "DRB.UEThpDlDist": (
        THROUGHPUT_KBPS,
        lambda world, grown: _parts(grown[UserTotal.BITS], grown[UserTotal.BUSY_S], 1e-3),
    ),
    "DRB.PerDataVolumeDLDist": (
        VOLUME_KBIT,
        lambda world, grown: _sent(grown, grown[UserTotal.BITS] / 1e3),
    ),
    "DRB.RlcPacketDropRateDLDist": (
        LOST_PERCENT,
        lambda world, grown: np.minimum(
            _parts(grown[UserTotal.LOST_BITS], grown[UserTotal.OFFERED_BITS], 100.0), 100.0
        ),
    ),
    "DRB.RlcSduDelayDlDist": (DELAY_MS, _queue_ms),
    "DRB.AirIfDelayDist": (DELAY_MS, _air_ms),
    "DRB.PdcpSduDelayDlDist": (DELAY_MS, lambda world, grown: _sent(grown, CU_UP_DELAY / 10)),
    "DRB.GtpF1DelayDlDist": (DELAY_MS, lambda world, grown: _sent(grown, F1_DELAY / 10)),
    "DRB.DelayDlNgranUeDist": (DELAY_MS, _ngran_ms),
}
"""The edges of the bins, and [u] what is in one of them; NaN for users that had nothing to measure."""
_LOAD: Final = "RRU.PrbTotDlDist"
_SCHEME: Final = "CARR.PDSCHMCSDist"


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
    "MR.NRScSSRSRQ": _half_db(rsrq_of_code(np.arange(CODES))),
    "MR.NRScSSSINR": _half_db(sinr_of(np.arange(CODES))),
    # What is below −32 dB, and from 38 dB on, has no end.
    "L1M.PHR1": BinRanges(
        tuple(
            Bin(code + 1, float(low), float(high))
            for code, (low, high) in enumerate(pairwise((HEADROOMS[0] - 1, *HEADROOMS, HEADROOMS[-1] + 2)))
        )
    ),
    _LOAD: _between(range(0, 101, TENTHS)),
    _SCHEME: _single(SCHEMES),
    **{name: _between(edges) for name, (edges, _) in _MEASURED.items()},
}
"""By measurement: bin X of CQI, dBm, steps, dB, percent of the PRBs, MCS, kbit/s, kbit in a tick, percent of
what was offered, and ms."""


def bin_count(name: str) -> int:
    return len(BINS[name].x)


def counted(name: str, world: NetworkWorld, grown: Floats) -> Floats:
    """[c, bins]: one for every user in the tick that has what is counted; of MCS its PRBs; of the load one per cell.
    `grown` [UserTotal, u]: by how much the totals of the downlink did."""
    cells, bins = world.deployment.cell_count, bin_count(name)
    weight: Floats | None = None
    if name == _LOAD:
        at, index = np.arange(cells), np.minimum(world.use * TENTHS, TENTHS - 1).astype(np.int64)
    elif name in _MEASURED:
        edges, measure = _MEASURED[name]
        values = measure(world, grown)
        here = np.flatnonzero((world.serving >= 0) & ~np.isnan(values))
        at, index = world.serving[here], np.searchsorted(edges[1:-1], values[here], side="right")
    elif name == _SCHEME:
        scheme = _schemes(world.rules.mcs).mcs(world.sinr_db, MARGIN_DB)
        here = np.flatnonzero((world.serving >= 0) & (scheme >= 0))
        at, index, weight = world.serving[here], scheme[here], grown[UserTotal.PRB_S, here] / (world.tick_us / 1e6)
    else:
        here = np.flatnonzero(world.serving >= 0)
        at, index = world.serving[here], _OF_USERS[name](world)[here]
    return np.bincount(at * bins + index, weight, cells * bins).reshape(cells, bins).astype(np.float64)
