"""Reports of a network that is not simulated: every cell's values walk at random, at any rate. For measuring a RIC."""

from __future__ import annotations

from typing import Any

import numpy as np

from ricloop.e2sm.kpm import codec as kpm
from ricloop_e2sim.kpmreports import KpmReports

Reports = list[tuple[Any, int, int, bytes, bytes]]

STEP = 4.0
"""Standard deviation of a value's step."""


class LoadReports(KpmReports):
    """Admits what the world's reports admit, and answers it with a walk between 0 and 100 for every cell."""

    def __init__(self, *arguments: Any, seed: np.random.SeedSequence, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._rng = np.random.default_rng(seed)
        self._values: dict[tuple[int, int], np.ndarray[Any, Any]] = {}
        """Per cell and number of measurements."""

    def walk(self, time_ns: int) -> Reports:
        """Every action's next report, whatever its period; `time_ns` is when its collection began, Unix time."""
        ready: Reports = []
        header = kpm.encode_indication_header(time_ns, self._dialect)
        for live in self._live.values():
            for action in live.actions:
                if action.per_ue:
                    continue
                action.sequence = (action.sequence + 1) & 0xFFFF
                values = self._step(action.cell or 0, len(action.names))
                message = kpm.encode_cell_message(values, dialect=self._dialect)
                ready.append((live.request, action.id, action.sequence, header, message))
        return ready

    def _step(self, cell: int, count: int) -> np.ndarray[Any, Any]:
        values = self._values.get((cell, count))
        if values is None:
            values = self._rng.uniform(20, 80, count)
        values = np.abs(values + self._rng.normal(0, STEP, count))
        values = np.where(values > 100, 200 - values, values)
        self._values[cell, count] = values
        # Whole numbers and halves, as nodes send them: integers and reals both are on the wire.
        return np.round(values * 2) / 2
