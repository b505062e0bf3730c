"""Distributions of TS 28.552: how often a cell's users and its load were in which range, counted once a tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np

from ricloop.e2sm.kpm.matching import Bin, BinRanges
from ricloop_e2sim.layout import Floats, Ints
from ricloop_e2sim.network.totals import UserTotal
from ricloop_e2sim.network.world import MARGIN_DB, NetworkWorld
from ricloop_e2sim.phy.codes import HIGHEST, rsrp_code, rsrp_of, rsrq_code, sinr_code, sinr_of
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
DELAY_MS: Final = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 100_000)


@dataclass(frozen=True, slots=True, eq=False)
class UserTick:
    """What a tick added."""

    grown: Floats
    """[UserTotal, u]."""
    waiting: Floats
    """[u]: bits that wait × s."""


def own_rsrp(world: NetworkWorld) -> Floats:
    """[u] dBm that users measure of their serving cells, NaN without one."""
    slot = world.air.serving_slot(world.serving)
    return np.where(slot >= 0, world.air.measured[np.arange(len(slot)), slot], np.nan)


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
}
"""[u]: which bin, from 0; one for every connected user."""


def _parts(part: Floats, whole: Floats, scale: float) -> Floats:
    share: Floats = np.divide(part * scale, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return share


_MEASURED: Mapping[str, tuple[Sequence[int], Callable[[UserTick], Floats]]] = {
    "DRB.UEThpDlDist": (
        THROUGHPUT_KBPS,
        lambda tick: _parts(tick.grown[UserTotal.BITS], tick.grown[UserTotal.BUSY_S], 1e-3),
    ),
    "DRB.PerDataVolumeDLDist": (
        VOLUME_KBIT,
        lambda tick: np.where(tick.grown[UserTotal.BITS] > 0, tick.grown[UserTotal.BITS] / 1e3, np.nan),
    ),
    "DRB.RlcSduDelayDlDist": (DELAY_MS, lambda tick: _parts(tick.waiting, tick.grown[UserTotal.BITS], 1e3)),
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
    _LOAD: _between(range(0, 101, TENTHS)),
    _SCHEME: _single(SCHEMES),
    **{name: _between(edges) for name, (edges, _) in _MEASURED.items()},
}
"""By measurement: bin X of CQI, dBm, steps, dB, percent of the PRBs, MCS, kbit/s, kbit in a tick, and ms."""


def bin_count(name: str) -> int:
    return len(BINS[name].x)


def counted(name: str, world: NetworkWorld, tick: UserTick) -> Floats:
    """[c, bins]: one for every user in the tick that has what is counted; of MCS its PRBs; of the load one per cell."""
    cells, bins = world.deployment.cell_count, bin_count(name)
    weight: Floats | None = None
    if name == _LOAD:
        at, index = np.arange(cells), np.minimum(world.use * TENTHS, TENTHS - 1).astype(np.int64)
    elif name in _MEASURED:
        edges, measure = _MEASURED[name]
        values = measure(tick)
        here = np.flatnonzero((world.serving >= 0) & ~np.isnan(values))
        at, index = world.serving[here], np.searchsorted(edges[1:-1], values[here], side="right")
    elif name == _SCHEME:
        scheme = _schemes(world.rules.mcs).mcs(world.sinr_db, MARGIN_DB)
        here = np.flatnonzero((world.serving >= 0) & (scheme >= 0))
        at, index, weight = world.serving[here], scheme[here], tick.grown[UserTotal.PRB_S, here] / (world.tick_us / 1e6)
    else:
        here = np.flatnonzero(world.serving >= 0)
        at, index = world.serving[here], _OF_USERS[name](world)[here]
    return np.bincount(at * bins + index, weight, cells * bins).reshape(cells, bins).astype(np.float64)
