"""Sites in a hexagonal grid, three sectors each."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.channel import ELEMENT, Antenna, Plan


def hexagons(rings: int, distance_m: float) -> Floats:
    """[s, 2]: a site and so many rings of sites around it, the nearer first."""
    steps = [
        (q, r)
        for q in range(-rings, rings + 1)
        for r in range(-rings, rings + 1)
        if max(abs(q), abs(r), abs(q + r)) <= rings
    ]
    steps.sort(key=lambda step: step[0] ** 2 + step[1] ** 2 + step[0] * step[1])
    q, r = np.array(steps, dtype=np.float64).T
    return distance_m * np.stack((q + r / 2, r * np.sqrt(3) / 2), axis=1)


def three_sectors(
    sites: Floats, f_ghz: float = 3.5, antenna: Antenna = ELEMENT, tilt_deg: float = 6.0, scenario: str = "UMa"
) -> Plan:
    """Three cells per site of [s, 2], 25 m up."""
    count = len(sites)
    cells = np.ones(3 * count)
    return Plan(
        sites[:, 0],
        sites[:, 1],
        np.full(count, 25.0),
        (scenario,) * count,
        np.repeat(np.arange(count), 3),
        np.tile([30.0, 150.0, 270.0], count),
        cells * tilt_deg,
        cells * f_ghz,
        cells * antenna.peak_dbi,
        cells * antenna.horizontal_deg,
        cells * antenna.vertical_deg,
    )
