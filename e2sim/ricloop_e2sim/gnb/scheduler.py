"""The fluid scheduler: shares the PRBs of every cell among its users, in one go per tick.

Each user asks for the PRBs that its bits need at its own spectral efficiency. Where all fit, all get what they ask;
where they do not, the cell's PRBs are shared max-min fairly: everyone gets what it asks up to a common level.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints


def allocate(asked: Floats, serving: Ints, available: Floats) -> Floats:
    """PRBs granted to each user.

    `asked` [users] PRBs (0 for users without a cell), `serving` [users] cell index or −1, `available` [cells] PRBs.
    No user gets more than it asked; no cell gives more than it has.
    """
    cells = len(available)
    attached = serving >= 0
    total = np.bincount(serving[attached], asked[attached], cells)
    granted = np.where(attached, asked, 0.0)
    for cell in np.flatnonzero(total > available):
        users = np.flatnonzero(serving == cell)
        granted[users] = _share(asked[users], float(available[cell]))
    return granted


def _share(asked: Floats, available: float) -> Floats:
    """Max-min: the level at which min(asked, level) adds up to `available`."""
    ordered = np.sort(asked)
    below = np.concatenate(([0.0], np.cumsum(ordered)[:-1]))
    levels = (available - below) / np.arange(len(ordered), 0, -1)
    # The level belongs to the first user that it does not satisfy.
    first = int(np.argmax(ordered > levels)) if np.any(ordered > levels) else len(ordered) - 1
    return np.minimum(asked, max(levels[first], 0.0))
