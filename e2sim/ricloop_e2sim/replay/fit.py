"""A power model fitted on half of a trace's cells, and how well it foretells the other half's energy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.replay.trace import TraceError

LEAST_RANGE = 1e-6
"""Of PRB use 0..1, between the least and the most."""


@dataclass(frozen=True, slots=True)
class PowerFit:
    """P = idle_w + slope_w · PRB use."""

    idle_w: float
    slope_w: float
    held_out_error_percent: float
    """|foretold − measured| energy of the cells that the fit did not see, in percent."""
    fitted_cells: int
    held_out_cells: int


def fit_power(use: Floats, power_w: Floats, seed: int = 0) -> PowerFit:
    """Least squares over the intervals of a random half of the cells; `use` and `power_w` are [intervals, cells].

    Raises TraceError where the use never changes: there is no slope then.
    """
    cells = use.shape[1]
    order = np.random.Generator(np.random.PCG64(seed)).permutation(cells)
    seen, unseen = order[: (cells + 1) // 2], order[(cells + 1) // 2 :]
    x, y = use[:, seen].ravel(), power_w[:, seen].ravel()
    known = ~np.isnan(y)
    if not known.any() or np.ptp(x[known]) < LEAST_RANGE:
        raise TraceError(
            "no power model can be fitted: where the trace has watts, the PRB use of its cells never changes; leave "
            "the column of power out of the map"
        )
    slope, idle = np.polyfit(x[known], y[known], 1)
    error = 0.0
    if len(unseen):
        measured = power_w[:, unseen]
        there = ~np.isnan(measured)
        foretold = idle + slope * use[:, unseen]
        error = abs(foretold[there].sum() / measured[there].sum() - 1) * 100
    return PowerFit(float(idle), float(slope), float(error), len(seen), len(unseen))
