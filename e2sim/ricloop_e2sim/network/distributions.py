"""Distributions of TS 28.552: how often a cell's users and its load were in which range, counted once a tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from ricloop.e2sm.kpm.matching import Bin, BinRanges
from ricloop_e2sim.layout import Floats, Ints
from ricloop_e2sim.network.world import NetworkWorld
from ricloop_e2sim.phy.codes import HIGHEST, rsrp_code, rsrp_of, sinr_code, sinr_of
from ricloop_e2sim.phy.cqi import TABLES

CODES: Final = HIGHEST + 1
TENTHS: Final = 10


def own_rsrp(world: NetworkWorld) -> Floats:
    """[u] dBm that users measure of their serving cells, NaN without one."""
    slot = world.air.serving_slot(world.serving)
    return np.where(slot >= 0, world.air.measured_at(slot), np.nan)


def own_cqi(world: NetworkWorld) -> Ints:
    """[u]: wideband CQI by the table of the world's MCS table (TS 38.214 5.2.2.1)."""
    return TABLES[world.rules.mcs].cqi(world.sinr_db)


_OF_USERS: Mapping[str, tuple[int, Callable[[NetworkWorld], Ints]]] = {
    "CARR.WBCQIDist": (16, own_cqi),
    "L1M.SS-RSRP": (CODES, lambda world: rsrp_code(np.nan_to_num(own_rsrp(world), nan=-np.inf, neginf=-200.0))),
    "MR.NRScSSSINR": (CODES, lambda world: sinr_code(world.sinr_db)),
}
_LOAD: Final = "RRU.PrbTotDlDist"

BINS: Mapping[str, BinRanges] = {
    "CARR.WBCQIDist": BinRanges(tuple(Bin(cqi + 1, cqi, cqi) for cqi in range(16))),
    # The report's codes (TS 38.133 10.1.6, 10.1.16); what is below the range of code 0 has no end.
    "L1M.SS-RSRP": BinRanges(
        tuple(Bin(int(code) + 1, int(dbm), int(dbm) + 1) for code, dbm in enumerate(rsrp_of(np.arange(CODES))))
    ),
    "MR.NRScSSSINR": BinRanges(
        tuple(Bin(code + 1, float(db), float(db) + 0.5) for code, db in enumerate(sinr_of(np.arange(CODES))))
    ),
    _LOAD: BinRanges(tuple(Bin(n + 1, 10 * n, 10 * n + 10) for n in range(TENTHS))),
}
"""By measurement: bin X of CQI, of dBm, of dB, and of percent of the PRBs."""


def bin_count(name: str) -> int:
    return len(BINS[name].x)


def counted(name: str, world: NetworkWorld) -> Ints:
    """[c, bins]: one for every connected user in the tick; of the load, one per cell."""
    cells = world.deployment.cell_count
    if name == _LOAD:
        tenth = np.minimum(world.use * TENTHS, TENTHS - 1).astype(np.int64)
        return np.bincount(np.arange(cells) * TENTHS + tenth, minlength=cells * TENTHS).reshape(cells, TENTHS)
    bins, index = _OF_USERS[name]
    here = world.serving >= 0
    flat = world.serving[here] * bins + index(world)[here]
    return np.bincount(flat, minlength=cells * bins).reshape(cells, bins)
