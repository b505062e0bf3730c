"""Which cells are in service in a tick, which take users, and what they have to give: sleep, locks and lost power."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.energy.states import EnergyStates, EnergyTick
from ricloop_e2sim.network.administration import Administration
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.impairments import Impairments


class Availability:
    """Of cells [c]; every array is of the last tick."""

    def __init__(self, deployment: Deployment, impairments: Impairments, energy: EnergyStates, tick_us: int) -> None:
        cells = deployment.cell_count
        self.energy, self.administration = energy, Administration(cells)
        self._prbs, self._impairments, self._tick_us = deployment.prbs, impairments, tick_us
        self._none: Bools = np.zeros(cells, dtype=np.bool_)
        self._settled: EnergyTick | None = None
        """The last tick of the cells' states; None where an anomaly has changed what follows from it."""
        self._administered = 0
        self.in_service: Floats = np.ones(cells)
        """Share of the tick."""
        self.fell: Bools = self._none
        """Went out of service."""
        self.usable: Bools = np.ones(cells, dtype=np.bool_)
        """Serves the users that it has."""
        self.opened: Bools = self.usable
        """Takes users."""
        self.transmit: Floats = np.ones(cells)
        """1, or 0 out of service."""
        self.prbs: Floats = np.tile(deployment.prbs, (2, 1))
        """[2, c]: mean over the tick."""
        self.prb_s: Floats = deployment.prbs * (tick_us / 1e6)
        """The same over the tick, of either direction."""
        self.out_s: Floats = np.zeros(cells)
        """Out of service."""

    def disturb(self) -> None:
        """An anomaly began or ended."""
        self._settled = None

    def step(self, start_us: int, users: Callable[[], Ints]) -> EnergyTick:
        """The cells' states in the tick that starts now. `users`: [c] those that a cell has or is about to get."""
        administration = self.administration
        if administration.changes and administration.closing.any():
            administration.settle(users())
        energy = self.energy.tick(start_us, self._tick_us)
        if energy is self._settled and administration.changes == self._administered:
            self.fell = self._none
            return energy
        before = self.in_service > 0
        self.in_service = np.where(self._impairments.dark | administration.locked, 0.0, energy.in_service)
        on: Bools = self.in_service > 0
        self.fell = before & ~on
        self.usable = on & ~self._impairments.barred
        self.opened = self.usable & ~administration.closing
        self.transmit = on.astype(np.float64)
        self.prbs[:] = self._prbs * self.in_service
        self.prb_s = self.prbs[0] * (self._tick_us / 1e6)
        self.out_s = (1 - self.in_service) * (self._tick_us / 1e6)
        self._settled, self._administered = energy, administration.changes
        return energy
