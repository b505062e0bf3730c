"""Which link failures were a handover's fault (mobility robustness, TS 38.300 15.5.2.2).

Judged when the user finds a cell again. Shortly after a handover, or in its execution: too early if that cell is the
source, to the wrong cell if it is neither source nor target. Otherwise: too late if it is not the cell that failed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Ints
from ricloop_e2sim.rrc.handover import HandoverTick
from ricloop_e2sim.rrc.rlf import LinkTick

SHORTLY_US = 2_000_000
"""How long a handover is to blame: longer than T310, or a target that was bad at once could never be."""


@dataclass(frozen=True, slots=True, eq=False)
class Problems:
    """The cells to blame, one entry per failure: the source of the handover, or the cell that held on too long."""

    too_early: Ints
    too_late: Ints
    to_wrong_cell: Ints


_NO_PROBLEMS = Problems(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


class Robustness:
    """The last handover of every user, and whether it is to blame."""

    def __init__(self, users: int) -> None:
        self._source: Ints = np.full(users, -1, dtype=np.int64)
        """[users]: of the last handover, −1 where it does not count any more."""
        self._target: Ints = np.full(users, -1, dtype=np.int64)
        self._at_us: Ints = np.zeros(users, dtype=np.int64)
        self._failed_cell: Ints = np.full(users, -1, dtype=np.int64)
        """[users]: −1 where the failure is nobody's fault."""
        self._shortly: Bools = np.zeros(users, dtype=np.bool_)

    def forget(self, users: Bools) -> None:
        """Users that went away, [users]."""
        self._source[users] = -1

    def step(self, handovers: HandoverTick, links: LinkTick, asleep: Ints) -> Problems:
        """Judge one tick; `asleep` are the users among `links.failed` whose cell was put to sleep."""
        failed, back = links.failed, links.back
        if not (len(handovers.done) or len(handovers.failed) or len(failed) or len(back)):
            return _NO_PROBLEMS
        for moves in (handovers.done, handovers.failed):
            self._source[moves.user] = moves.source
            self._target[moves.user] = moves.target
            self._at_us[moves.user] = moves.at_us
        self._failed_cell[failed] = links.failed_cell
        self._failed_cell[asleep] = -1
        self._shortly[failed] = (self._source[failed] >= 0) & (links.failed_us - self._at_us[failed] <= SHORTLY_US)

        source, failed_cell = self._source[back], self._failed_cell[back]
        shortly, faulty = self._shortly[back], failed_cell >= 0
        early = faulty & shortly & (links.cell == source)
        wrong = faulty & shortly & (links.cell != source) & (links.cell != self._target[back])
        late = faulty & ~shortly & (links.cell != failed_cell)
        self._source[back] = -1
        return Problems(source[early], failed_cell[late], source[wrong])
