"""A network's world as one of its gNBs sees it: its own cells from 0 on, and the network's users."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop.core.ids import CellId, Cells, GnbId
from ricloop_e2sim.arithmetic.dtypes import Ints
from ricloop_e2sim.e2node.identity import Role
from ricloop_e2sim.e2node.nodeworld import Changes
from ricloop_e2sim.e2node.site import Split
from ricloop_e2sim.network.measures import GnbOfNetworkMeasures
from ricloop_e2sim.network.ratios import GnbRatios
from ricloop_e2sim.network.switches import GnbSwitches
from ricloop_e2sim.network.ues import NetworkUeNames
from ricloop_e2sim.network.watch import Watch


@dataclass(frozen=True, eq=False)
class GnbSite:
    """What stands still of it."""

    name: str
    gnb: GnbId
    split: Split
    cells: Cells
    titles: tuple[str, ...]
    user_count: int

    @property
    def cell_count(self) -> int:
        return len(self.cells)

    def index_of(self, cell: int) -> int | None:
        found = np.flatnonzero(self.cells == np.uint64(cell))
        return int(found[0]) if len(found) else None


class GnbView:
    """One gNB of a network."""

    quotas = bearers = True

    def __init__(self, watch: Watch, number: int) -> None:
        """`number` of the gNB in the deployment."""
        world, where = watch.world, watch.world.deployment
        own = np.flatnonzero(where.gnb == number)
        self._cells = slice(int(own[0]), int(own[-1]) + 1)
        self._watch, self._world, self._number = watch, world, number
        self.layout = GnbSite(
            name=where.names[number],
            gnb=where.gnbs[number],
            split=where.split[number],
            cells=where.cells[self._cells],
            titles=where.titles[self._cells],
            user_count=world.population.count,
        )
        self.returns = world.roaming.consents.of[number]
        self.cells = self.operation = GnbSwitches(world, self._cells)

    @property
    def tick_us(self) -> int:
        return self._world.tick_us

    @property
    def time_us(self) -> int:
        return self._world.time_us

    @property
    def serving(self) -> Ints:
        """[u]: −1 also for users of other gNBs."""
        within = self._world.serving - self._cells.start
        return np.where((within >= 0) & (self._world.serving < self._cells.stop), within, -1)

    def changes(self) -> Changes:
        return self._watch.changes(self._number)

    # -------------------------------------------------------------------------------------------------- controls

    def target_of(self, cell: CellId) -> int | None:
        """Number in the network."""
        return self._watch.number.get(cell)

    def cell_of(self, target: int) -> CellId:
        return int(self._world.deployment.cells[target])

    def hand_over(self, user: int, target: int) -> str:
        serving = self._world.serving[user]
        if not self._cells.start <= serving < self._cells.stop:
            return f"user {user} is not connected to {self.layout.name}"
        return self._world.hand_over(user, target)

    def prioritise(self, user: int, level: int) -> str:
        self._world.prioritise(user, level)
        return ""

    def release(self, user: int) -> str:
        serving = self._world.serving[user]
        if not self._cells.start <= serving < self._cells.stop:
            return f"user {user} is not connected to {self.layout.name}"
        return self._world.release(user)

    def may_sleep(self, cell: int) -> str:
        """A coverage cell may not, nor one that stands in for a coverage cell that is out of service."""
        world, number = self._world, self._cells.start + cell
        umbrella = int(world.deployment.umbrella[number])
        if world.rules.allow_coverage_hole or (umbrella != number and world.availability.in_service[umbrella] > 0):
            return ""
        return "no other cell in service covers its area"

    def share(self, quotas: Sequence[tuple[bytes, int, int, int]]) -> str:
        slicing, wanted = self._world.slicing, []
        known = [one.s_nssai for one in slicing.slices]
        for octets, dedicated, least, most in quotas:
            if octets not in known:
                return f"{self.layout.name} has no slice {octets.hex()}"
            wanted.append((known.index(octets), dedicated, least, most))
        return slicing.share(self._own, wanted)

    @property
    def _own(self) -> range:
        return range(self._cells.start, self._cells.stop)

    # --------------------------------------------------------------------------------------------------- reports

    def names(self, role: Role) -> NetworkUeNames:
        return NetworkUeNames(self._world, self.layout, self._cells, role)

    def measures(self) -> GnbOfNetworkMeasures:
        return GnbOfNetworkMeasures(self._watch.meter, self._number, self._cells)

    def ratios(self) -> GnbRatios:
        return GnbRatios(self._world.slicing, self._own, self.layout.gnb.plmn)
