"""What can be measured of one gNB of a network, as its E2 nodes ask for it."""

from __future__ import annotations

import numpy as np

from ricloop.e2sm.kpm.metric import WHOLE, Label, Measurement
from ricloop.e2sm.kpm.metrics import fold, measure
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.e2node.measuring import Column
from ricloop_e2sim.network.bins import BINS, bin_count
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.columns import CELL_NAMES, UE_NAMES, cell_column, ue_column
from ricloop_e2sim.network.meter import NetworkMeter
from ricloop_e2sim.network.metrics import SPLIT, TESTS
from ricloop_e2sim.network.sample import NetworkSample

_FOLDED = {per_ue: {fold(name): name for name in names} for per_ue, names in ((False, CELL_NAMES), (True, UE_NAMES))}
_BY_5QI = "5QI"


class GnbOfNetworkReading:
    """A network's sample, as one gNB sees it."""

    def __init__(self, sample: NetworkSample, classes: Classes, gnb: int, cells: slice) -> None:
        self._sample, self._classes, self._cells = sample, classes, cells
        self.users: Ints = sample.users_of(gnb)
        self.at: Ints = sample.serving[self.users] - cells.start

    def cells(self, column: Column) -> Floats:
        make = self._sample.made(column, False, lambda: cell_column(self._sample, self._classes, column))
        return make[self._cells]

    def ues(self, column: Column) -> Floats:
        make = self._sample.made(column, True, lambda: ue_column(self._sample, self._classes, column))
        return make[self.users]

    def tested(self, test: str) -> Floats:
        if test == _BY_5QI:
            return self._classes.five_qi[self._classes.of[self.users]].astype(np.float64)
        column = Column(f"tested {test}")
        return self._sample.made(column, True, lambda: TESTS[test](self._sample))[self.users]


class GnbOfNetworkMeter:
    """The network's window of a period; it is taken once a tick by whoever moves the world."""

    def __init__(self, measures: GnbOfNetworkMeasures, period_us: int) -> None:
        self._measures, self._period_us = measures, period_us
        measures.network.open(period_us)

    def tick(self) -> None:
        """The network's meter has taken it."""

    def close(self) -> GnbOfNetworkReading:
        own = self._measures
        sample = own.network.close(self._period_us)
        return GnbOfNetworkReading(sample, own.network.classes, own.gnb, own.cells)


class GnbOfNetworkMeasures:
    """By slice and 5QI where TS 28.552 has it; distributions by their bin X."""

    cell_names = CELL_NAMES
    ue_names = UE_NAMES
    tests = frozenset((*TESTS, _BY_5QI))
    bins = BINS

    def __init__(self, network: NetworkMeter, gnb: int, cells: slice) -> None:
        self.network, self.gnb, self.cells = network, gnb, cells

    def column(self, asked: Measurement, per_ue: bool) -> Column | None:
        name, label = _FOLDED[per_ue].get(fold(asked.name)), asked.label
        if name is None:
            return None
        if name in BINS:
            if label.bin_x is None or label != Label(bin_x=label.bin_x) or label.bin_x > bin_count(name):
                return None
            self.network.gauges.count(name)
        elif label != WHOLE:
            if name not in SPLIT or not _fits(name, label) or not self.network.classes.meant(label).any():
                return None
            if not per_ue:
                self.network.gauges.split()
        return Column(name, label)

    def meter(self, period_us: int) -> GnbOfNetworkMeter:
        return GnbOfNetworkMeter(self, period_us)


def _fits(name: str, label: Label) -> bool:
    """A label of nothing but what the measurement is split by."""
    letters = measure(name).labels
    parts = {"P": label.plmn, "S": label.slice, "Q": label.five_qi}
    if label != Label(plmn=label.plmn, slice=label.slice, five_qi=label.five_qi):
        return False
    return all(part is None or letter in letters for letter, part in parts.items())
