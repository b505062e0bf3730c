"""Loss into and in buildings (TR 38.901 7.4.3.1): outdoor to indoor, O2I."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats

LOW_DEVIATION_DB = 4.4
HIGH_DEVIATION_DB = 6.5
PER_METRE_DB = 0.5
DEEPEST_M = 25.0
"""Behind the wall, in UMa and UMi."""


def depth_m(rng: np.random.Generator, users: int) -> Floats:
    """[users]: distances behind the wall, the smaller of two uniform ones; always two draws per user."""
    return np.asarray(rng.uniform(0.0, DEEPEST_M, (users, 2)).min(axis=1))


def _through(share: float, loss_db: Floats, rest_db: Floats) -> Floats:
    return 5 - 10 * np.log10(share * 10 ** (loss_db / -10) + (1 - share) * 10 ** (rest_db / -10))


def wall_db(high: Bools, f_ghz: Floats) -> Floats:
    """Loss through the outer wall, of the broadcast shape (tables 7.4.3-1 and 7.4.3-2).

    Low loss: 30 % standard glass and 70 % concrete. High loss: 70 % infrared-reflecting glass and 30 % concrete.
    """
    concrete = 5 + 4 * f_ghz
    low = _through(0.3, 2 + 0.2 * f_ghz, concrete)
    return np.where(high, _through(0.7, 23 + 0.3 * f_ghz, concrete), low)


def penetration_db(indoor: Bools, high: Bools, depth: Floats, normal: Floats, f_ghz: Floats) -> Floats:
    """All that being indoors adds to the outdoor loss, dB, of the broadcast shape; 0 outdoors.

    `normal` is one standard normal per user: how much its building differs from the mean one.
    """
    random = np.where(high, HIGH_DEVIATION_DB, LOW_DEVIATION_DB) * normal
    return np.where(indoor, wall_db(high, f_ghz) + PER_METRE_DB * depth + random, 0.0)
