"""SINR in the downlink: the signal over what the loads of the other cells and the noise leave of it.

Interference of a cell is its received power times its activity, which the caller takes from the step before: so cells
couple through their loads without a loop to solve, and a sleeping cell disturbs nobody.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY
from ricloop_e2sim.phy.carrier import SUBCARRIERS

LEAST = 1e-20
"""Of a SINR, linear: a user without a cell, or of a cell that does not transmit, has −200 dB and no infinity."""
_NEPERS = np.log(10) / 10


def sinr_db(sinr: Floats) -> Floats:
    """dB of a linear SINR, −200 at the least."""
    return 10 * np.log10(np.maximum(sinr, LEAST))


def rsrq_of(sinr: Floats) -> Floats:
    """SS-RSRQ, dB, of a linear SINR: the measured cell fills the symbols of its synchronisation block, 12 subcarriers.

    So it is −10.8 dB at best.
    """
    return 10 * np.log10(np.maximum(sinr / (SUBCARRIERS * (1 + sinr)), LEAST))


def _others(powers: Floats, xp: Arrays) -> Floats:
    """[n, m]: the sum of all others in the row; those before and those behind are added up apart."""
    others = xp.zeros(powers.shape)
    others[:, 1:] = powers[:, :-1].cumsum(axis=1)
    others[:, :-1] += xp.flip(xp.flip(powers[:, 1:]).cumsum(axis=1))
    return others


class Downlink:
    """Received powers and SINR of users [u] from their candidate cells [u, m] of all cells [c], per PRB.

    `near` (−1 where there is no cell) and `gain_db` are those of the channel, on the device of `xp`, read again on
    `refresh`; whatever is [u], [n] or [c] is the host's. Cells that are not among a user's candidates contribute
    nothing. Every user's result depends on its own row only, and is computed in an order that does not depend on
    others: where no candidate's activity changed, it is the same to the bit.
    """

    def __init__(
        self,
        near: Ints,
        gain_db: Floats,
        frequency_ghz: Floats,
        prb_dbm: Floats,
        noise_dbm: Floats,
        xp: Arrays = NUMPY,
    ) -> None:
        self.near = near
        self.gain_db = gain_db
        self.prb_dbm = prb_dbm
        """[c]: transmitted per PRB; after a change of it, `refresh` all users."""
        self._xp = xp
        carriers = np.unique(frequency_ghz)
        self._carriers = len(carriers)
        # One more, for candidates −1: of no carrier, without power and noise, silent.
        self._carrier: Ints = xp.put(np.append(np.searchsorted(carriers, frequency_ghz), -1))
        self._noise_mw = np.append(np.exp(noise_dbm * _NEPERS), 1.0)
        self._per_mw = np.zeros(len(prb_dbm) + 1)
        """[c + 1]: gain per received mW."""
        self._power_dbm = np.full(len(prb_dbm) + 1, -np.inf)
        self._active = np.zeros(len(prb_dbm) + 1)
        self._scale = np.zeros(len(prb_dbm) + 1)
        users, candidates = near.shape
        self.received_mw = xp.zeros((users, candidates))
        """[u, m]: per PRB from each candidate at full power."""
        self.serving = np.full(users, -1)
        """[u]: cell that serves, −1 for none. Set by `serve`."""
        self._connected: Ints = np.zeros(0, dtype=np.int64)
        """[n]: users that are served."""
        self._cells: Ints = self._connected
        """[n]: by which cells."""
        self._groups: list[Ints] = []
        """On the device: the same users, as many as are computed together in each."""
        self._signal_mw = np.zeros(users)
        self.changes = 0
        """How often signals of users have changed: gains, or serving cells."""
        self._others_mw = xp.zeros((users, candidates))
        self.refresh(np.arange(users))

    def set_noise(self, noise_dbm: Floats) -> None:
        """[c]: noise per PRB at the users of each cell, external noise included."""
        self._noise_mw[:-1] = np.exp(noise_dbm * _NEPERS)

    def refresh(self, rows: Ints) -> None:
        """Takes the channel's new gains and candidates of users `rows`."""
        np.exp(self.prb_dbm * -_NEPERS, out=self._per_mw[:-1])
        self._power_dbm[:-1] = self.prb_dbm
        power: Floats = self._xp.put(self._power_dbm)
        for block in self.blocks(len(rows)):
            users: Ints = self._xp.put(rows[block])
            received: Floats = self._xp.rows(self.gain_db, users)
            near: Ints = self._xp.rows(self.near, users)
            received += self._xp.take(power, near)
            received *= _NEPERS
            received = self._xp.exp(received)
            self.received_mw[users] = received
            self._couple(rows[block], users, near, received)

    def serve(self, serving: Ints) -> bool:
        """Users [u] are served by these cells from now on, −1 for none; False where that is as it was.

        A cell that is not among a user's candidates has no signal for it.
        """
        rows = (serving != self.serving).nonzero()[0]
        if not len(rows):
            return False
        self.serving[rows] = serving[rows]
        self._connected = (self.serving >= 0).nonzero()[0]
        self._cells = self.serving[self._connected]
        self._groups = [self._xp.put(self._connected[block]) for block in self.blocks(len(self._connected))]
        for block in self.blocks(len(rows)):
            users: Ints = self._xp.put(rows[block])
            self._couple(rows[block], users, self._xp.rows(self.near, users), self._xp.rows(self.received_mw, users))
        return True

    def _couple(self, rows: Ints, users: Ints, near: Ints, received: Floats) -> None:
        """Parts the received powers of `rows`, on the device `users`, into the signal and what can disturb it."""
        self.changes += 1
        serving: Ints = self._xp.put(self.serving.take(rows)[:, np.newaxis])
        # Of candidate −1, which is that of a user without a cell too, nothing is received.
        own: Bools = near == serving
        self._signal_mw[rows] = self._xp.get(self._xp.sums(received * own))
        others: Bools = ~own
        if self._carriers > 1:
            others &= self._carrier[near] == self._carrier[serving]
        self._others_mw[users] = received * others

    def _load(self, activity: Floats, transmit: Floats) -> None:
        np.multiply(activity, transmit, out=self._active[:-1])
        self._scale[:-1] = transmit

    def serving_sinr(self, activity: Floats, transmit: Floats) -> Floats:
        """[u], linear: SINR from the serving cells; 0 without one.

        `activity` [c]: share 0..1 of the PRBs that each cell used in the step before. `transmit` [c]: share of its full
        power that a cell sends with: 1, 0 asleep, less when it is degraded.
        """
        self._load(activity, transmit)
        xp, sinr = self._xp, np.zeros(len(self.serving))
        active: Floats = xp.put(self._active)
        disturbance, first = self._noise_mw.take(self._cells), 0
        for users in self._groups:
            heard = xp.take(active, xp.rows(self.near, users))
            heard *= xp.rows(self._others_mw, users)
            last = first + len(users)
            disturbance[first:last] += xp.get(xp.sums(heard))
            first = last
        signal = self._signal_mw.take(self._connected) * self._scale.take(self._cells)
        sinr[self._connected] = signal / disturbance
        return sinr

    def serving_gain(self) -> Floats:
        """[u], linear: between the users and their serving cells, the same both ways; 0 without one."""
        return self._signal_mw * self._per_mw.take(self.serving, mode="wrap")

    def heard_mw(self, sent_mw: Floats) -> Floats:
        """[c]: what each cell receives of users that send [u] mW and that others serve on its carrier.

        The users add up in their order, and who sends nothing is left out: what one cell hears depends on those only
        that have it among their candidates.
        """
        xp, rows = self._xp, sent_mw.nonzero()[0]
        users: Ints = xp.put(rows)
        heard: Floats = xp.rows(self._others_mw, users)
        heard *= xp.put(sent_mw.take(rows)[:, np.newaxis])
        place: Ints = xp.rows(self.near, users)
        place += 1
        total = xp.get(xp.bincount(place.reshape(-1), heard.reshape(-1), len(self._per_mw)))
        return np.asarray(total[1:] * self._per_mw[:-1])

    def candidate_sinr(self, activity: Floats, transmit: Floats, users: Ints | None = None) -> Floats:
        """[n, m], linear: SINR that each candidate of users [n] would serve with; 0 where there is no cell.

        Arguments as above; `users` None: all of them. Interference is never a sum of all less the candidate's own
        power: that leaves nothing right of a weak rest.
        """
        self._load(activity, transmit)
        xp, rows = self._xp, np.arange(len(self.serving)) if users is None else users
        active: Floats = xp.put(self._active)
        noise: Floats = xp.put(self._noise_mw)
        scale: Floats = xp.put(self._scale)
        sinr = np.empty((len(rows), self.near.shape[1]))
        for block in self.blocks(len(rows)):
            some: Ints = xp.put(rows[block])
            near, received = xp.rows(self.near, some), xp.rows(self.received_mw, some)
            heard = xp.take(active, near) * received
            disturbance = xp.take(noise, near)
            if self._carriers == 1:
                disturbance += _others(heard, xp)
            else:
                carrier = self._carrier[near]
                for index in range(self._carriers):
                    alike = carrier == index
                    disturbance += xp.where(alike, _others(xp.where(alike, heard, 0.0), xp), 0.0)
            sinr[block] = xp.get(xp.take(scale, near) * received / disturbance)
        return sinr

    def blocks(self, rows: int) -> list[slice]:
        """Of so many users, those to compute together."""
        step = max(self._xp.block // self.near.shape[1], 1)
        return [slice(first, first + step) for first in range(0, rows, step)]

    def sent_dbm(self, transmit: Floats) -> Floats:
        """[c + 1], on the device: per resource element, −∞ for a silent cell, and for none."""
        power = np.full(len(self._scale), -np.inf)
        with np.errstate(divide="ignore"):
            np.add(self.prb_dbm, 10 * np.log10(transmit / SUBCARRIERS), out=power[:-1])
        sent: Floats = self._xp.put(power)
        return sent

    def heard_dbm(self, sent_dbm: Floats, users: slice) -> Floats:
        """[n, m], on the device: RSRP of users one after the other, −∞ where there is no cell or it is silent."""
        heard = self._xp.take(sent_dbm, self.near[users])
        heard += self.gain_db[users]
        return heard

    def rsrp_dbm(self, transmit: Floats) -> Floats:
        """[u, m], on the device: per resource element, −∞ where there is no cell or it is asleep."""
        return self.heard_dbm(self.sent_dbm(transmit), slice(None))
