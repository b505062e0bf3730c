"""What a run leaves behind for its picture: samples at equal distances, of a size that the run's length does not move.

Rates of a sample are means since the sample before; places and states are those at its time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.impairments import Impairment
from ricloop_e2sim.network.totals import CellTotal, UserTotal
from ricloop_e2sim.network.world import NetworkWorld

MOST_FRAMES = 300
MOST_USERS = 1_000
"""Users that are drawn; of more, every so-manieth."""
MOST_PLACES = 150_000
"""Users times frames."""


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Samples [f] of cells [c] and of the users that are drawn [v]."""

    time_s: Floats
    """[f]: end of each sample, ascending."""
    use: Floats
    """[f, c]: share 0..1 of all PRBs in use."""
    state: Ints
    """[f, c] of `CellState`."""
    serves: Bools
    """[f, c]: in service for some of the last tick."""
    lost_db: Floats
    """[f, c]: what an anomaly takes of the transmitted power."""
    noise_db: Floats
    """[f, c]: what an anomaly adds to the noise of the cell's users."""
    barred: Bools
    """[f, c]: an anomaly lets nobody in."""
    power_w: Floats
    """[f, c]."""
    mbps: Floats
    """[f, c]."""
    connected: Ints
    """[f, c]."""
    user: Ints
    """[v]: which of the run's users."""
    xy: Floats
    """[f, v, 2] m."""
    serving: Ints
    """[f, v]: cell, −1 for an idle user."""
    user_mbps: Floats
    """[f, v]."""

    @property
    def count(self) -> int:
        return len(self.time_s)

    @property
    def transmit(self) -> Floats:
        """[f, c]: share of its power that a cell sends with, 0 out of service."""
        return self.serves * 10 ** (-self.lost_db / 10)


class Recorder:
    """Call `tick` after every tick of a run of so many; `frames` gives what was sampled so far."""

    def __init__(self, world: NetworkWorld, ticks: int) -> None:
        self._world = world
        apart = -(-world.population.count // MOST_USERS)
        self._user: Ints = np.arange(0, world.population.count, apart)
        most = max(2, min(MOST_FRAMES, MOST_PLACES // len(self._user)))
        self._every = -(-ticks // most)
        self._ticks, self._seen = ticks, 0
        self._frames = -(-ticks // self._every)
        cells, users = world.deployment.cell_count, len(self._user)
        self._number = 0
        self._time: Floats = np.zeros(self._frames)
        self._cell: Floats = np.zeros((9, self._frames, cells))
        self._users: Floats = np.zeros((4, self._frames, users))
        self._before = self._totals()

    def _totals(self) -> tuple[int, Floats, Floats]:
        totals = self._world.totals
        rows = [CellTotal.PRB_S, CellTotal.ENERGY_J, CellTotal.BITS]
        return self._world.time_us, totals.cell[rows], totals.user[UserTotal.BITS, self._user]

    def tick(self) -> None:
        """Sample every so-manieth tick, and the last one."""
        self._seen += 1
        if self._seen % self._every and self._seen != self._ticks:
            return
        world, at = self._world, self._number
        ill = world.impairments
        now = self._totals()
        seconds = (now[0] - self._before[0]) / 1e6
        cells = world.availability
        prb_s, joules, bits = (now[1] - self._before[1]) / seconds
        self._cell[:, at] = (
            prb_s / world.deployment.prbs, cells.energy.state, cells.in_service > 0, joules, bits / 1e6,
            world.connected(), ill.power_db, ill.noise_db, ill.barred,
        )  # fmt: skip
        self._users[0, at] = world.serving[self._user]
        self._users[1, at] = (now[2] - self._before[2]) / seconds / 1e6
        self._users[2:, at] = world.population.xy[self._user].T
        self._time[at] = now[0] / 1e6
        self._before = now
        self._number += 1

    def frames(self) -> Frames:
        """What was sampled so far."""
        count = self._number
        use, state, serves, power_w, mbps, connected, lost_db, noise_db, barred = self._cell[:, :count].copy()
        serving, user_mbps, x, y = self._users[:, :count].copy()
        return Frames(
            time_s=self._time[:count].copy(),
            use=use,
            state=state.astype(np.int64),
            serves=serves > 0,
            lost_db=lost_db,
            noise_db=noise_db,
            barred=barred > 0,
            power_w=power_w,
            mbps=mbps,
            connected=connected.astype(np.int64),
            user=self._user,
            xy=np.stack((x, y), axis=-1),
            serving=serving.astype(np.int64),
            user_mbps=user_mbps,
        )


def affected(anomaly: Impairment, deployment: Deployment) -> Ints:
    """The cells that an anomaly of a scenario names: one, or all of a gNB."""
    if anomaly.entity in deployment.names:
        return np.flatnonzero(deployment.gnb == deployment.names.index(anomaly.entity))
    return np.array([deployment.titles.index(anomaly.entity)])
