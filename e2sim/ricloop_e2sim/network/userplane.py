"""What CU-UPs measure, and how long bearers are in use (TS 28.552 5.1.1.1.5, 5.1.3.1 to 5.1.3.6, 5.1.1.10.4).

The world has one queue each way, the DU's and the user's: nothing waits, or is dropped, in a CU-UP or on F1-U, where
everything takes the same short time; and retransmissions leave no loss on the air, and nothing out of its order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.sample import Sums, ratio

KBIT = 1000.0
CU_UP_DELAY: Final = 1.0
F1_DELAY: Final = 5.0
"""0.1 ms: of processing in a CU-UP, and of 100 km of fibre between it and the DU."""


def _always(value: float) -> Callable[[Sums], Floats]:
    """NaN where nothing was sent."""
    return lambda sums: np.where(sums.bits > 0, value, np.nan)


def _none(sums: Sums) -> Floats:
    """A rate of losses where there are none: 0 of what came."""
    return np.where(sums.offered_bits > 0, 0.0, np.nan)


def _volume(sums: Sums) -> Floats:
    return sums.bits / KBIT


def _in_use_ms(sums: Sums) -> Floats:
    return sums.busy_s * 1e3


USER_PLANE: Mapping[str, Callable[[Sums], Floats]] = {
    "DRB.PDCP.UEThpDl": lambda sums: ratio(sums.bits / KBIT, sums.busy_s),
    "DRB.F1uPdcpSduVolumeDL": _volume,
    "DRB.PdcpSduDelayDl": _always(CU_UP_DELAY),
    "DRB.PdcpF1DelayDl": _always(F1_DELAY),
    "DRB.PdcpPacketDropRateDl": _none,
    "DRB.F1UpacketLossRateDl": _none,
    "DRB.PacketLossRateUu": _none,
    "DRB.SessionTime": _in_use_ms,
    "QF.SessionTimeQoS": _in_use_ms,
    "QF.SessionTimeUE": _in_use_ms,
}
"""[n] each, of cells and of users. A session lasts while there is data in the buffer; a DRB has one QoS flow."""

USER_PLANE_UP: Mapping[str, Callable[[Sums], Floats]] = {
    "DRB.F1uPdcpSduVolumeUL": _volume,
    # By definition all of the delay within a CU-UP, where no packet waits for one before it.
    "DRB.PdcpReordDelayUl": _always(CU_UP_DELAY),
    "DRB.F1UpacketLossRateUl": _always(0.0),
}
"""The same of sums over the uplink."""
