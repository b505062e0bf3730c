"""Transport blocks and how long they take (TS 28.552 5.1.1.7, 5.1.1.1.1), from the PRBs that were used.

A slot of a cell carries one block each way, on all of its PRBs, whosever they are. Link adaptation keeps the first
transmission of a block at its scheme's threshold, where one in ten is lost, and HARQ sends it again. The rates of the
scheduler have no loss of their own: what retransmissions cost is their margin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.sample import NetworkSample
from ricloop_e2sim.network.totals import DOWN, UP, CellTotal, UserTotal
from ricloop_e2sim.phy.harq import ROUND_TRIP_SLOTS, harq
from ricloop_e2sim.phy.mcs import bler

_AT_THRESHOLD: Final = np.zeros(1)
FIRST_LOST: Final = float(bler(_AT_THRESHOLD)[0])
_LOST, _SENT = harq(_AT_THRESHOLD)
LOST: Final = float(_LOST[0])
"""Share of the blocks that no retransmission saves."""
SENT: Final = float(_SENT[0])
"""Transmissions of a block."""
SLOTS_AWAY: Final = 1 + ROUND_TRIP_SLOTS * (SENT - 1)
"""From the beginning of a block's first transmission to the end of the one that comes through."""
TENTHS_OF_MS_PER_SLOT: Final = 10.0 * 15
"""At 1 kHz of subcarrier spacing."""


def _blocks(way: int, share: float = 1.0) -> Callable[[NetworkSample], Floats]:
    """[c]: so many of all different ones, that is of first transmissions."""

    def told(sample: NetworkSample) -> Floats:
        where = sample.where
        slots_s = where.spacing_khz / 15 * 1000 * where.duplex[way]
        return np.asarray(sample.cells_of(way)[CellTotal.PRB_S] / where.prbs * slots_s * share)

    return told


def _delay(sample: NetworkSample) -> Floats:
    """[c + 1] in 0.1 ms of what fits into one block; of no cell, NaN."""
    return np.append(SLOTS_AWAY * TENTHS_OF_MS_PER_SLOT / sample.where.spacing_khz, np.nan)


def _of_cells(way: int) -> Callable[[NetworkSample], Floats]:
    """[c]: the delay where anything was sent, else NaN."""
    return lambda sample: np.where(sample.cells_of(way)[CellTotal.BITS] > 0, _delay(sample)[:-1], np.nan)


def _of_users(way: int) -> Callable[[NetworkSample], Floats]:
    """[u]: the same."""
    return lambda sample: np.where(sample.users[UserTotal.BITS, way] > 0, _delay(sample)[sample.serving], np.nan)


CELL_BLOCKS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    "TB.TotNbrDlInitial": _blocks(DOWN),
    "TB.IntialErrNbrDl": _blocks(DOWN, FIRST_LOST),
    "TB.TotNbrDl": _blocks(DOWN, SENT),
    "TB.ErrTotNbrDl": _blocks(DOWN, SENT - 1 + LOST),
    "TB.ResidualErrNbrDl": _blocks(DOWN, LOST),
    "TB.TotNbrUlInit": _blocks(UP),
    "TB.ErrNbrUlInitial": _blocks(UP, FIRST_LOST),
    "TB.TotNbrUl": _blocks(UP, SENT),
    "TB.ErrTotNbrUl": _blocks(UP, SENT - 1 + LOST),
    "TB.ResidualErrNbrUl": _blocks(UP, LOST),
    "DRB.AirIfDelayDl": _of_cells(DOWN),
    "DRB.AirIfDelayUl": _of_cells(UP),
}
"""[c] each."""

UE_BLOCKS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    "DRB.AirIfDelayDl": _of_users(DOWN),
    "DRB.AirIfDelayUl": _of_users(UP),
}
"""[u] each."""
