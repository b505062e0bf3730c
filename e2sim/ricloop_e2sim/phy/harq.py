"""Retransmissions of transport blocks whose first one is held at one lost in ten."""

from __future__ import annotations

from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.phy.mcs import bler

GAIN_DB: Final = 3.0
"""What each retransmission adds by Chase combining."""
RETRANSMISSIONS: Final = 4
ROUND_TRIP_SLOTS: Final = 8


def harq(over_db: Floats, retransmissions: int = RETRANSMISSIONS) -> tuple[Floats, Floats]:
    """Share of the blocks that are lost for good, and the mean number of transmissions of a block.

    `over_db` is how far the SINR lies over the scheme's threshold, any shape; both results have it.
    """
    failing = bler(over_db)
    sent = np.ones_like(failing)
    for retransmission in range(1, retransmissions + 1):
        sent = sent + failing
        failing = failing * bler(over_db + GAIN_DB * retransmission)
    return failing, sent
