"""E2SM-KPM: performance reports of cells and UEs (O-RAN.WG3.E2SM-KPM v3.00)."""

from ricloop.e2sm.common import Slice
from ricloop.e2sm.kpm.condition import Condition, where
from ricloop.e2sm.kpm.feeds import every, every_ue
from ricloop.e2sm.kpm.metric import Label, Metric
from ricloop.e2sm.kpm.metrics import METRICS, Measure
from ricloop.e2sm.kpm.report import Report, UeReport

__all__ = [
    "METRICS",
    "Condition",
    "Label",
    "Measure",
    "Metric",
    "Report",
    "Slice",
    "UeReport",
    "every",
    "every_ue",
    "where",
]
