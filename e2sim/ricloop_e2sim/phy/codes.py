"""Measurement report codes (TS 38.133 10.1.6, 10.1.11, 10.1.16, 10.1.17).

A code stands for a range of one step; decoded, it is the range's lower end.
"""

from __future__ import annotations

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

HIGHEST = 127


def _code(steps: Floats) -> Ints:
    return np.clip(np.floor(steps), 0, HIGHEST).astype(np.int64)


def rsrp_code(dbm: Floats) -> Ints:
    """SS-RSRP in steps of 1 dB: 0 below −156 dBm, 127 from −30 dBm."""
    return _code(dbm + 157)


def rsrp_of(code: Ints) -> Floats:
    """dBm."""
    return code.astype(np.float64) - 157


def rsrq_code(db: Floats) -> Ints:
    """SS-RSRQ in steps of 0.5 dB: 0 below −43 dB, 127 from 20 dB."""
    return _code((db + 43) * 2 + 1)


def rsrq_of(code: Ints) -> Floats:
    """dB."""
    return (code.astype(np.float64) - 1) / 2 - 43


def sinr_code(db: Floats) -> Ints:
    """SS-SINR in steps of 0.5 dB: 0 below −23 dB, 127 from 40 dB."""
    return _code((db + 23) * 2 + 1)


def sinr_of(code: Ints) -> Floats:
    """dB."""
    return (code.astype(np.float64) - 1) / 2 - 23


HEADROOMS = np.append(np.arange(-32, 22), np.arange(22, 39, 2))
"""dB: where the codes of a power headroom from 1 on begin, each of 1 dB, and of 2 dB from 22 dB on."""


def headroom_code(db: Floats) -> Ints:
    """Type 1 power headroom: 0 below −32 dB, 63 from 38 dB."""
    return np.searchsorted(HEADROOMS, db, side="right")
