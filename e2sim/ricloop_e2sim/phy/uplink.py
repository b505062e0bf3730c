"""The uplink: open-loop power control, and SINR at the serving cell over what its neighbours' users let it hear.

A user's power follows the number of PRBs that it sends on at once, PRB by PRB, until it is at its most (TS 38.213
7.1.1). A scheduler knows that from power headroom reports and gives no user more PRBs at once than it has power for, so
what a PRB carries does not depend on how many there are; who cannot afford one sends on one at full power.

Interference is what a cell hears, in the mean over its band, of the users that its neighbours served in the step
before: as in the downlink, cells couple through their loads without a loop to solve. Within a cell users have PRBs of
their own and do not disturb one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.bounds import within
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

_NEPERS = np.log(10) / 10
LEAST_GAIN = 1e-30
"""Of a user without a cell, which has a power, though it sends nothing."""


@dataclass(frozen=True, slots=True)
class PowerControl:
    """Of PUSCH (TS 38.213 7.1.1), without closed loop, and MCS-dependent part. Raises ConfigError for what cannot be.

    P = min(most, p0 + 10 log10(2^μ M) + alpha PL) of M PRBs of 15 kHz × 2^μ; a pair often evaluated with.
    """

    p0_dbm: float = -75.0
    """Aimed at, of a PRB of 15 kHz, where all of the path loss is made up for."""
    alpha: float = 0.8
    """Share of the path loss that is made up for: the rest keeps users at the edge from disturbing the neighbours."""
    most_dbm: float = 23.0
    """Of power class 3 (TS 38.101-1 6.2.1)."""

    def __post_init__(self) -> None:
        within(-202, 24, p0_dbm=self.p0_dbm)
        within(0, 1, alpha=self.alpha)
        within(-40, 33, most_dbm=self.most_dbm)


class Uplink:
    """Powers and SINR of users [u] in their serving cells, of all cells [c], per PRB."""

    def __init__(self, control: PowerControl, users: int, spacing_khz: Floats, noise_dbm: Floats) -> None:
        """`noise_dbm` [c]: thermal, of one PRB at the cell's receiver."""
        self._alpha = control.alpha
        self._most_mw = np.exp(control.most_dbm * _NEPERS)
        # Of arrays of cells, one more is for no cell.
        self._wider = np.append(spacing_khz / 15, 1.0)
        self._target_mw = np.exp(control.p0_dbm * _NEPERS) * self._wider
        self._thermal_mw: Floats = np.exp(noise_dbm * _NEPERS)
        self._noise_mw: Floats = self._thermal_mw
        self._heard_mw: Floats = np.zeros(len(noise_dbm))
        self._disturbance_mw = np.append(self._noise_mw, 1.0)
        self.sent_mw: Floats = np.zeros(users)
        """[u]: of each PRB that it sends on."""
        self._received_mw: Floats = np.zeros(users)
        """[u]: of that, in the serving cell."""
        self._headroom: Floats = np.ones(users)
        self.most_prbs: Floats = np.ones(users)
        """[u]: that it has power for at once; not whole, as means over time are not, and at least 1."""

    def set_noise(self, noise_dbm: Floats) -> None:
        """[c]: noise per PRB at the cells' receivers from now on, external noise included."""
        self._noise_mw = np.exp(noise_dbm * _NEPERS)
        self.hear(self._heard_mw)

    def hear(self, heard_mw: Floats) -> None:
        """[c] mW per PRB of other cells' users, from now on."""
        self._heard_mw = heard_mw
        np.add(self._noise_mw, heard_mw, out=self._disturbance_mw[:-1])

    def over_thermal(self) -> Floats:
        """[c], linear: all noise and interference over the thermal noise."""
        return np.asarray(self._disturbance_mw[:-1] / self._thermal_mw)

    def headroom_db(self, serving: Ints) -> Floats:
        """[u]: of type 1, for no actual transmission: most − p0 − alpha PL (TS 38.213 7.7.1)."""
        return np.asarray(10 * np.log10(self._headroom * self._wider.take(serving, mode="wrap")))

    def aim(self, gain: Floats, serving: Ints) -> None:
        """Sets the powers for `gain` [u], linear, to the serving cells [u], −1 none."""
        aimed = self._target_mw.take(serving, mode="wrap")
        aimed /= np.maximum(gain, LEAST_GAIN) ** self._alpha
        self.sent_mw = np.minimum(aimed, self._most_mw)
        self._headroom = self._most_mw / aimed
        self.most_prbs = np.maximum(self._headroom, 1.0)
        self._received_mw = self.sent_mw * gain

    def sinr(self, serving: Ints) -> Floats:
        """[u], linear, in the cells that the powers are set for."""
        return np.asarray(self._received_mw / self._disturbance_mw.take(serving, mode="wrap"))
