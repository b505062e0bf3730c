"""Between the cells and the users: channels that follow the users, what they measure, and the SINR they have."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.channel.channel import Channel
from ricloop_e2sim.channel.plan import Settings
from ricloop_e2sim.layout import Floats, Ints
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.network.population import Population
from ricloop_e2sim.phy.carrier import prb_dbm
from ricloop_e2sim.phy.sinr import Downlink, sinr_db
from ricloop_e2sim.phy.uplink import PowerControl, Uplink
from ricloop_e2sim.rrc.measure import L3Filter

_NOBODY: Ints = np.zeros(0, dtype=np.int64)


class Air:
    """Users [u] and their candidate cells [u, m], of all cells [c]."""

    def __init__(
        self,
        deployment: Deployment,
        population: Population,
        settings: Settings,
        power: PowerControl,
        tick_us: int,
        seed: np.random.SeedSequence,
    ) -> None:
        self._deployment = deployment
        self.channel = Channel(deployment.plan, population.plan, population.xy, seed, settings)
        self._full_dbm = prb_dbm(deployment.power_dbm, deployment.prbs)
        self._downlink = Downlink(
            self.channel.near,
            self.channel.gain_db,
            deployment.plan.frequency_ghz,
            self._full_dbm.copy(),
            deployment.noise_dbm,
        )
        self.uplink = Uplink(power, population.count, deployment.spacing_khz, deployment.noise_up_dbm)
        self._sinr: Floats = np.zeros((2, population.count))
        self._near: Ints = self.channel.near.copy()
        self._all: Ints = np.arange(population.count)
        self._preference = np.append(deployment.preference_db, 0.0)
        self.offset: Floats = self._preference[self._near]
        """[u, m] dB: what is added to what is measured of a candidate."""
        self._filter = L3Filter(population.count, self._near.shape[1], tick_us)
        self.measured: Floats = self._filter.filtered
        """[u, m] dBm: RSRP after the layer-3 filter, −inf where nothing is received."""
        self.strength: Floats = self.measured
        """[u, m] dBm: the same with the preference for the candidate, by which users choose."""

    @property
    def near(self) -> Ints:
        """[u, m]: candidate cells, −1 where there is none."""
        return self.channel.near

    def disturb(self, power_db: Floats, noise_db: Floats) -> None:
        """From now on cells [c] send with so much less, and their users hear so much more noise."""
        self._downlink.prb_dbm = self._full_dbm - power_db
        self._downlink.set_noise(self._deployment.noise_dbm + noise_db)
        self._downlink.refresh(self._all)

    def move(self, xy: Floats) -> Ints:
        """Users are at [u, 2] m. Returns those that have other candidates now."""
        self.channel.move(xy)
        rows = self.channel.changed
        if not len(rows):
            return rows
        self._downlink.refresh(rows)
        if self.channel.settled:
            return _NOBODY
        differ = self.channel.near[rows] != self._near[rows]
        found = differ.any(axis=1)
        if not found.any():
            return _NOBODY
        others: Ints = rows[found]
        differ = differ[found]
        self._near[others] = self.channel.near[others]
        self.offset[others] = self._preference[self._near[others]]
        places = np.zeros(self._near.shape, dtype=np.bool_)
        places[others] = differ
        self._filter.restart(places)
        return others

    def measure(self, transmit: Floats) -> None:
        """One tick's measurements; `transmit` [c] is 0 for a cell that is silent."""
        self.measured = self._filter.update(self._downlink.rsrp_dbm(transmit))
        self.strength = self.measured + self.offset

    def serving_slot(self, serving: Ints) -> Ints:
        """[u]: place of the serving cell among the candidates, −1 where it is not among them."""
        own = self.channel.near == serving[:, np.newaxis]
        slot = own.argmax(axis=1)
        return np.asarray(np.where(own[self._all, slot] & (serving >= 0), slot, -1))

    def sinr_db(self, serving: Ints, use: Floats, transmit: Floats) -> Floats:
        """[2, u] dB, down and up, in the serving cells, −200 without one; `use` [c] PRB use of the tick before."""
        downlink = self._downlink
        downlink.serve(serving)
        self._sinr[0] = downlink.serving_sinr(use, transmit)
        self._sinr[1] = self.uplink.sinr(downlink.serving_gain(), serving)
        return sinr_db(self._sinr)

    def hear(self, share: Floats) -> None:
        """Users send on [u] of the PRBs of their carriers: cells that do not serve them hear it in the next tick."""
        self.uplink.hear(self._downlink.heard_mw(share * self.uplink.sent_mw))

    def sinr_of(self, users: Ints, cells: Ints, use: Floats, transmit: Floats) -> Floats:
        """[n] dB that these users would have in these cells; −200 for one that a user does not receive."""
        every = self._downlink.candidate_sinr(use, transmit, users)
        own = self.channel.near[users] == cells[:, np.newaxis]
        return sinr_db(np.where(own, every, 0.0).sum(axis=1))
