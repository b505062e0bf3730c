"""What carriers send, on how many layers, and what their units draw (TS 28.552 5.1.1.29, 5.1.1.30, 5.1.1.19)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.gauges import Extreme
from ricloop_e2sim.network.sample import NetworkSample
from ricloop_e2sim.network.totals import DOWN, UP, CellTotal

NOMINAL_V: Final = 48.0
"""Of a station's direct current supply; a unit that has no power measures none."""


def _dbm(sample: NetworkSample, share: Floats) -> Floats:
    """[c] of shares of the full power; NaN where nothing is sent."""
    level = np.log10(share, out=np.full(len(share), np.nan), where=share > 0)
    return np.asarray(sample.where.power_dbm - sample.lost_db + 10 * level)


def _mean_dbm(sample: NetworkSample) -> Floats:
    where = sample.where
    return _dbm(sample, sample.cell[CellTotal.PRB_S] / sample.seconds / where.prbs * where.duplex[DOWN])


def _layers(way: int) -> Callable[[NetworkSample], Floats]:
    """[c] on the PRBs that were used; NaN where none was."""

    def told(sample: NetworkSample) -> Floats:
        where = sample.where
        return np.where(sample.cells_of(way)[CellTotal.PRB_S] > 0, where.share[way] / where.duplex[way], np.nan)

    return told


CARRIERS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    "CARR.MaxTxPwr": lambda sample: _dbm(sample, sample.most[Extreme.PRBS] / sample.where.prbs),
    "CARR.NRCellDU": _mean_dbm,
    "CARR.AverageLayersDl": _layers(DOWN),
    "CARR.AverageLayersUl": _layers(UP),
    "PEE.Voltage": lambda sample: np.where(sample.cell[CellTotal.ENERGY_J] > 0, NOMINAL_V, 0.0),
    "PEE.Current": lambda sample: sample.cell[CellTotal.ENERGY_J] / sample.seconds / NOMINAL_V,
}
"""[c] each. Power of data: synchronisation signals are not in it. `CARR.NRCellDU` is the mean (28.552: MeanTxPwr)."""
