"""E2SM-RC: control of single UEs (O-RAN.WG3.E2SM-RC v1.03)."""

from ricloop.e2sm.rc.actions import Handover, handover

__all__ = ["Handover", "handover"]
