"""What can be measured of a world of one gNB, as its E2 nodes ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from ricloop.e2sm.kpm.matching import BinRanges
from ricloop.e2sm.kpm.metric import WHOLE, Measurement
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.e2node.measuring import Column
from ricloop_e2sim.gnb.measure import (
    CELL_METRICS,
    UE_METRICS,
    cell_values,
    known_name,
    ue_values,
)
from ricloop_e2sim.gnb.sample import Counted, Sample, Window
from ricloop_e2sim.phy.cqi import T1


class GnbReading:
    """A `Sample`, of the users that have a cell."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        self.users: Ints = np.flatnonzero(sample.serving >= 0)
        self.at: Ints = sample.serving[self.users]

    def cells(self, column: Column) -> Floats:
        return cell_values(self._sample, column.name)

    def ues(self, column: Column) -> Floats:
        return ue_values(self._sample, column.name)[self.users]

    def tested(self, test: str) -> Floats:
        layout = self._sample.layout
        values = layout.rsrp_dbm if test == "RSRP" else T1.cqi(layout.sinr_db).astype(np.float64)
        return values[self.users, self.at]


class GnbMeter:
    """A window of its own."""

    def __init__(self, world: Counted) -> None:
        self._window = Window(world)

    def tick(self) -> None:
        self._window.tick()

    def close(self) -> GnbReading:
        return GnbReading(self._window.close())


class GnbMeasures:
    """Nothing is split by labels."""

    cell_names = tuple(CELL_METRICS)
    ue_names = tuple(UE_METRICS)
    tests = frozenset(("RSRP", "CQI"))
    bins: ClassVar[Mapping[str, BinRanges]] = {}

    def __init__(self, world: Counted) -> None:
        self._world = world

    def column(self, asked: Measurement, per_ue: bool) -> Column | None:
        name = known_name(asked.name, per_ue)
        return Column(name) if name is not None and asked.label == WHOLE else None

    def meter(self, period_us: int) -> GnbMeter:
        return GnbMeter(self._world)
