"""Antenna patterns (TR 38.901 table 7.3-1), dB relative to the peak, of any shape that broadcasts.

A width is the angle in degrees between the points 3 dB down; an infinite one is no pattern: omnidirectional.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.arithmetic.hostarrays import NUMPY

FLOOR_DB = 30.0
"""A_max and SLA_V: the most that an angle, or both together, take away."""
ROOT = 12**0.5
"""12 (φ/width)² = (√12 φ/width)²."""


def pattern_db(
    angle_deg: Floats, below_deg: Floats, horizontal_deg: Floats, vertical_deg: Floats, xp: Arrays = NUMPY
) -> Floats:
    """A'' at angles from the boresight, −540..540 degrees, and below the tilted beam's axis (θ − 90° − tilt).

    An angle of 0 or an infinite width leaves one of A_H and A_V alone. Both together reach the floor before either
    would be cut by its own, so one cut does for all three.
    """
    around = abs(angle_deg)
    around = xp.minimum(around, 360 - around) * (ROOT / horizontal_deg)
    up = below_deg * (ROOT / vertical_deg)
    around *= around
    return -xp.minimum(around + up * up, FLOOR_DB)


@dataclass(frozen=True, slots=True)
class Antenna:
    """The columns of a cell's antenna."""

    peak_dbi: float
    horizontal_deg: float = 65.0
    vertical_deg: float = 65.0


ELEMENT = Antenna(8.0)
OMNI = Antenna(0.0, np.inf, np.inf)
MOST_DBI = 17.0
"""Of an FDD macro sector antenna."""


def panel(elements: int) -> Antenna:
    """A sector antenna of a column of elements half a wavelength apart: 8 dBi + 10 log N, at most 17 dBi.

    Its beam is as much narrower than the element's as the column is long: 102°/N between the half-power points of a
    uniform broadside array, where that is less than 65°. Raises ConfigError for less than one element.
    """
    if elements < 1:
        raise ConfigError(f"an antenna panel of {elements} elements; it takes 1 or more")
    return Antenna(min(ELEMENT.peak_dbi + float(10 * np.log10(elements)), MOST_DBI), 65.0, min(65.0, 102.0 / elements))
