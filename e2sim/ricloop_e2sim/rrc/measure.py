"""What a user has measured of its candidate cells: the layer-3 filter (TS 38.331 5.5.3.2)."""

from __future__ import annotations

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.arrays import Arrays
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.arithmetic.hostarrays import NUMPY

SAMPLE_US = 200_000
"""The sample period for which the coefficient k is given."""

ALL = slice(None)


class L3Filter:
    """F ← (1−a)F + aM with a = 2^(−k/4) per 200 ms, in the form that gives the same F(t) at any tick.

    A candidate's first sample is taken as it is; one that cannot be measured (−inf) is forgotten at once.
    """

    def __init__(self, users: int, candidates: int, tick_us: int, k: int = 4, xp: Arrays = NUMPY) -> None:
        """Raises ConfigError for a coefficient outside 0..19 (filterCoefficient of TS 38.331)."""
        if not 0 <= k <= 19:
            raise ConfigError(f"filter coefficient k {k} is outside 0..19; 0 is no filter, 4 is the usual one")
        self._xp = xp
        self.filtered = xp.full((users, candidates), -np.inf)
        """[users, candidates]: dBm, or whatever is measured; −inf where nothing was yet."""
        self._gain = 1 - (1 - 2 ** (-k / 4)) ** (tick_us / SAMPLE_US)

    def restart(self, users: Ints, where: Bools) -> None:
        """Forget of users [n] the places [n, candidates] that now hold another cell."""
        self.filtered[users] = self._xp.where(where, -np.inf, self.filtered[users])

    def update(self, measured: Floats, users: slice = ALL) -> Floats:
        """Take in one tick of these users, [n, candidates], −inf where nothing is received. Returns theirs."""
        before = self.filtered[users]
        with np.errstate(invalid="ignore"):
            blended = measured - before
            blended *= self._gain
            blended += before
        # From or to −inf the blend is no number, or infinite: then the sample itself holds.
        finite = self._xp.isfinite(blended)
        if self._xp.some(~finite):
            blended = self._xp.where(finite, blended, measured)
        self.filtered[users] = blended
        return self.filtered[users]
