"""Reports of a network that is not simulated: every cell's values walk at random, at any rate. For measuring a RIC."""

from __future__ import annotations

from typing import Any

import numpy as np

from ricloop.e2ap.messages import RequestId
from ricloop.e2sm.kpm import codec as kpm
from ricloop_e2sim.e2node.kpm.reports import KpmReports

Reports = list[tuple[RequestId, int, int, bytes, bytes]]

STEP = 4.0
"""Standard deviation of a value's step."""


class LoadReports(KpmReports):
    """Admits what the world's reports admit, and answers it with a walk between 0 and 100 for every cell."""

    def __init__(self, *arguments: Any, seed: np.random.SeedSequence, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._rng = np.random.default_rng(seed)
        self._values: dict[RequestId, np.ndarray[Any, Any]] = {}
        """Per subscription, shape [actions, measurements]: where each walk is."""

    def walk(self, time_ns: int) -> Reports:
        """Every cell action's next report, whatever its period; `time_ns` is when its collection began, Unix time."""
        ready: Reports = []
        header = kpm.encode_indication_header(time_ns, self._dialect)
        for live in self._live.values():
            # Whole numbers and halves, as nodes send them: integers and reals both are on the wire.
            table = np.round(self._step(live.request, len(live.actions), len(live.actions[0].columns)) * 2) / 2
            for action, values in zip(live.actions, table, strict=True):
                if action.per_ue:
                    continue
                action.sequence = (action.sequence + 1) & 0xFFFF
                message = kpm.encode_cell_message(values, dialect=self._dialect)
                ready.append((live.request, action.id, action.sequence, header, message))
        return ready

    def _step(self, request: RequestId, actions: int, names: int) -> np.ndarray[Any, Any]:
        values = self._values.get(request)
        if values is None or values.shape != (actions, names):
            values = self._rng.uniform(20, 80, (actions, names))
        values = np.abs(values + self._rng.normal(0, STEP, (actions, names)))
        self._values[request] = np.where(values > 100, 200 - values, values)
        return self._values[request]
