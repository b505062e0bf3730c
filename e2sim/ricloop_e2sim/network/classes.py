"""Users by what KPM's labels tell apart: their slice and the 5QI of their flow."""

from __future__ import annotations

import numpy as np

from ricloop.core.ids import Plmn
from ricloop.e2sm import common
from ricloop.e2sm.kpm.metric import Label
from ricloop_e2sim.arithmetic.dtypes import Bools, Ints
from ricloop_e2sim.network.population import Population
from ricloop_e2sim.network.slicing import Slicing


class Classes:
    """The k pairs of slice and 5QI that there are."""

    def __init__(self, population: Population, slicing: Slicing, plmn: Plmn) -> None:
        kinds = [
            (group.slice, flow.qos.five_qi) for group, flow in zip(population.groups, population.flows, strict=True)
        ]
        pairs = sorted(set(kinds))
        self.count = len(pairs)
        self.of: Ints = np.array([pairs.index(kind) for kind in kinds], dtype=np.int64)[population.group]
        """[u]."""
        self.five_qi: Ints = np.array([five_qi for _, five_qi in pairs], dtype=np.int64)
        """[k]."""
        self._slices = [common.Slice(slicing.slices[number].sst, slicing.slices[number].sd) for number, _ in pairs]
        self._plmn = plmn

    def meant(self, label: Label) -> Bools:
        """[k]: those that a label of PLMN, slice and 5QI means; what it does not name may be any."""
        named = [
            label.plmn in (None, self._plmn) and label.slice in (None, one) and label.five_qi in (None, five_qi)
            for one, five_qi in zip(self._slices, self.five_qi.tolist(), strict=True)
        ]
        return np.array(named, dtype=np.bool_)
