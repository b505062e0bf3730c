"""How good what nodes report is: values that are missing or out of range, entries that are of an earlier period."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import structlog

from ricloop.core.ids import GnbId
from ricloop.e2sm.kpm import Report, UeReport

log = structlog.get_logger()

MAX_TOLD = 1024
"""gNBs and metrics that are told of; beyond, they are only counted."""


@dataclass(slots=True)
class Quality:
    """Counted over every report that reached the loop."""

    missing: int = 0
    """Values that the node did not send."""
    out_of_range: int = 0
    """Values that the metric cannot have."""
    stale: int = 0
    """Cells or UEs whose values are of an earlier period."""
    _told: set[tuple[GnbId, str]] = field(default_factory=set)

    def see(self, gnb: GnbId, report: Report | UeReport) -> None:
        missing, wrong, stale = report.flags()
        self.missing += missing
        self.stale += stale
        if wrong:
            self.out_of_range += wrong
            self._tell(gnb, report)

    def as_dict(self) -> dict[str, int]:
        return {"missing": self.missing, "out_of_range": self.out_of_range, "stale": self.stale}

    def _tell(self, gnb: GnbId, report: Report | UeReport) -> None:
        for metric in report.metrics:
            flags = report.out_of_range(metric)
            if flags.any() and (gnb, metric.name) not in self._told and len(self._told) < MAX_TOLD:
                self._told.add((gnb, metric.name))
                low, high = metric.measure.range
                log.warning(
                    "values out of range; told once per gNB and metric. Another unit? Name the vendor's profile in "
                    "[ric.dialects]; `ricloop metrics` lists them",
                    gnb=str(gnb),
                    metric=str(metric),
                    value=float(report[metric][np.argmax(flags)]),
                    unit=metric.measure.unit,
                    least=low,
                    most=high,
                )
