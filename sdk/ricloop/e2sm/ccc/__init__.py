"""E2SM-CCC: configuration of cells, in JSON (O-RAN.WG3.TS.E2SM-CCC-R004-v06.00)."""

from ricloop.e2sm.ccc.actions import EnergySavingControl, sleep, wake
from ricloop.e2sm.ccc.feeds import watch
from ricloop.e2sm.ccc.states import States
from ricloop.e2sm.ccc.structures import EnergySaving

__all__ = ["EnergySaving", "EnergySavingControl", "States", "sleep", "wake", "watch"]
