"""What the air and the transport carry in a tick, both ways: rates by SINR, PRBs by the scheduler, the gNBs' backhaul.

Both directions are one call: arrays of [2, u] and [2, c], the downlink first, are as long ones to the scheduler, which
does not know of directions. Cell c's uplink is its cell c + [c], and user u's is its user u + [u].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_e2sim.mac.policy import Policy
from ricloop_e2sim.mac.scheduler import Scheduler
from ricloop_e2sim.mac.slices import SliceRatios
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.population import Population
from ricloop_e2sim.phy.mcs import mcs_table
from ricloop_e2sim.phy.rate import EfficiencyTable, by_mcs, prb_rate

MARGIN_DB = 2.0
"""Of link adaptation in fading channels, beyond the thresholds of a still one."""


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What one tick carried, of users [2, u] and cells [2, c]."""

    prbs: Floats
    """[2, u]: mean over the tick."""
    bits: Floats
    """[2, u]."""
    used: Floats
    """[2, c]: PRBs in use, mean over the tick."""
    most: Floats
    """[2, u] PRBs at once: all of the cell's, and in the uplink those that a user has power for. Good for a tick."""


class Delivery:
    """Of cells [c] and users [u]."""

    def __init__(
        self,
        deployment: Deployment,
        population: Population,
        ratios: SliceRatios,
        policy: Policy,
        mcs: int,
        tick_us: int,
    ) -> None:
        """`ratios` of [2 c] cells; `policy` of all of them; `mcs` table of both directions."""
        cells, users = deployment.cell_count, population.count
        self._deployment, self._tick_us = deployment, tick_us
        self.scheduler = Scheduler(
            np.full(2 * cells, int(policy)), 2 * users, qos_weight=np.tile(1 / population.priority, 2), ratios=ratios
        )
        self._weight: Floats = self.scheduler.qos_weight.reshape(2, users)
        self._efficiency = EfficiencyTable(by_mcs(mcs_table(mcs), MARGIN_DB))
        full = prb_rate(np.ones(cells), deployment.spacing_khz, deployment.overhead, deployment.share)
        self._per_efficiency: Floats = np.append(full, 0.0)
        """[2 c + 1] bit/s of a PRB at one bit per resource element; nothing of no cell."""
        self._slices: Ints = np.tile(population.slice, 2)
        self._up: Ints = np.append(np.arange(cells, 2 * cells), -1)
        """[c + 1]: of a cell, and of none, what the scheduler calls its uplink."""
        self._at: Ints = np.full((2, users), -1)
        """[2, u]: the serving cell, as the scheduler calls it."""
        self._full: Floats = np.zeros((2, users))
        """[2, u]: bit/s of a PRB of it at one bit per resource element."""
        self._most: Floats = np.zeros((2, users))
        """[2, u] PRBs at once: in the downlink all of the cell's."""
        self._reach: Floats = np.zeros((2, users))
        """[2, u]: that, of the cell's PRBs, for as much of the tick as a user is reached."""
        self.attach(self._at[0].copy())

    def attach(self, serving: Ints) -> None:
        """Users are in these cells [u], −1 none, from now on."""
        self._at[0] = serving
        self._up.take(serving, out=self._at[1], mode="wrap")
        self._per_efficiency.take(self._at, out=self._full, mode="wrap")
        self._deployment.prbs.take(serving, out=self._most[0], mode="wrap")

    def prioritise(self, users: Ints | int, priority: Floats | int) -> None:
        """Schedule users by these priority levels both ways, from the next tick on, where the policy is by QoS."""
        self._weight[:, users] = 1 / priority

    def serve(
        self,
        sinr_db: Floats,
        backlog: Floats,
        available: Floats,
        reachable: Floats,
        powered: Floats,
        backhaul_bps: Floats | None,
    ) -> Carried:
        """Carry what there is.

        `sinr_db`, and `backlog` bits, [2, u]; `available` [2, c] PRBs, mean over the tick;
        `reachable` [u]: share of the tick in which a user is reached; `powered` [u]: PRBs that it has power for at
        once; `backhaul_bps` [gNBs] each way, None where there is no limit.
        """
        rate = self._efficiency.efficiency(sinr_db) * self._full
        most, whole, reach = self._most, self._most[0], self._reach
        np.minimum(whole, powered, out=most[1])
        np.divide(most, whole, out=reach)
        reach *= reachable
        grants = self.scheduler.schedule(
            self._at.ravel(),
            rate.ravel(),
            backlog.ravel(),
            available.ravel(),
            self._tick_us,
            slice_of=self._slices,
            reachable=reach.ravel(),
        )
        prbs, bits, used = grants.prbs.reshape(2, -1), grants.bits.reshape(2, -1), grants.used.reshape(2, -1)
        if backhaul_bps is not None:
            of_cell, of_user = self._through(bits, backhaul_bps)
            prbs, bits, used = prbs * of_user, bits * of_user, used * of_cell
        return Carried(prbs, bits, used, most)

    def _through(self, bits: Floats, backhaul_bps: Floats) -> tuple[Floats, Floats]:
        """Shares that the transport lets through, [2, c] and [2, u]; PRBs with nothing to carry stay unused."""
        limit, gnb, serving = backhaul_bps * (self._tick_us / 1e6), self._deployment.gnb, self._at[0]
        attached = np.flatnonzero(serving >= 0)
        owner = gnb[serving[attached]]
        asked = np.stack([np.bincount(owner, one[attached], len(limit)) for one in bits])
        share = np.minimum(np.divide(limit, asked, out=np.ones_like(asked), where=asked > 0), 1.0)
        of_cell = share[:, gnb]
        return of_cell, np.append(of_cell, np.zeros((2, 1)), axis=1)[:, serving]
