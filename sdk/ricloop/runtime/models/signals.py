"""What a model is shown and says, summed up over all cells once an interval: what drift detection looks at.

Never anything per cell: a record is as long as the model has metrics, however large the network is.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ricloop.core.predictions import Anomalies, Forecast
from ricloop.core.time import NS_PER_MS
from ricloop.runtime.models.realised import Realised

LEAST_INTERVAL_NS = 100 * NS_PER_MS
"""Between two records; a longer period of reports goes before it."""
BACK_NS = 60_000 * NS_PER_MS
"""By so much a clock is set back; by less, a report comes after those of other nodes, and time goes on."""

Record: TypeAlias = dict[str, Any]
"""`time` (s, the nodes' clocks), `day` (share of the day that has passed), `signals`: name to value, None: unknown."""


class Signals:
    """One model's records."""

    def __init__(self, metrics: tuple[str, ...], period_ns: int, day_ns: int) -> None:
        """`metrics`: what it looks at. `period_ns`: of its reports, by the nodes' clocks."""
        self._metrics, self._day_ns = metrics, day_ns
        self._interval = max(period_ns, LEAST_INTERVAL_NS)
        self._blocks: list[NDArray[np.float32]] = []
        self._answers: list[Forecast | Anomalies] = []
        self._begun: int | None = None

    def seen(self, values: NDArray[np.float32]) -> None:
        """A period of some cells, shape [metrics, cells]."""
        self._blocks.append(values)

    def answered(self, said: Any) -> None:
        """The model's answer."""
        if isinstance(said, Forecast | Anomalies):
            self._answers.append(said)

    def due(self, time_ns: int) -> bool:
        """True where a record is to be made before what was collected at `time_ns` is added."""
        if self._begun is None or time_ns < self._begun - BACK_NS:
            self._begun = time_ns
        return bool(self._blocks) and time_ns - self._begun >= self._interval

    def record(self, time_ns: int, realised: Realised | None) -> Record:
        """Sum up what was added since the last one, and begin anew at `time_ns`."""
        at, self._begun = self._begun or 0, time_ns
        values = np.concatenate(self._blocks, axis=1)
        found = self._inputs(values) | self._outputs()
        if realised is not None:
            found["error"], found["misses"] = realised.lately()
        self._blocks.clear()
        self._answers.clear()
        return {
            "time": at / 1e9,
            "day": at % self._day_ns / self._day_ns,
            "signals": {name: value if np.isfinite(value) else None for name, value in found.items()},
        }

    def _inputs(self, values: NDArray[np.float32]) -> dict[str, float]:
        known = np.isfinite(values)
        count = known.sum(axis=1)
        there = np.where(known, values, 0.0).astype(np.float64)
        with np.errstate(all="ignore"):
            mean = there.sum(axis=1) / count
            spread = np.sqrt(np.maximum((there**2).sum(axis=1) / count - mean**2, 0.0))
        found: dict[str, float] = {}
        for row, metric in enumerate(self._metrics):
            found[f"input:{metric}"] = float(mean[row])
            found[f"spread:{metric}"] = float(spread[row])
            found[f"present:{metric}"] = float(count[row]) / max(values.shape[1], 1)
        return found

    def _outputs(self) -> dict[str, float]:
        forecasts = [said for said in self._answers if isinstance(said, Forecast) and len(said.cells)]
        anomalies = [said for said in self._answers if isinstance(said, Anomalies) and len(said.cells)]
        found: dict[str, float] = {}
        if forecasts:
            first = np.concatenate([said.values[:, 0] for said in forecasts])
            found["width"] = float(np.mean(first[:, -1] - first[:, 0]))
        if anomalies:
            found["score"] = float(np.median(np.concatenate([said.scores for said in anomalies])))
            found["alarms"] = float(np.mean(np.concatenate([said.unusual for said in anomalies])))
        return found
