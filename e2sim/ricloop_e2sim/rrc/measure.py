"""What a user has measured of its candidate cells: the layer-3 filter (TS 38.331 5.5.3.2)."""

from __future__ import annotations

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.layout import Bools, Floats

SAMPLE_US = 200_000
"""The sample period for which the coefficient k is given."""


class L3Filter:
    """F ← (1−a)F + aM with a = 2^(−k/4) per 200 ms, in the form that gives the same F(t) at any tick.

    A candidate's first sample is taken as it is; one that cannot be measured (−inf) is forgotten at once.
    """

    def __init__(self, users: int, candidates: int, tick_us: int, k: int = 4) -> None:
        """Raises ConfigError for a coefficient outside 0..19 (filterCoefficient of TS 38.331)."""
        if not 0 <= k <= 19:
            raise ConfigError(f"filter coefficient k {k} is outside 0..19; 0 is no filter, 4 is the usual one")
        self.filtered: Floats = np.full((users, candidates), -np.inf)
        """[users, candidates]: dBm, or whatever is measured; −inf where nothing was yet."""
        self._gain = 1 - (1 - 2 ** (-k / 4)) ** (tick_us / SAMPLE_US)

    def restart(self, where: Bools) -> None:
        """Forget, [users, candidates]: the place now holds another cell."""
        self.filtered[where] = -np.inf

    def update(self, measured: Floats) -> Floats:
        """Take in one tick, [users, candidates], −inf where nothing is received. Returns `filtered`, new."""
        with np.errstate(invalid="ignore"):
            blended = np.subtract(measured, self.filtered)
            blended *= self._gain
            blended += self.filtered
        # From or to −inf the blend is no number, or infinite: then the sample itself holds.
        np.copyto(blended, measured, where=~np.isfinite(blended))
        self.filtered = blended
        return blended
