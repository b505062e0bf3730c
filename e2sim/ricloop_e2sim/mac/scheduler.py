"""The fluid scheduler: PRBs of every cell to its users for one tick, in slices and by the cell's policy.

Each user asks for the PRBs that its backlog needs at its own rate. Where all fit, and no ratio of a slice binds, all
get what they ask and nothing else is computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.mac.policy import AverageThroughput, Policy
from ricloop_e2sim.mac.slices import SliceRatios, slice_prbs
from ricloop_e2sim.mac.waterfill import best_first, by_weight, total

ENOUGH = 1 + 1e-12
"""Times what there is: a supply computed as a sum may miss an equal demand by its last digit, and is not too little."""
ROUND_ROBIN, MAX_CI, QOS_PROPORTIONAL_FAIR = (
    int(policy) for policy in (Policy.ROUND_ROBIN, Policy.MAX_CI, Policy.QOS_PROPORTIONAL_FAIR)
)
"""As plain numbers: an array is compared with a member of an enumeration eight times as slowly."""


@dataclass(frozen=True, slots=True, eq=False)
class Grants:
    """What one tick gave."""

    prbs: Floats
    """[users]: mean over the tick."""
    bits: Floats
    """[users]: delivered."""
    used: Floats
    """[cells]: PRBs in use, mean over the tick."""


class Scheduler:
    """Scheduler of every cell, with the average throughput of every user."""

    def __init__(
        self,
        policy: Ints,
        users: int,
        *,
        window_us: int = 1_000_000,
        qos_weight: Floats | None = None,
        ratios: SliceRatios | None = None,
    ) -> None:
        """`policy` [cells] of `Policy`, `window_us` of the proportional-fair average, `qos_weight` [users] > 0.

        Raises ConfigError for an unknown policy, a weight that is not positive, and a window that is not positive.
        """
        unknown = sorted(set(policy.tolist()) - set(Policy))
        if unknown:
            raise ConfigError(f"scheduler policy {unknown[0]} is unknown; known: {', '.join(p.name for p in Policy)}")
        if qos_weight is not None and not bool((qos_weight > 0).all()):
            raise ConfigError(f"QoS weight {qos_weight.min():g} is not positive; a low one, as 0.1, waits longest")
        self._policy = policy
        self._policies = tuple(sorted(set(policy.tolist())))
        """Those of any cell."""
        self.average = AverageThroughput(users, window_us)
        self.ratios = SliceRatios(len(policy), 1) if ratios is None else ratios
        self.qos_weight: Floats = np.ones(users) if qos_weight is None else qos_weight
        self._supply: Floats = np.zeros(len(policy) + 1)
        """PRBs of every cell, and none of no cell: index −1 is the last."""
        self._short: Bools = np.zeros(len(policy) + 1, dtype=np.bool_)
        """Cells that are asked for more than they have; no cell is not."""

    def schedule(
        self,
        serving: Ints,
        rate: Floats,
        backlog: Floats,
        prbs: Floats,
        tick_us: int,
        *,
        slice_of: Ints | None = None,
        reachable: Floats | None = None,
    ) -> Grants:
        """Serve one tick of `tick_us`.

        `serving` [users] cell, −1 none; `rate` [users] bit/s per PRB; `backlog` [users] bits; `prbs` [cells] available,
        mean over the tick; `slice_of` [users] slice, None: all in the first; `reachable` [users] share of the tick in
        which a user can receive, None: all of it.
        """
        seconds = tick_us / 1e6
        self._supply[:-1] = prbs
        limit = self._supply[serving]
        per_prb = rate * seconds
        # At no rate nothing is asked for.
        need = backlog / np.where(per_prb > 0, per_prb, np.inf)
        asked = np.minimum(need, limit if reachable is None else limit * reachable)
        place = serving + 1
        used = total(asked, place, len(self._supply))[1:]
        granted = asked
        if self.ratios.any_sliced:
            granted = self._divide_slices(asked, serving, rate, slice_of)
        else:
            np.greater(used, prbs * ENOUGH, out=self._short[:-1])
            short = (self._short[serving] & (asked > 0)).nonzero()[0]
            if len(short):
                granted = self._divide(asked, short, serving, rate, serving, prbs)
        if granted is not asked:
            used = total(granted, place, len(self._supply))[1:]
        # What is served in full leaves exactly nothing behind.
        bits = granted * per_prb
        np.copyto(bits, backlog, where=(granted >= need) & (need > 0))
        self.average.add(bits, tick_us)
        return Grants(granted, bits, used)

    def _divide_slices(self, asked: Floats, serving: Ints, rate: Floats, slice_of: Ints | None) -> Floats:
        """[users]: grants where slices of cells have PRBs of their own."""
        ratios = self.ratios
        cells, slices = ratios.dedicated.shape
        segment = serving * slices if slice_of is None else serving * slices + slice_of * ratios.sliced[serving]
        some = asked.nonzero()[0]
        demand = total(asked[some], segment[some], cells * slices)
        supply = slice_prbs(demand.reshape(cells, slices), self._supply[:-1], ratios).ravel()
        short = some[(demand > supply * ENOUGH)[segment[some]]]
        return self._divide(asked, short, serving, rate, segment, supply) if len(short) else asked

    def _divide(self, asked: Floats, short: Ints, serving: Ints, rate: Floats, segment: Ints, supply: Floats) -> Floats:
        """[users]: grants where users `short`, by index, compete for the supply of their segments, [segments]."""
        granted = asked.copy()
        if MAX_CI in self._policies:
            best = self._policy[serving[short]] == MAX_CI
            first, short = short[best], short[~best]
            granted[first] = best_first(asked[first], rate[first], segment[first], supply)
        if len(short):
            weight = self._weight(short, serving, rate)
            granted[short] = by_weight(asked.take(short), weight, segment.take(short), supply)
        return granted

    def _weight(self, users: Ints, serving: Ints, rate: Floats) -> Floats:
        """Of some users by index, by the policies of their cells."""
        weight = self.average.weight(users, rate.take(users))
        if ROUND_ROBIN in self._policies:
            weight[self._policy[serving[users]] == ROUND_ROBIN] = 1.0
        if QOS_PROPORTIONAL_FAIR in self._policies:
            by_qos = self._policy[serving[users]] == QOS_PROPORTIONAL_FAIR
            np.multiply(weight, self.qos_weight[users], out=weight, where=by_qos)
        return weight
