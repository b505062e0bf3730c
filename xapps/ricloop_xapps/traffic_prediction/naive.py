"""The seasonal naive forecast: what was a day ago will be again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class DayBefore:
    """The last day of each of `room` cells, by steps that the caller counts; steps may be left out."""

    def __init__(self, day: int, horizons: int, room: int) -> None:
        """`day`: in steps; a day that is shorter than the horizons is repeated."""
        self._values = np.full((day, room), np.nan, np.float32)
        self._newest = np.zeros(room, np.float32)
        self._ahead = 1 + np.arange(horizons) % day
        self._step = -1

    def put(self, step: int, values: Floats) -> None:
        """What was seen at `step`, shape [room], NaN for nothing."""
        day, seen = len(self._values), ~np.isnan(values)
        for passed in range(max(self._step + 1, step - day + 1), step + 1):
            self._values[passed % day] = np.nan
        self._step = max(self._step, step)
        self._values[step % day, seen] = values[seen]
        self._newest[seen] = values[seen]

    def ahead(self) -> Floats:
        """Shape [horizons, room]. Where nothing is a day old: the newest value; of a cell without any, 0."""
        then = self._values[(self._step + self._ahead) % len(self._values)]
        return np.where(np.isnan(then), self._newest, then)

    def grown(self, room: int) -> DayBefore:
        """The same with room for more cells."""
        made = DayBefore(len(self._values), len(self._ahead), room)
        had = len(self._newest)
        made._values[:, :had], made._newest[:had], made._step = self._values, self._newest, self._step
        return made
