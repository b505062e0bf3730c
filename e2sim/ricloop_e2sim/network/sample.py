"""One reporting window of a whole network, for all of its E2 nodes: every column is made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.e2node.measuring import Column
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.totals import UP


@dataclass(frozen=True, eq=False)
class Sums:
    """What added up over a window in one direction, of cells, of a class in cells, or of users: [n] each.

    In the order of the first rows of `CellTotal` and `UserTotal`.
    """

    seconds: float
    prb_s: Floats
    bits: Floats
    offered_bits: Floats
    lost_bits: Floats
    busy_s: Floats
    queue_bit_s: Floats
    slot_bits: Floats


@dataclass(frozen=True, eq=False)
class NetworkSample:
    """Growth of the totals over a window, and the state at its end."""

    seconds: float
    cell: Floats
    """[CellTotal, c]."""
    cell_up: Floats
    """[rows of `NetworkTotals.cell_up`, c]."""
    users: Floats
    """[UserTotal, 2, u]: of the downlink and of the uplink."""
    rrc: Ints
    """[rrc.counters.ROW, c]."""
    by_class: Floats | None
    """[UserTotal, 2, c, k]."""
    bins: dict[str, Floats]
    """[c, bins]."""
    most: Floats
    """[Extreme, c]."""
    least_power_w: Floats
    """[c]."""
    serving: Ints
    """[u]."""
    where: Deployment
    lost_db: Floats
    """[c] dB: what is lost of the transmitted power, by an anomaly."""
    rsrp_dbm: Floats
    """[u]: of the serving cell; this and the next two are NaN without one."""
    sinr_db: Floats
    cqi: Floats
    _made: dict[tuple[str, bool], Floats] = field(default_factory=dict)

    def made(self, column: Column, per_ue: bool, make: Callable[[], Floats]) -> Floats:
        """A column of all cells [c], or of all users [u], made when it is first asked for."""
        key = column.key, per_ue
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @cached_property
    def _by_gnb(self) -> tuple[Ints, Ints]:
        """Users in the order of their gNBs, and where each gNB's begin."""
        owner = np.append(self.where.gnb, -1)[self.serving]
        order = np.argsort(owner, kind="stable")
        return order, np.searchsorted(owner[order], np.arange(len(self.where.names) + 1))

    def users_of(self, gnb: int) -> Ints:
        """Users that are connected to it, by number."""
        order, first = self._by_gnb
        own: Ints = order[first[gnb] : first[gnb + 1]]
        return own

    def cells_of(self, way: int) -> Floats:
        """[rows that both ways have, c]: of the cells' downlink or uplink."""
        return self.cell_up if way == UP else self.cell

    @property
    def connected(self) -> Bools:
        """[u]."""
        return self.serving >= 0

    def cell_mean(self, values: Floats) -> Floats:
        """[c] of [u]: mean over each cell's users, NaN where there are none."""
        here = np.flatnonzero(self.serving >= 0)
        within, cells = self.serving[here], self.cell.shape[1]
        count = np.bincount(within, minlength=cells)
        total = np.bincount(within, values[here], cells).astype(np.float64)
        return ratio(total, count)

    def mean_db(self, values: Floats) -> Floats:
        """[c] of [u] in dB or dBm: the mean is linear."""
        linear = self.cell_mean(10 ** (values / 10))
        return np.asarray(10 * np.log10(linear, out=np.full(len(linear), np.nan), where=linear > 0))


def ratio(part: Floats, whole: Floats | Ints) -> Floats:
    """NaN where there is no whole."""
    share: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return share
