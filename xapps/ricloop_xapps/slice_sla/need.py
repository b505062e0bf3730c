"""How many PRBs each slice needs in each cell, for its users to reach what they are promised."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ricloop import Cells

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

LEAST_PRBS = np.float32(0.5)
"""A user's PRBs are told as a whole number: what is told as none was less than this."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What one period showed of the slices' users; NaN where a user had no data in a slice."""

    where: Cells
    """Shape [users]: the serving cell."""
    kbps: Floats
    """Shape [slices, users]: throughput while there were data."""
    prbs: Floats
    """Shape [slices, users]: PRBs in use, the mean of the period."""
    kbit: Floats
    """Shape [slices, users]: volume of the period."""
    seconds: float
    promised: Floats
    """Shape [slices]: kbit/s of each user."""
    cells: Cells
    """Shape [cells]."""
    available: Floats
    """Shape [cells]: PRBs."""

    @cached_property
    def active(self) -> Flags:
        """Shape [slices, users]: has data."""
        return ~np.isnan(self.kbps)

    @cached_property
    def short(self) -> Flags:
        """Shape [slices, users]: has data, and less than the promise."""
        return np.asarray(self.kbps < self.promised[:, None])

    @cached_property
    def needed(self) -> Floats:
        """Shape [slices], in percent: what a slice needs in the cell where it needs most; 0 without users.

        A user that is short needs what carries the promise, at the bits that its PRBs carried; one that is not needs no
        more than it used.
        """
        used = np.fmax(self.prbs, LEAST_PRBS)
        need = self.promised[:, None] * self.seconds * used / np.fmax(self.kbit, 1.0)
        need = np.where(self.short, need, np.fmin(need, used))
        return np.asarray(self._shares(np.where(self.active, need, 0.0)).max(axis=1, initial=0.0), np.float32)

    def denied(self, reserved: Ints) -> Flags:
        """Shape [slices]: somebody is short in a cell where the slice used less than half of what is `reserved`, in
        percent: that is not in force there, whatever the node said."""
        used = self._shares(np.where(self.active, np.fmax(self.prbs, 0.0), 0.0))
        here = self._shares(self.short.astype(np.float32)) > 0
        return np.asarray((here & (used < reserved[:, None] / 2)).any(axis=1))

    def _shares(self, of_users: Floats) -> Floats:
        """[slices, users] → [slices, cells], in percent of the PRBs."""
        of_cells = of_users @ (self.where[:, None] == self.cells).astype(np.float32)
        return np.asarray(100 * of_cells / np.where(self.available >= 1, self.available, np.inf), np.float32)
