"""What keeps a cell awake although its load would let it sleep. Nothing here keeps a cell asleep."""

from __future__ import annotations

from collections import deque

import numpy as np

from ricloop import Topology
from ricloop_models.energy_policy import within_share
from ricloop_xapps.energy_saving.pairs import Bools, Pairs
from ricloop_xapps.energy_saving.trend import Cells, Floats


class Sleeps:
    """How often each cell went to sleep lately."""

    def __init__(self, most: int, within_s: float) -> None:
        """At most `most` in any `within_s` seconds."""
        self._most, self._within_s = most, within_s
        self._fell: dict[int, deque[float]] = {}
        self._asleep: set[int] = set()

    def seen(self, cells: Cells, asleep: Bools, now_s: float) -> None:
        """[cells]: which of these sleep now; one that did not when it was looked at last went to sleep. What was only
        asked for, and refused, does not count."""
        fallen = set(cells[asleep].tolist())
        for cell in fallen - self._asleep:
            self._fell.setdefault(cell, deque(maxlen=self._most)).append(now_s)
        self._asleep = self._asleep - set(cells.tolist()) | fallen

    def free(self, cells: Cells, now_s: float) -> Bools:
        """[cells]: which may do so once more."""
        return np.array([self._free(self._fell.get(cell), now_s) for cell in cells.tolist()], np.bool_)

    def _free(self, fell: deque[float] | None, now_s: float) -> bool:
        return fell is None or len(fell) < self._most or fell[0] <= now_s - self._within_s


def share_of_site(pairs: Pairs, rest: Bools, expected: Floats, topology: Topology, share: float) -> Bools:
    """[pairs]: `rest`, but no more than `share` of a gNB's cells asleep, those that are already counted; the least
    loaded first."""
    names = [topology.cells[cell].gnb if cell in topology.cells else "" for cell in pairs.cells.tolist()]
    group = np.unique(names, return_inverse=True)[1].astype(np.intp)
    sizes = [len(topology.site(int(pairs.cells[np.argmax(group == at)]))) for at in range(int(group.max()) + 1)]
    most = np.array([int(share * size + 1e-9) for size in sizes], np.int64)
    return rest & within_share(rest | pairs.asleep, pairs.asleep, expected, group, most)
