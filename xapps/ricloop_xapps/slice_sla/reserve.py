"""What of a gNB's PRBs is reserved for each slice: how fast it follows the need, and when it lets go."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ricloop import UeHandle
from ricloop_xapps.slice_sla.agreements import Agreements
from ricloop_xapps.slice_sla.need import Ints, Seen

NEVER = -1
"""In place of a share: what the node is configured with stands, and is not known. In place of a user: none yet."""


@dataclass(slots=True)
class Reserve:
    """Of one gNB."""

    shares: Ints
    """Shape [slices], in percent: what the node accepted last."""
    ue: UeHandle = NEVER
    """The user that stands for the gNB in controls."""
    calm: Ints = field(init=False)
    """Shape [slices]: reports in a row in which clearly less was needed."""
    told: Ints = field(init=False)
    """Shape [slices]: reports since the node accepted a share."""

    def __post_init__(self) -> None:
        self.calm, self.told = np.zeros((2, len(self.shares)), np.int64)

    def accepted(self, slice: int, share: int) -> None:
        """It is in force, in percent."""
        self.shares[slice], self.told[slice] = share, 0

    def next(self, seen: Seen, limits: Agreements) -> Ints:
        """Shape [slices], in percent; NEVER where nothing was changed yet and nothing has to be. Asked once a report.

        A share rises at once, by no more than `step_up`; it falls by no more than `step_down`, after `patience` reports
        in which it was more than `slack` above the need. All together are no more than `most`: who comes first is
        served first.
        """
        self.told += 1
        now = np.maximum(self.shares, 0)
        target = np.ceil(np.minimum(seen.needed * limits.headroom, limits.most)).astype(np.int64)
        self.calm = np.where(target + limits.slack < now, self.calm + 1, 0)
        falls = self.calm >= limits.patience
        self.calm[falls] = 0
        rising = np.clip(target, now, now + limits.step_up)
        share = np.where(falls, np.maximum(target, now - limits.step_down), rising)
        share[(self.shares == NEVER) & ~seen.short.any(axis=1)] = NEVER
        held = np.maximum(share, 0)
        room = limits.most - (held.cumsum() - held)
        return np.asarray(np.minimum(share, np.maximum(room, 0)), np.int64)
