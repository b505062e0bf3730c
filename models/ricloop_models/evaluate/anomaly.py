"""Everything that is evaluated of the detectors: real counters with labels, and simulated days with events."""

from __future__ import annotations

from pathlib import Path

from rich.progress import Progress

from ricloop_models.evaluate import anomaly_sim, anomaly_upc
from ricloop_models.evaluate.base import Evaluation


def evaluate(data: Path, progress: Progress) -> Evaluation:
    """UPC's cells, where they are in `data`; then the simulated days."""
    real, simulated = anomaly_upc.evaluate(data, progress), anomaly_sim.evaluate(data, progress)
    return Evaluation(
        (*real.tables, *simulated.tables),
        rows=[*real.rows, *simulated.rows],
        absent=(*real.absent, *simulated.absent),
    )
