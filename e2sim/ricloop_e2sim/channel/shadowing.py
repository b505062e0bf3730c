"""Shadow fading: its deviation and correlation distance (TR 38.901 tables 7.4.1-1 and 7.5-6), and one step of it.

One standard normal process per user and site, which the sectors and carriers of the site share, and one per user, which
all its sites share: with a share c of the variance in the common one, two sites are correlated by c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats
from ricloop_e2sim.arithmetic.hostarrays import NUMPY


@dataclass(frozen=True, slots=True)
class Shadowing:
    """One scenario's shadow fading."""

    los_db: float
    """Standard deviation in sight."""
    beyond_db: float
    """In sight beyond the break point."""
    nlos_db: float
    o2i_db: float
    """For users indoors, seen or not."""
    los_m: float
    """Correlation distance in sight."""
    nlos_m: float
    o2i_m: float


SHADOWING = {
    "UMa": Shadowing(4.0, 4.0, 6.0, 7.0, 37.0, 50.0, 7.0),
    "UMi": Shadowing(4.0, 4.0, 7.82, 7.0, 10.0, 13.0, 7.0),
    "RMa": Shadowing(4.0, 6.0, 8.0, 8.0, 37.0, 120.0, 120.0),
    # An indoor office is not entered from outdoors: whoever is indoors is in it.
    "InH": Shadowing(3.0, 3.0, 8.03, 8.03, 10.0, 6.0, 6.0),
}
"""Scenario → shadow fading."""


def by_sight(los: float, nlos: float, o2i: float, penetrated: Bools) -> Floats:
    """[users, 2], in sight and out of sight: for users behind a wall both are the value for O2I."""
    return np.where(penetrated[:, np.newaxis], o2i, np.array([los, nlos]))


def memory(moved_m: Floats, correlation_m: Floats | float, xp: Arrays = NUMPY) -> tuple[Floats, Floats]:
    """ρ = exp(−moved/d_cor) and √(1 − ρ²): what a process keeps, and how much of a new normal it takes."""
    kept = xp.exp(-moved_m / correlation_m)
    return kept, xp.sqrt(1 - kept * kept)
