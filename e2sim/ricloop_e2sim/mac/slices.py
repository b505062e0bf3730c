"""RRM policy ratios: what a slice of a cell is owed, may borrow and may not exceed (TS 28.541 RRMPolicyRatio).

A cell's PRBs go out in this order: the dedicated ratio to its slice alone, idle or not; then the minimum ratio up to
the slice's demand, lent to others while idle; then the rest by weight, up to demand and the maximum ratio.
"""

from __future__ import annotations

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.mac.waterfill import by_weight


def refusal(dedicated: Floats, minimum: Floats, maximum: Floats) -> str:
    """Why the ratios of one cell's slices, in percent, [slices] each, cannot hold together; empty if they can."""
    for name, ratio in (("dedicated", dedicated), ("min", minimum), ("max", maximum)):
        outside = ~((ratio >= 0) & (ratio <= 100))
        if outside.any():
            at = int(np.argmax(outside))
            return f"{name} ratio {ratio[at]:g} of slice {at} is outside 0..100"
    for low, high, names in ((dedicated, minimum, ("dedicated", "min")), (minimum, maximum, ("min", "max"))):
        if np.any(low > high):
            at = int(np.argmax(low > high))
            return f"{names[0]} ratio {low[at]:g} of slice {at} is above its {names[1]} ratio {high[at]:g}"
    for name, ratio in (("dedicated", dedicated), ("min", minimum)):
        if ratio.sum() > 100:
            return f"{name} ratios of the cell's slices add up to {ratio.sum():g}, above 100"
    return ""


class SliceRatios:
    """Ratios of every cell and slice, as shares 0..1. At first nothing is owed and nothing is capped."""

    def __init__(self, cells: int, slices: int, weight: Floats | None = None) -> None:
        """`weight` [slices] divides the rest among slices that want more; None: equally. Raises ConfigError."""
        if weight is not None and not (weight.shape == (slices,) and bool((weight > 0).all())):
            raise ConfigError(f"the weights {weight.tolist()} are not {slices} positive numbers; give one per slice")
        self.dedicated: Floats = np.zeros((cells, slices))
        self.minimum: Floats = np.zeros((cells, slices))
        self.maximum: Floats = np.ones((cells, slices))
        self.weight: Floats = np.ones((cells, slices)) if weight is None else np.tile(weight, (cells, 1))
        self.sliced: Bools = np.zeros(cells, dtype=np.bool_)
        """[cells]: has a ratio that binds. The others share their PRBs among users as if there were no slices."""
        self.any_sliced = False

    def replace(self, cells: Ints, dedicated: Floats, minimum: Floats, maximum: Floats) -> None:
        """Set the ratios of some cells, percent, [cells, slices] each, that `refusal` has nothing against."""
        for table, ratio in zip(
            (self.dedicated, self.minimum, self.maximum), (dedicated, minimum, maximum), strict=True
        ):
            table[cells] = ratio / 100
        self.sliced[cells] = ((minimum > 0) | (maximum < 100)).any(axis=1)
        self.any_sliced = bool(self.sliced.any())


def slice_prbs(demand: Floats, prbs: Floats, ratios: SliceRatios) -> Floats:
    """PRBs that each slice gets, [cells, slices].

    `demand` [cells, slices] PRBs, `prbs` [cells] what each cell has. No slice gets more than its demand or its maximum;
    what is dedicated to an idle slice stays unused.
    """
    cells, slices = demand.shape
    has = prbs[:, None]
    owed = np.minimum(demand, ratios.minimum * has)
    pool = prbs - np.maximum(owed, ratios.dedicated * has).sum(axis=1)
    more = np.minimum(demand, ratios.maximum * has) - owed
    segment = np.repeat(np.arange(cells), slices)
    more = by_weight(more.ravel(), ratios.weight.ravel(), segment, np.maximum(pool, 0.0)).reshape(cells, slices)
    return owed + more
