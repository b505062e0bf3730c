"""Where sites and users stand, what the users receive, and which cell is whose home."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.gnb import radio
from ricloop_e2sim.phy.carrier import SUBCARRIERS, Carrier

SITE_DISTANCE_M = 500.0
LEAST_DISTANCE_M = 35.0
NOISE_FIGURE_DB = 9.0
NEIGHBOUR_LOAD = 0.3
"""PRB use assumed of every other cell on the same carrier. It is fixed, not fed back: then a gNB's part of a scenario
is the same whether it runs alone or with the others."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One carrier that every sector has. The first layer of a scenario is the coverage layer."""

    frequency_mhz: int
    bandwidth_mhz: int
    power_dbm: float = 46.0
    """Over the whole carrier; macro FDD 20 MHz: 46 dBm."""

    @property
    def prbs(self) -> int:
        """Of an FDD carrier with subcarriers 15 kHz apart. Raises ConfigError for a bandwidth the standard has not."""
        return Carrier(self.frequency_mhz / 1000, self.bandwidth_mhz, 15).prbs


def site_positions(count: int) -> Floats:
    """[sites, 2] in m: the middle, then rings of a hexagonal grid."""
    places = [(0.0, 0.0)]
    ring = 0
    while len(places) < count:
        ring += 1
        corners = [(math.cos(side * math.pi / 3), math.sin(side * math.pi / 3)) for side in range(7)]
        for (x0, y0), (x1, y1) in itertools.pairwise(corners):
            for step in range(ring):
                part = step / ring
                places.append(
                    (ring * SITE_DISTANCE_M * (x0 + (x1 - x0) * part), ring * SITE_DISTANCE_M * (y0 + (y1 - y0) * part))
                )
    return np.array(places[:count])


def place_users(centre: Floats, sectors: int, each: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Positions [users, 2] and sectors [users], uniform over each sector's wedge out to half a site distance."""
    user_sector = np.repeat(np.arange(sectors), each)
    count = len(user_sector)
    width = 2 * np.pi / max(sectors, 3)
    angle = user_sector * 2 * np.pi / sectors + (rng.random(count) - 0.5) * width
    near2, far2 = LEAST_DISTANCE_M**2, (SITE_DISTANCE_M / 2) ** 2
    reach = np.sqrt(near2 + rng.random(count) * (far2 - near2))
    return centre + np.column_stack((np.cos(angle), np.sin(angle))) * reach[:, None], user_sector


def receive(
    position: Floats, site: int, sites: int, sectors: int, layers: Sequence[Layer], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """RSRP in dBm and SINR in dB of one site's cells at every user, [users, cells]."""
    offset = position[:, None, :] - site_positions(sites)[None, :, :]
    distance = np.maximum(np.hypot(offset[..., 0], offset[..., 1]), LEAST_DISTANCE_M)
    # Sight and shadowing belong to a user and a site: its sectors and carriers share them.
    sight = rng.random(distance.shape) < radio.uma_los_probability(distance)
    shadow = rng.standard_normal(distance.shape) * np.where(sight, radio.SHADOW_LOS_DB, radio.SHADOW_NLOS_DB)
    bearing = np.degrees(np.arctan2(offset[..., 1], offset[..., 0]))[..., None]
    gain = radio.sector_gain(bearing - np.arange(sectors) * 360 / sectors)
    rsrp = np.empty((len(position), sectors, len(layers)))
    sinr = np.empty_like(rsrp)
    noise = radio.to_linear(radio.noise_dbm(15e3, NOISE_FIGURE_DB))
    for number, layer in enumerate(layers):
        frequency = layer.frequency_mhz / 1000
        loss = np.where(sight, radio.uma_los(distance, frequency), radio.uma_nlos(distance, frequency)) + shadow
        subcarriers = SUBCARRIERS * layer.prbs
        received = layer.power_dbm - 10 * math.log10(subcarriers) + gain - loss[..., None]
        linear = radio.to_linear(received)
        own = linear[:, site, :]
        others = NEIGHBOUR_LOAD * (linear.sum(axis=(1, 2))[:, None] - own)
        rsrp[..., number] = received[:, site, :]
        sinr[..., number] = radio.to_db(own / (others + noise))
    shape = (len(position), sectors * len(layers))
    return rsrp.reshape(shape), sinr.reshape(shape)


def homes(rate: Floats, user_sector: Ints, layer_prbs: Floats, least: float) -> Ints:
    """Share each sector's users among its layers so that each layer's load follows its PRBs.

    The coverage cell keeps the users that need the most of it, as far as its share goes; each capacity layer takes
    those that it serves best of the others. Whoever receives no capacity layer well stays with the coverage cell.
    """
    layers = len(layer_prbs)
    home = user_sector * layers
    for sector in np.unique(user_sector):
        users = np.flatnonzero(user_sector == sector)
        first = sector * layers
        need = 1 / rate[users, first]
        reachable: Bools = np.max(rate[users, first + 1 : first + layers], axis=1, initial=0.0) >= np.float64(least)
        room = need.sum() * layer_prbs[0] / layer_prbs.sum() - need[~reachable].sum()
        free = []
        for place in np.argsort(-need, kind="stable"):
            if reachable[place] and need[place] > room:
                free.append(users[place])
            elif reachable[place]:
                room -= need[place]
        rest = np.array(free, dtype=np.int64)
        for layer in range(layers - 1, 0, -1):
            ranked = rest[np.argsort(-rate[rest, first + layer], kind="stable")]
            quota = len(ranked) if layer == 1 else round(len(free) * float(layer_prbs[layer] / layer_prbs[1:].sum()))
            chosen = ranked[:quota]
            chosen = chosen[np.greater_equal(rate[chosen, first + layer], least)]
            home[chosen] = first + layer
            rest = np.setdiff1d(rest, chosen)
    return home
