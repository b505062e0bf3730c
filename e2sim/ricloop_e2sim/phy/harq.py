"""Retransmissions, and the outer loop that keeps their share where it belongs."""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.layout import Bools, Floats
from ricloop_e2sim.phy.mcs import bler

GAIN_DB = 3.0
"""What each retransmission adds by Chase combining."""
RETRANSMISSIONS = 4
ROUND_TRIP_SLOTS = 8
TARGET = 0.1
UP_DB = 1.0
LARGEST_DB = 20.0


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


def olla(offset_db: Floats, acknowledged: Floats, lost: Floats) -> Floats:
    """The offset of outer loop link adaptation after so many first transmissions came through, and so many did not.

    The offset is a margin for `McsTable.mcs`: one lost block raises it by 1 dB, one that came through lowers it by
    1/9 dB, so that it stands still at one block lost in ten. It stays within ±20 dB.
    """
    down_db = UP_DB * TARGET / (1 - TARGET)
    return np.clip(offset_db + UP_DB * lost - down_db * acknowledged, -LARGEST_DB, LARGEST_DB)


def block_errors(rng: np.random.Generator, error_rate: Floats) -> Bools:
    """Which blocks are lost, of the shape of their error rates; one draw for each, sent or not."""
    return rng.random(error_rate.shape) < error_rate
