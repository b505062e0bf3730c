"""SINR in the downlink: the signal over what the loads of the other cells and the noise leave of it.

Interference of a cell is its received power times its activity, which the caller takes from the step before: so cells
couple through their loads without a loop to solve, and a sleeping cell disturbs nobody.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.layout import Bools, Floats, Ints
from ricloop_e2sim.phy.carrier import SUBCARRIERS

LEAST = 1e-20
"""Of a SINR, linear: a user without a cell, or of a cell that does not transmit, has −200 dB and no infinity."""
BLOCK = 32_768
"""Candidates computed together: few enough that the arrays on the way stay in a processor's cache."""
_NEPERS = np.log(10) / 10


def sinr_db(sinr: Floats) -> Floats:
    """dB of a linear SINR, −200 at the least."""
    return 10 * np.log10(np.maximum(sinr, LEAST))


def rsrq_of(sinr: Floats) -> Floats:
    """SS-RSRQ, dB, of a linear SINR: the measured cell fills the symbols of its synchronisation block, 12 subcarriers.

    So it is −10.8 dB at best.
    """
    return 10 * np.log10(np.maximum(sinr / (SUBCARRIERS * (1 + sinr)), LEAST))


def _others(powers: Floats) -> Floats:
    """[n, m]: the sum of all others in the row; those before and those behind are added up apart."""
    others = np.zeros(powers.shape)
    powers[:, :-1].cumsum(axis=1, out=others[:, 1:])
    others[:, :-1] += powers[:, :0:-1].cumsum(axis=1)[:, ::-1]
    return others


class Downlink:
    """Received powers and SINR of users [u] from their candidate cells [u, m] of all cells [c], per PRB.

    `near` (−1 where there is no cell) and `gain_db` are those of the channel, read again on `refresh`. Cells that are
    not among a user's candidates contribute nothing. Every user's result depends on its own row only, and is computed
    in an order that does not depend on others: where no candidate's activity changed, it is the same to the bit.
    """

    def __init__(self, near: Ints, gain_db: Floats, frequency_ghz: Floats, prb_dbm: Floats, noise_dbm: Floats) -> None:
        self.near = near
        self.gain_db = gain_db
        self.prb_dbm = prb_dbm
        """[c]: transmitted per PRB; after a change of it, `refresh` all users."""
        self._carriers = np.unique(frequency_ghz)
        # One more, for candidates −1: of no carrier, without power and noise, silent.
        self._carrier = np.append(np.searchsorted(self._carriers, frequency_ghz), -1)
        self._noise_mw = np.append(np.exp(noise_dbm * _NEPERS), 1.0)
        self._per_mw = np.zeros(len(prb_dbm) + 1)
        """[c + 1]: gain per received mW."""
        self._active = np.zeros(len(prb_dbm) + 1)
        self._scale = np.zeros(len(prb_dbm) + 1)
        self.received_mw = np.zeros(near.shape)
        """[u, m]: per PRB from each candidate at full power."""
        self.serving = np.full(len(near), -1)
        """[u]: cell that serves, −1 for none. Set by `serve`."""
        self._signal_mw = np.zeros(len(near))
        self._others_mw = np.zeros(near.shape)
        self._work = np.zeros(near.shape)
        self.refresh(np.arange(len(near)))

    def set_noise(self, noise_dbm: Floats) -> None:
        """[c]: noise per PRB at the users of each cell, external noise included."""
        self._noise_mw[:-1] = np.exp(noise_dbm * _NEPERS)

    def refresh(self, rows: Ints) -> None:
        """Takes the channel's new gains and candidates of users `rows`."""
        power = np.append(self.prb_dbm, -np.inf)
        np.exp(self.prb_dbm * -_NEPERS, out=self._per_mw[:-1])
        for block in self._blocks(len(rows)):
            part = rows[block]
            received = self.gain_db[part]
            received += power[self.near[part]]
            received *= _NEPERS
            self.received_mw[part] = np.exp(received, out=received)
            self._couple(part)

    def serve(self, serving: Ints) -> None:
        """Users [u] are served by these cells from now on, −1 for none.

        A cell that is not among a user's candidates has no signal for it.
        """
        rows = (serving != self.serving).nonzero()[0]
        self.serving[rows] = serving[rows]
        for block in self._blocks(len(rows)):
            self._couple(rows[block])

    def _couple(self, rows: Ints) -> None:
        """Parts the received powers of users `rows` into the signal and what can disturb it."""
        near, serving = self.near[rows], self.serving[rows, np.newaxis]
        received = self.received_mw[rows]
        # Of candidate −1, which is that of a user without a cell too, nothing is received.
        own = near == serving
        self._signal_mw[rows] = np.add.reduce(received * own, axis=1)
        others: Bools = ~own
        if len(self._carriers) > 1:
            others &= self._carrier[near] == self._carrier[serving]
        self._others_mw[rows] = np.multiply(received, others, out=received)

    def _load(self, activity: Floats, transmit: Floats) -> None:
        np.multiply(activity, transmit, out=self._active[:-1])
        self._scale[:-1] = transmit

    def serving_sinr(self, activity: Floats, transmit: Floats) -> Floats:
        """[u], linear: SINR from the serving cells; 0 without one.

        `activity` [c]: share 0..1 of the PRBs that each cell used in the step before. `transmit` [c]: share of its full
        power that a cell sends with: 1, 0 asleep, less when it is degraded.
        """
        self._load(activity, transmit)
        self._active.take(self.near, out=self._work, mode="wrap")
        np.multiply(self._work, self._others_mw, out=self._work)
        disturbance = np.add.reduce(self._work, axis=1)
        disturbance += self._noise_mw[self.serving]
        return np.asarray(self._signal_mw * self._scale[self.serving] / disturbance)

    def serving_gain(self) -> Floats:
        """[u], linear: between the users and their serving cells, the same both ways; 0 without one."""
        return self._signal_mw * self._per_mw.take(self.serving, mode="wrap")

    def heard_mw(self, sent_mw: Floats) -> Floats:
        """[c]: what each cell receives of users that send [u] mW and that others serve on its carrier.

        The users add up in their order, and who sends nothing is left out: what one cell hears depends on those only
        that have it among their candidates.
        """
        rows = sent_mw.nonzero()[0]
        heard = self._others_mw[rows]
        heard *= sent_mw[rows, np.newaxis]
        place = self.near[rows]
        place += 1
        total = np.bincount(place.ravel(), heard.ravel(), len(self._per_mw))
        return np.asarray(total[1:] * self._per_mw[:-1])

    def candidate_sinr(self, activity: Floats, transmit: Floats, users: Ints | None = None) -> Floats:
        """[n, m], linear: SINR that each candidate of users [n] would serve with; 0 where there is no cell.

        Arguments as above; `users` None: all of them. Interference is never a sum of all less the candidate's own
        power: that leaves nothing right of a weak rest.
        """
        self._load(activity, transmit)
        count = len(self.near) if users is None else len(users)
        sinr = np.empty((count, self.near.shape[1]))
        for block in self._blocks(count):
            rows = block if users is None else users[block]
            near, received = self.near[rows], self.received_mw[rows]
            heard = self._active.take(near, mode="wrap") * received
            disturbance = self._noise_mw.take(near, mode="wrap")
            if len(self._carriers) == 1:
                disturbance += _others(heard)
            else:
                carrier = self._carrier[near]
                for index in range(len(self._carriers)):
                    alike = carrier == index
                    disturbance += np.where(alike, _others(np.where(alike, heard, 0.0)), 0.0)
            np.divide(self._scale.take(near, mode="wrap") * received, disturbance, out=sinr[block])
        return sinr

    def _blocks(self, rows: int) -> list[slice]:
        step = max(BLOCK // self.near.shape[1], 1)
        return [slice(first, first + step) for first in range(0, rows, step)]

    def rsrp_dbm(self, transmit: Floats) -> Floats:
        """[u, m]: per resource element, −∞ where there is no cell or it is asleep."""
        power = np.full(len(self._scale), -np.inf)
        with np.errstate(divide="ignore"):
            np.add(self.prb_dbm, 10 * np.log10(transmit / SUBCARRIERS), out=power[:-1])
        return power.take(self.near, mode="wrap") + self.gain_db
