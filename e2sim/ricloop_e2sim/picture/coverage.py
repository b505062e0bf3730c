"""Which cell serves a point best, and how well: the channel's model on a grid, without users and without chance.

Shadow fading is left out, and of a point that sees a site with some probability (TR 38.901 table 7.4.2-1) the gain is
the mean in dB of both cases. So a map is smooth, and the same for every seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY
from ricloop_e2sim.channel.draws import user_keys
from ricloop_e2sim.channel.pathloss import LEAST_M
from ricloop_e2sim.channel.plan import Settings, outdoors
from ricloop_e2sim.channel.sight import PROBABILITIES
from ricloop_e2sim.channel.tier import Tier
from ricloop_e2sim.network.deployment import Deployment
from ricloop_e2sim.phy.carrier import prb_dbm
from ricloop_e2sim.phy.sinr import Downlink, sinr_db

POINTS = 24_000
NOTHING_DB = -200.0
"""SINR where nobody serves."""
_BLOCK = 4_096
"""Points computed together, so that memory on the way is bounded."""
_SURE = 40.0
"""Of a standard normal field: below minus this a point surely sees its sites, above it surely does not."""


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """A map for one state of the network; every field is [ny, nx], south to north and west to east."""

    best: Ints
    """Cell that users there choose, −1 where none is heard."""
    rsrp_dbm: Floats
    """Of that cell; −∞ where there is none."""
    sinr_db: Floats
    """In that cell; −200 where there is none."""


class Coverage:
    """Users in the street, 1.5 m high, at the middles of `points` squares at the most."""

    def __init__(self, deployment: Deployment, near_sites: int = 12, points: int = POINTS) -> None:
        """Raises ConfigError for fewer than one point."""
        if points < 1:
            raise ConfigError(f"a map of {points} points shows nothing: give at least 1")
        width, height = deployment.area.size.tolist()
        self.x_m, self.y_m = _middles(deployment.area.corner, width, height, points)
        xy = np.stack(np.meshgrid(self.x_m, self.y_m), axis=-1).reshape(-1, 2)
        self.near, gain_db = _mean_gain_db(deployment, xy, Settings(near_sites=near_sites, fading=False))
        self._preference: Floats = np.append(deployment.preference_db, 0.0)[self.near]
        full_dbm = prb_dbm(deployment.power_dbm, deployment.prbs)
        self._noise_dbm = deployment.noise_dbm
        frequency = deployment.plan.frequency_ghz
        self._downlink = Downlink(self.near, gain_db, frequency, full_dbm, self._noise_dbm)

    @property
    def shape(self) -> tuple[int, int]:
        """ny, nx."""
        return len(self.y_m), len(self.x_m)

    def served(
        self, load: Floats, transmit: Floats, noise_db: Floats | None = None, barred: Bools | None = None
    ) -> Served:
        """The map in one state of the cells [c].

        They use `load` 0..1 of their PRBs and send with `transmit` of their power, 0 asleep. Users hear `noise_db`
        more noise than the thermal; barred ones serve nobody, and disturb all the same.
        """
        self._downlink.set_noise(self._noise_dbm if noise_db is None else self._noise_dbm + noise_db)
        rsrp = self._downlink.rsrp_dbm(transmit)
        if barred is not None:
            rsrp = np.where(np.append(barred, False)[self.near], -np.inf, rsrp)
        slot = (rsrp + self._preference).argmax(axis=1)[:, np.newaxis]
        strength = np.take_along_axis(rsrp, slot, axis=1)
        cell = np.where(np.isfinite(strength), np.take_along_axis(self.near, slot, axis=1), -1)
        sinr = sinr_db(np.take_along_axis(self._downlink.candidate_sinr(load, transmit), slot, axis=1))
        sinr = np.where(cell < 0, NOTHING_DB, sinr)
        return Served(cell.reshape(self.shape), strength.reshape(self.shape), sinr.reshape(self.shape))

    def strongest(self, most: int) -> tuple[Ints, Floats]:
        """The cells [ny, nx, k] that points hear best at full power, best first, and their RSRP in dBm; k ≤ `most`."""
        rsrp = self._downlink.rsrp_dbm(np.ones(len(self._downlink.prb_dbm)))
        order = np.argsort(-rsrp, axis=1, kind="stable")[:, :most]
        cells, strength = np.take_along_axis(self.near, order, axis=1), np.take_along_axis(rsrp, order, axis=1)
        return cells.reshape(*self.shape, -1), strength.reshape(*self.shape, -1)


def _middles(corner: Floats, width: float, height: float, points: int) -> tuple[Floats, Floats]:
    """[nx], [ny]: middles of squares, or nearly, of which at most `points` fill the area."""
    side = np.sqrt(width * height / points)
    columns = int(np.clip(width // side, 1, points))
    rows = int(np.clip(points // columns, 1, max(height // side, 1)))
    east = corner[0] + (np.arange(columns) + 0.5) * width / columns
    north = corner[1] + (np.arange(rows) + 0.5) * height / rows
    return east, north


def _mean_gain_db(deployment: Deployment, xy: Floats, settings: Settings) -> tuple[Ints, Floats]:
    """[n, m]: candidate cells of points [n, 2], −1 where there is none, and the mean gains; −∞ there."""
    users, plan = outdoors(len(xy)), deployment.plan
    keys, still = user_keys(np.random.SeedSequence(0), len(xy)), np.zeros(len(xy), dtype=np.int64)
    near, gain = [], []
    for scenario in sorted(set(plan.scenario)):
        tier = Tier(plan, scenario, users, keys, settings)
        blocks = [np.arange(first, min(first + _BLOCK, len(xy))) for first in range(0, len(xy), _BLOCK)]
        near.append(np.concatenate([tier.find(rows, xy[rows], still[rows]) for rows in blocks]))
        gain.append(np.concatenate([_of_points(tier, rows, xy[rows]) for rows in blocks]))
    return np.concatenate(near, axis=1), np.concatenate(gain, axis=1)


def _of_points(tier: Tier, rows: Ints, xy: Floats) -> Floats:
    """[n, columns] dB, of points `rows` at `xy` [n, 2]."""
    tier.field[rows] = -_SURE
    seen = tier.gain_db(rows, xy)
    tier.field[rows] = _SURE
    hidden = tier.gain_db(rows, xy)
    place = np.stack((tier.sites.x_m, tier.sites.y_m), axis=-1)[tier.near[rows]] - xy[:, np.newaxis]
    distance = np.maximum(np.hypot(place[..., 0], place[..., 1]), LEAST_M[tier.scenario])
    sight = PROBABILITIES[tier.scenario](distance, tier.height_m[rows], NUMPY)[:, np.newaxis]
    better = np.subtract(seen, hidden, out=np.zeros_like(seen), where=np.isfinite(hidden))
    return (hidden + sight * better).reshape(len(rows), tier.columns)
