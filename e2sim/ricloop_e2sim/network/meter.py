"""Windows of a whole network: one per reporting period, however many nodes report by it."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.network.classes import Classes
from ricloop_e2sim.network.distributions import own_cqi, own_rsrp
from ricloop_e2sim.network.gauges import Extreme, Gauges
from ricloop_e2sim.network.sample import NetworkSample
from ricloop_e2sim.network.world import NetworkWorld


class _Window:
    """The totals at its start, and the extremes since."""

    def __init__(self, world: NetworkWorld, gauges: Gauges) -> None:
        self.since_us = world.time_us
        self.cell: Floats = world.totals.cell.copy()
        self.cell_up: Floats = world.totals.cell_up.copy()
        self.users: Floats = world.totals.users.copy()
        self.rrc: Ints = world.totals.rrc.copy()
        self.by_class = None if gauges.by_class is None else gauges.by_class.copy()
        self.bins = {name: table.copy() for name, table in gauges.bins.items()}
        self.most: Floats = np.zeros_like(gauges.last)
        self.least_power_w: Floats = np.full(gauges.last.shape[1], np.inf)

    def tick(self, last: Floats) -> None:
        np.maximum(self.most, last, out=self.most)
        np.minimum(self.least_power_w, last[Extreme.POWER_W], out=self.least_power_w)


class NetworkMeter:
    """The windows that are open, by their period in µs; each closes at multiples of it."""

    def __init__(self, world: NetworkWorld) -> None:
        self._world = world
        self.classes = Classes(world.population, world.slicing, world.deployment.gnbs[0].plmn)
        self.gauges = Gauges(world, self.classes)
        self._open: dict[int, _Window] = {}
        self._closed: dict[int, tuple[int, NetworkSample]] = {}
        """By period: when, and what."""

    def open(self, period_us: int) -> None:
        """Somebody measures by this period from now on; one who comes within a window gets all of it."""
        if period_us not in self._open:
            if not self._open:
                self.gauges.resume()
            self._open[period_us] = _Window(self._world, self.gauges)

    def tick(self) -> None:
        """Take the tick that the world just made. A window that nobody closed when it was time is closed for good."""
        self._closed.clear()
        if not self._open:
            return
        before = self._world.time_us - self._world.tick_us
        for period_us in [period for period, one in self._open.items() if before // period * period > one.since_us]:
            del self._open[period_us]
        if self._open:
            self.gauges.tick()
        for window in self._open.values():
            window.tick(self.gauges.last)

    def close(self, period_us: int) -> NetworkSample:
        """The window that ends now; the same for all that ask within the tick. The next one starts."""
        now = self._world.time_us
        closed = self._closed.get(period_us)
        if closed is None or closed[0] != now:
            self.open(period_us)
            closed = now, self._sample(self._open[period_us])
            self._closed[period_us] = closed
            self._open[period_us] = _Window(self._world, self.gauges)
        return closed[1]

    def _sample(self, window: _Window) -> NetworkSample:
        world, gauges = self._world, self.gauges
        by_class = gauges.by_class
        if by_class is not None:
            by_class = by_class - (0.0 if window.by_class is None else window.by_class)
        connected = world.serving >= 0
        return NetworkSample(
            seconds=(world.time_us - window.since_us) / 1e6,
            cell=world.totals.cell - window.cell,
            cell_up=world.totals.cell_up - window.cell_up,
            users=world.totals.users - window.users,
            rrc=world.totals.rrc - window.rrc,
            by_class=by_class,
            bins={name: table - window.bins.get(name, 0) for name, table in gauges.bins.items()},
            most=window.most,
            least_power_w=window.least_power_w,
            serving=world.serving.copy(),
            where=world.deployment,
            lost_db=world.impairments.power_db.copy(),
            rsrp_dbm=own_rsrp(world),
            sinr_db=np.where(connected, world.sinr_db, np.nan),
            cqi=np.where(connected, own_cqi(world), np.nan),
        )
