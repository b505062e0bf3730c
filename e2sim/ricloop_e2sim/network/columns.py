"""Columns of a network's sample: one measurement, by one label, of all its cells or users."""

from __future__ import annotations

import numpy as np

from ricloop.e2sm.kpm.metric import WHOLE, Label
from ricloop_e2sim.layout import Floats
from ricloop_e2sim.measuring import Column
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.distributions import BINS
from ricloop_e2sim.network.gauges import QUEUE_BIT_S
from ricloop_e2sim.network.metrics import CELL_METRICS, SPLIT, UE_METRICS, as_told
from ricloop_e2sim.network.sample import NetworkSample, Sums
from ricloop_e2sim.network.totals import CellTotal, UserTotal

CELL_NAMES = (*SPLIT, *CELL_METRICS, *BINS)
UE_NAMES = (*SPLIT, *UE_METRICS)


def cell_column(sample: NetworkSample, classes: Classes, column: Column) -> Floats:
    """[c] of all cells."""
    name, label = column.name, column.label
    if name in BINS:
        assert label.bin_x is not None
        values = sample.bins[name][:, label.bin_x - 1].astype(np.float64)
    elif name in SPLIT:
        values = SPLIT[name](_sums_of_cells(sample) if label == WHOLE else _sums_of_class(sample, classes, label))
    else:
        values = CELL_METRICS[name](sample)
    return as_told(name, values)


def ue_column(sample: NetworkSample, classes: Classes, column: Column) -> Floats:
    """[u] of all users; NaN for those whose flow a label does not mean."""
    name, label = column.name, column.label
    if name not in SPLIT:
        return as_told(name, UE_METRICS[name](sample))
    values = as_told(name, SPLIT[name](_sums(sample.seconds, sample.user)))
    return values if label == WHOLE else np.where(classes.meant(label)[classes.of], values, np.nan)


def _sums(seconds: float, rows: Floats) -> Sums:
    order = (
        UserTotal.PRB_S,
        UserTotal.BITS,
        UserTotal.BUSY_S,
        UserTotal.OFFERED_BITS,
        UserTotal.LOST_BITS,
        QUEUE_BIT_S,
    )
    return Sums(seconds, *(rows[row] for row in order))


def _sums_of_cells(sample: NetworkSample) -> Sums:
    order = (
        CellTotal.PRB_S,
        CellTotal.BITS,
        CellTotal.BUSY_UE_S,
        CellTotal.OFFERED_BITS,
        CellTotal.LOST_BITS,
        CellTotal.QUEUE_BIT_S,
    )
    return Sums(sample.seconds, *(sample.cell[row] for row in order))


def _sums_of_class(sample: NetworkSample, classes: Classes, label: Label) -> Sums:
    assert sample.by_class is not None
    return _sums(sample.seconds, sample.by_class[:, :, classes.meant(label)].sum(axis=2))
