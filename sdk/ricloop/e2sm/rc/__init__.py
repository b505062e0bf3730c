"""E2SM-RC: control of single UEs (O-RAN.WG3.E2SM-RC v1.03 and v5.00)."""

from ricloop.e2sm.common import Slice
from ricloop.e2sm.rc.actions import (
    Control,
    Handover,
    SliceQuota,
    control,
    drb_qos,
    handover,
    map_flows,
    slice_quota,
)
from ricloop.e2sm.rc.parameters import Bits, Element

__all__ = [
    "Bits",
    "Control",
    "Element",
    "Handover",
    "Slice",
    "SliceQuota",
    "control",
    "drb_qos",
    "handover",
    "map_flows",
    "slice_quota",
]
