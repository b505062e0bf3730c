"""What was asked of one gNB, tick by tick: all that the clairvoyant optimum needs to know."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.gnb.layout import Layout
from ricloop_e2sim.gnb.load import Load
from ricloop_e2sim.gnb.optimum import Demand

MAX_TICKS = 100_000
"""Longer runs stop recording here and have no optimum: the log must not grow for ever."""


class DemandLog:
    """Offered bits and the PRBs they need, per home cell."""

    def __init__(self, layout: Layout, tick_us: int) -> None:
        self._layout, self._tick_us = layout, tick_us
        self._rows: list[Floats] = []
        self._rate = layout.rate
        self._users = np.arange(layout.user_count)
        self.complete = True
        """False once the run was longer than the log, or the log was closed."""

    def close(self) -> None:
        """Record no more: a run without end needs no optimum, and then holds no more memory late than early."""
        self.complete = False
        self._rows.clear()

    def add(self, load: Load) -> None:
        """Record one tick."""
        if not self.complete or len(self._rows) >= MAX_TICKS:
            self.complete = False
            return
        layout, home = self._layout, self._layout.home
        self._rate = self._rate if load.rate is None else load.rate
        seconds = self._tick_us / 1e6
        count = layout.cell_count
        own = load.bits / (self._rate[self._users, home] * seconds)
        above = load.bits / (self._rate[self._users, layout.umbrella[home]] * seconds)
        self._rows.append(
            np.stack(
                (
                    np.bincount(home, load.bits, count),
                    np.bincount(home, own, count),
                    np.bincount(home, above, count),
                )
            )
        )

    def demand(self) -> Demand:
        """Everything recorded so far, [ticks, cells]."""
        layout = self._layout
        rows = np.array(self._rows).reshape(-1, 3, layout.cell_count)
        return Demand(rows[:, 0], rows[:, 1], rows[:, 2], layout.prbs, layout.umbrella, self._tick_us)
