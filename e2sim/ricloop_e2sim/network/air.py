"""Between the cells and the users: channels that follow the users, what they measure, and the SINR they have."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.channel.channel import Channel
from ricloop_e2sim.channel.plan import Settings
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.population import Population
from ricloop_e2sim.phy.carrier import prb_dbm
from ricloop_e2sim.phy.sinr import Downlink, sinr_db
from ricloop_e2sim.phy.uplink import PowerControl, Uplink
from ricloop_e2sim.rrc.events import a3
from ricloop_e2sim.rrc.measure import L3Filter

_NOBODY: Ints = np.zeros(0, dtype=np.int64)


class Air:
    """Users [u] and their candidate cells [u, m], of all cells [c].

    What is [u, m] is on the device of `xp`. Between there and the host go positions and candidates of users that moved,
    per measurement the connected users and what is triggered, per tick who is served by whom, the loads of the cells,
    and SINRs of the connected; and what is asked of single users.
    """

    def __init__(
        self,
        deployment: Deployment,
        population: Population,
        settings: Settings,
        power: PowerControl,
        tick_us: int,
        seed: np.random.SeedSequence,
        xp: Arrays,
    ) -> None:
        self.xp = xp
        self._deployment = deployment
        self.channel = Channel(deployment.plan, population.plan, population.xy, seed, settings, xp)
        self._full_dbm = prb_dbm(deployment.power_dbm, deployment.prbs)
        self._downlink = Downlink(
            self.channel.near,
            self.channel.gain_db,
            deployment.plan.frequency_ghz,
            self._full_dbm.copy(),
            deployment.noise_dbm,
            xp,
        )
        self.uplink = Uplink(power, population.count, deployment.spacing_khz, deployment.noise_up_dbm)
        self._aimed = -1
        """The changes of signals that users have set their powers by."""
        self._sinr: Floats = np.zeros((2, population.count))
        self.near: Ints = xp.get(self.channel.near).copy()
        """[u, m], on the host: candidate cells, −1 where there is none."""
        self._all: Ints = np.arange(population.count)
        self._blocks = self._downlink.blocks(population.count)
        self._preference: Floats = xp.put(np.append(deployment.preference_db, 0.0))
        alike = not np.count_nonzero(deployment.preference_db)
        self._offset: Floats | None = None if alike else xp.take(self._preference, self.channel.near)
        """[u, m] dB: what is added to what is measured of a candidate; None where it is nothing."""
        self._filter = L3Filter(population.count, self.near.shape[1], tick_us, xp=xp)

    @property
    def measured(self) -> Floats:
        """[u, m] dBm: RSRP after the layer-3 filter, −inf where nothing is received."""
        measured: Floats = self.xp.get(self._filter.filtered)
        return measured

    def measured_at(self, slot: Ints) -> Floats:
        """[u] dBm: `measured` of one candidate each."""
        xp = self.xp
        measured: Floats = xp.get(self._filter.filtered[xp.arange(len(slot)), xp.put(slot)])
        return measured

    @property
    def strength(self) -> Floats:
        """[u, m] dBm: the same with the preference for the candidate, by which users choose."""
        return self.strength_of(self._all)

    def strength_of(self, users: Ints) -> Floats:
        """[n, m] dBm: `strength` of some users."""
        strength: Floats = self.xp.get(self._strength(self.xp.put(users)))
        return strength

    def _strength(self, users: Ints) -> Floats:
        strength: Floats = self.xp.rows(self._filter.filtered, users)
        if self._offset is not None:
            strength += self.xp.rows(self._offset, users)
        return strength

    def disturb(self, power_db: Floats, noise_db: Floats) -> None:
        """From now on cells [c] send with so much less, and they and their users hear so much more noise.

        What is lost of a cell's power is its sender's: it hears its users as before.
        """
        self._downlink.prb_dbm = self._full_dbm - power_db
        self._downlink.set_noise(self._deployment.noise_dbm + noise_db)
        self._downlink.refresh(self._all)
        self.uplink.set_noise(self._deployment.noise_up_dbm + noise_db)

    def move(self, xy: Floats) -> Ints:
        """Users are at [u, 2] m. Returns those that have other candidates now."""
        self.channel.move(xy)
        self._downlink.refresh(self.channel.changed)
        rows = self.channel.found
        if self.channel.settled or not len(rows):
            return _NOBODY
        found: Ints = self.xp.get(self.channel.near[self.xp.put(rows)])
        differ = found != self.near[rows]
        some = differ.any(axis=1)
        if not some.any():
            return _NOBODY
        others: Ints = rows[some]
        self.near[others] = found[some]
        users: Ints = self.xp.put(others)
        if self._offset is not None:
            self._offset[users] = self.xp.take(self._preference, self.channel.near[users])
        self._filter.restart(users, self.xp.put(differ[some]))
        return others

    def measure(self, transmit: Floats) -> None:
        """One tick's measurements; `transmit` [c] is 0 for a cell that is silent."""
        sent = self._downlink.sent_dbm(transmit)
        for users in self._blocks:
            self._filter.update(self._downlink.heard_dbm(sent, users), users)

    def blocks(self, users: Ints) -> list[Ints]:
        """Of some users, those to compare together."""
        return [users[part] for part in self._downlink.blocks(len(users))]

    def lead(self, users: Ints, cells: Ints, offset_db: float) -> Floats:
        """[n, m] dB, on the device: by how much more than the offset candidates are stronger than these cells, of A3.

        −inf for the cell itself, which is no neighbour, and for users that do not receive it.
        """
        xp, rows = self.xp, self.xp.put(users)
        strength = self._strength(rows)
        own: Bools = xp.rows(self.channel.near, rows) == xp.put(cells[:, np.newaxis])
        place = xp.arange(len(users)), xp.argmax(own)
        lead = a3(xp.where(own[place], strength[place], np.inf), strength, off=offset_db)
        lead[place] = -np.inf
        return lead

    def serving_slot(self, serving: Ints) -> Ints:
        """[u]: place of the serving cell among the candidates, −1 where it is not among them."""
        own = self.near == serving[:, np.newaxis]
        slot = own.argmax(axis=1)
        return np.asarray(np.where(own[self._all, slot] & (serving >= 0), slot, -1))

    def serve(self, serving: Ints) -> bool:
        """Users [u] are served by these cells from now on, −1 none; False where that is as it was."""
        return self._downlink.serve(serving)

    def sinr_db(self, use: Floats, transmit: Floats) -> Floats:
        """[2, u] dB, down and up, in the serving cells, −200 without one; `use` [c] PRB use of the tick before."""
        downlink = self._downlink
        self._sinr[0] = downlink.serving_sinr(use, transmit)
        if downlink.changes != self._aimed:
            self.uplink.aim(downlink.serving_gain(), downlink.serving)
            self._aimed = downlink.changes
        self._sinr[1] = self.uplink.sinr(downlink.serving)
        return sinr_db(self._sinr)

    def hear(self, share: Floats) -> None:
        """Users send on [u] of the PRBs of their carriers: cells that do not serve them hear it in the next tick."""
        self.uplink.hear(self._downlink.heard_mw(share * self.uplink.sent_mw))

    def sinr_of(self, users: Ints, cells: Ints, use: Floats, transmit: Floats) -> Floats:
        """[n] dB that these users would have in these cells; −200 for one that a user does not receive."""
        every = self._downlink.candidate_sinr(use, transmit, users)
        own = self.near[users] == cells[:, np.newaxis]
        return sinr_db(np.where(own, every, 0.0).sum(axis=1))
