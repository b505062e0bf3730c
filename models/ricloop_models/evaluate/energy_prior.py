"""How load goes on in a network that nobody has seen before: as in other networks at that hour.

Load stays and ramps as theirs did, or is anything that they carry at that hour: how probable that is, the setting says
(its trust in the time of day). With all trust a policy is a night window of the best hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints
from ricloop_models.evaluate.energy_world import Seen

STEP = 0.01
LOADS = np.arange(-2, 4 + STEP / 2, STEP)
"""Shares of a cover at which distributions are kept."""


@dataclass(frozen=True, eq=False)
class Prior:
    """Distributions by hour of day, pooled over other networks with equal weight.

    Another network's load is taken as share of its own busiest hours', times the covers that would fill this network's
    sectors: networks are built for their busiest hours.
    """

    ramp: NDArray[np.float64]
    """[24, loads]: P(change from one hour to the next ≤ …), at the hours that it lies between."""
    level: NDArray[np.float64]
    """[24, loads]: P(load ≤ …)."""

    @classmethod
    def of(cls, networks: Sequence[tuple[Floats, Ints]]) -> Prior:
        """`networks`: (loads [hours, entities] as shares of a cover, hour of day [hours])."""
        ramp, level = np.zeros((24, len(LOADS))), np.zeros((24, len(LOADS)))
        for loads, hour in networks:
            change = np.diff(loads, axis=0)
            for at in range(24):
                around = (hour[1:] == at) | (hour[:-1] == at)
                ramp[at] += _distribution(change[around]) / len(networks)
                level[at] += _distribution(loads[hour == at]) / len(networks)
        return cls(ramp, level)

    def nights(self, limit: float) -> list[float]:
        """Quantiles at which, with all trust, one more hour of the day fits under `limit`, ascending."""
        found: list[float] = np.unique(self.level[:, round((limit - LOADS[0]) / STEP)]).tolist()
        return found

    def upper(self, load: Floats, hour: int, quantiles: Floats, trust: Floats) -> Floats:
        """[copies, n]: of the next interval's load, given this one's [n], at quantiles [copies]; infinite where other
        networks never said so much. `trust` [copies]: probability that it is anything that other networks carry at
        that hour."""
        stays = np.interp(LOADS - load[:, None], LOADS, self.ramp[hour], left=0.0, right=1.0)
        found = np.empty((len(quantiles), len(load)))
        for at, (quantile, share) in enumerate(zip(quantiles.tolist(), trust.tolist(), strict=True)):
            reached = (1 - share) * stays + share * self.level[hour] >= quantile - 1e-12
            found[at] = np.where(reached.any(axis=1), LOADS[reached.argmax(axis=1)], np.inf)
        return found


class PriorAhead:
    """`energy_rules.Ahead` of one copy per quantile and trust: it needs no memory."""

    def __init__(self, prior: Prior, quantiles: Floats, trust: Floats) -> None:
        # What is foretold rises with the load: a table of it, read at the next greater load.
        self._loads = LOADS[LOADS > -STEP / 2]
        self._table = np.stack([prior.upper(self._loads, hour, quantiles, trust) for hour in range(24)])

    def upper(self, seen: Seen) -> tuple[Floats, Floats]:
        row = np.minimum(np.searchsorted(self._loads, seen.both - 1e-9), len(self._loads) - 1)
        found = np.take_along_axis(self._table[int(seen.hour) % 24], row, axis=1)
        return found, found


def _distribution(values: Floats) -> Floats:
    """[loads]: share of the values that are not greater."""
    return np.searchsorted(np.sort(values, axis=None), LOADS, side="right") / values.size
