"""E2SM-CCC: configuration of cells and nodes, in JSON (O-RAN.WG3.TS.E2SM-CCC-R004-v06.00)."""

from ricloop.e2sm.ccc.actions import Configure, EnergySavingControl, configure, sleep, wake
from ricloop.e2sm.ccc.configuration import Configuration
from ricloop.e2sm.ccc.feeds import read, report, watch
from ricloop.e2sm.ccc.states import States
from ricloop.e2sm.ccc.structures import EnergySaving

__all__ = [
    "Configuration",
    "Configure",
    "EnergySaving",
    "EnergySavingControl",
    "States",
    "configure",
    "read",
    "report",
    "sleep",
    "wake",
    "watch",
]
