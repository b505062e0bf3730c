"""What is asked of a gNB's world in one tick."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats


@dataclass(frozen=True, slots=True)
class Load:
    """What the traffic source asks of one tick."""

    present: Bools
    """[users]: is there, connected wherever a cell will have it."""
    bits: Floats
    """[users]: newly offered in this tick."""
    rate: Floats | None = None
    """[users, cells]: bit/s per PRB from this tick on; None: unchanged."""
