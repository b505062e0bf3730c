"""Distributions of TS 28.552: how often a cell's users and its load were in which range, counted once a tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.network.bins import ADVANCES, EDGES, TENTHS, bin_count
from ricloop_e2sim.network.blocks import SLOTS_AWAY
from ricloop_e2sim.network.delivery import MARGIN_DB
from ricloop_e2sim.network.totals import DOWN, UP, UserTotal
from ricloop_e2sim.network.userplane import CU_UP_DELAY, F1_DELAY
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.phy.codes import headroom_code, rsrp_code, rsrq_code, sinr_code
from ricloop_e2sim.phy.cqi import TABLES
from ricloop_e2sim.phy.mcs import McsTable, mcs_table
from ricloop_e2sim.phy.sinr import rsrq_of

ADVANCE_M: Final = 16 * 64 / (480e3 * 4096) / 2 * 299_792_458
"""Of a step of the timing advance at 15 kHz, one way: 16 · 64 · Tc (TS 38.213 4.2)."""


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
    """[u]: of users with something that got through, NaN for the others."""
    return np.where(grown[UserTotal.BITS] > 0, values, np.nan)


def _queue_ms(world: NetworkWorld, grown: Floats) -> Floats:
    return _parts(grown[UserTotal.QUEUE_BIT_S], grown[UserTotal.BITS], 1e3)


def _air_ms(world: NetworkWorld, grown: Floats) -> Floats:
    return _sent(grown, SLOTS_AWAY * 15 / world.deployment.spacing_khz[world.serving])


def _ngran_ms(world: NetworkWorld, grown: Floats) -> Floats:
    """Between the CU-UP and the user, of what does not wait."""
    return (CU_UP_DELAY + F1_DELAY) / 10 + _air_ms(world, grown)


def _queue_and_ngran_ms(world: NetworkWorld, grown: Floats) -> Floats:
    return _queue_ms(world, grown) + _ngran_ms(world, grown)


def _parts(part: Floats, whole: Floats, scale: float) -> Floats:
    share: Floats = np.divide(part * scale, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return share


def _throughput_kbps(world: NetworkWorld, grown: Floats) -> Floats:
    return _parts(grown[UserTotal.BITS], grown[UserTotal.BUSY_S], 1e-3)


def _volume_kbit(world: NetworkWorld, grown: Floats) -> Floats:
    return _sent(grown, grown[UserTotal.BITS] / 1e3)


def _lost_percent(world: NetworkWorld, grown: Floats) -> Floats:
    return np.minimum(_parts(grown[UserTotal.LOST_BITS], grown[UserTotal.OFFERED_BITS], 100.0), 100.0)


_MEASURED: Mapping[str, tuple[int, Callable[[NetworkWorld, Floats], Floats]]] = {
    "DRB.UEThpDlDist": (DOWN, _throughput_kbps),
    "DRB.UEThpUlDist": (UP, _throughput_kbps),
    "DRB.PerDataVolumeDLDist": (DOWN, _volume_kbit),
    "DRB.PerDataVolumeULDist": (UP, _volume_kbit),
    "DRB.RlcPacketDropRateDLDist": (DOWN, _lost_percent),
    "DRB.PacketLossRateULDist": (UP, _lost_percent),
    "DRB.RlcSduDelayDlDist": (DOWN, _queue_ms),
    "DRB.AirIfDelayDist": (DOWN, _air_ms),
    "DRB.PdcpSduDelayDlDist": (DOWN, lambda world, grown: _sent(grown, CU_UP_DELAY / 10)),
    "DRB.GtpF1DelayDlDist": (DOWN, lambda world, grown: _sent(grown, F1_DELAY / 10)),
    "DRB.DelayDlNgranUeDist": (DOWN, _queue_and_ngran_ms),
    # D1 (TS 38.314) is what waits at a user until it may send.
    "DRB.DelayUlNgranUeDist": (UP, _ngran_ms),
    "DRB.DelayUlNgranUeIncD1Dist": (UP, _queue_and_ngran_ms),
}
"""Of which way, and [u] what is in a bin, of the same; NaN for users that had nothing to measure."""
_LOAD: Mapping[str, int] = {"RRU.PrbTotDlDist": DOWN, "RRU.PrbTotUlDist": UP}
_SCHEME: Mapping[str, int] = {"CARR.PDSCHMCSDist": DOWN, "CARR.PUSCHMCSDist": UP}


def counted(name: str, world: NetworkWorld, grown: Floats) -> Floats:
    """[c, bins]: one for every user in the tick that has what is counted; of MCS its PRBs; of the load one per cell.
    `grown` [UserTotal, 2, u]: by how much the users' totals did."""
    cells, bins = world.deployment.cell_count, bin_count(name)
    weight: Floats | None = None
    if name in _LOAD:
        use = world.uses[_LOAD[name]]
        at, index = np.arange(cells), np.minimum(use * TENTHS, TENTHS - 1).astype(np.int64)
    elif name in _MEASURED:
        way, measure = _MEASURED[name]
        values = measure(world, grown[:, way])
        here = np.flatnonzero((world.serving >= 0) & ~np.isnan(values))
        at, index = world.serving[here], np.searchsorted(EDGES[name][1:-1], values[here], side="right")
    elif name in _SCHEME:
        way = _SCHEME[name]
        scheme = _schemes(world.rules.mcs).mcs(world.sinr_up_db if way == UP else world.sinr_db, MARGIN_DB)
        here = np.flatnonzero((world.serving >= 0) & (scheme >= 0))
        at, index, weight = world.serving[here], scheme[here], grown[UserTotal.PRB_S, way, here] / (world.tick_us / 1e6)
    else:
        here = np.flatnonzero(world.serving >= 0)
        at, index = world.serving[here], _OF_USERS[name](world)[here]
    return np.bincount(at * bins + index, weight, cells * bins).reshape(cells, bins).astype(np.float64)
