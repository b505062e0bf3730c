"""What models say: a row per cell, with the cells' ids beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ricloop.core.errors import ConfigError
from ricloop.core.ids import CellId, Cells


@dataclass(frozen=True, eq=False, kw_only=True)
class _Rows:
    cells: Cells
    """Shape [cells], in the order of the report."""

    @cached_property
    def _row(self) -> dict[int, int]:
        return {cell: row for row, cell in enumerate(self.cells.tolist())}

    def row_of(self, cell: CellId) -> int:
        """Raises ConfigError for a cell that nothing is said of."""
        row = self._row.get(int(cell))
        if row is None:
            raise ConfigError(f"nothing is predicted of cell {cell:#x}: the report did not hold it")
        return row


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good a forecaster's earlier forecasts turned out, as it measures itself."""

    error: float
    """Mean absolute error of the forecasts of this period, over cells and horizons, in the metric's unit."""
    mae: float
    """The same, averaged over the last periods."""
    coverage: float
    """Share of values that came out inside the outer quantiles, averaged over the last periods."""
    periods: int
    """That were measured since it started."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Forecast(_Rows):
    """One metric of each cell, some periods ahead."""

    metric: str
    quantiles: tuple[float, ...]
    """Ascending, as (0.1, 0.5, 0.9)."""
    values: NDArray[np.float32]
    """Shape [cells, horizons, quantiles], in the metric's unit; the horizons are 1, 2, … periods after the report."""
    time: int = 0
    """Of the report: nanoseconds since the Unix epoch, by its node's clock; 0 where it is not said."""
    period_ns: int = 0
    """From one horizon to the next; 0 where it is not said."""
    quality: Quality | None = None
    """None where it is not measured, or not yet."""

    def at(self, horizon: int, quantile: float = 0.5) -> NDArray[np.float32]:
        """Shape [cells]: `horizon` periods ahead, from 1. Raises ConfigError for what the model does not say."""
        horizons = self.values.shape[1]
        if not 1 <= horizon <= horizons:
            raise ConfigError(f"this forecast looks 1 to {horizons} periods ahead, not {horizon}")
        if quantile not in self.quantiles:
            raise ConfigError(f"this forecast has the quantiles {', '.join(map(str, self.quantiles))}, not {quantile}")
        found: NDArray[np.float32] = self.values[:, horizon - 1, self.quantiles.index(quantile)]
        return found


@dataclass(frozen=True, eq=False, kw_only=True)
class Anomalies(_Rows):
    """How unlike its training each cell behaves."""

    scores: NDArray[np.float32]
    """Shape [cells], ≥ 0."""
    threshold: float
    """The score that the model's card calls unusual."""
    metrics: tuple[str, ...]
    residuals: NDArray[np.float32]
    """Shape [cells, metrics]: what each metric contributes to its cell's score."""

    @property
    def unusual(self) -> NDArray[np.bool_]:
        """Shape [cells]."""
        flags: NDArray[np.bool_] = self.scores > np.float32(self.threshold)
        return flags
