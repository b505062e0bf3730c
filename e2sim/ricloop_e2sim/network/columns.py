"""Columns of a network's sample: one measurement, by one label, of all its cells or users."""

from __future__ import annotations

import numpy as np

from ricloop.e2sm.kpm.metric import WHOLE, Label
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.e2node.measuring import Column
from ricloop_e2sim.network.bins import BINS
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.metrics import CELL_METRICS, SPLIT, UE_METRICS, UPLINK, as_told
from ricloop_e2sim.network.sample import NetworkSample, Sums
from ricloop_e2sim.network.totals import DOWN, SUMMED, UP

CELL_NAMES = (*SPLIT, *CELL_METRICS, *BINS)
UE_NAMES = (*SPLIT, *UE_METRICS)


def cell_column(sample: NetworkSample, classes: Classes, column: Column) -> Floats:
    """[c] of all cells."""
    name, label = column.name, column.label
    if name in BINS:
        assert label.bin_x is not None
        values = sample.bins[name][:, label.bin_x - 1].astype(np.float64)
    elif name in SPLIT:
        if label == WHOLE:
            sums = _sums(sample.seconds, sample.cells_of(_way(name)))
        else:
            sums = _sums_of_class(sample, classes, label, _way(name))
        values = SPLIT[name](sums)
    else:
        values = CELL_METRICS[name](sample)
    return as_told(name, values)


def ue_column(sample: NetworkSample, classes: Classes, column: Column) -> Floats:
    """[u] of all users; NaN for those whose flow a label does not mean."""
    name, label = column.name, column.label
    if name not in SPLIT:
        return as_told(name, UE_METRICS[name](sample))
    values = as_told(name, SPLIT[name](_sums(sample.seconds, sample.users[:, _way(name)])))
    return values if label == WHOLE else np.where(classes.meant(label)[classes.of], values, np.nan)


def _way(name: str) -> int:
    """Of a measurement of `SPLIT`."""
    return UP if name in UPLINK else DOWN


def _sums(seconds: float, rows: Floats) -> Sums:
    return Sums(seconds, *rows[:SUMMED])


def _sums_of_class(sample: NetworkSample, classes: Classes, label: Label, way: int) -> Sums:
    assert sample.by_class is not None
    return _sums(sample.seconds, sample.by_class[:, way][:, :, classes.meant(label)].sum(axis=2))
