"""Modulation and coding schemes: the tables of TS 38.214 5.1.3.1, and the SINR at which each loses one block in ten.

The SINR values are crossings of published AWGN block error curves, per size of code block. Where there is no curve for
a scheme, its 500 bit value is extrapolated, and another size keeps the distance to 500 bit of its nearest scheme.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop.core.errors import ConfigError
from ricloop_e2sim.arithmetic.dtypes import Floats, Ints

SLOPE = 3.5
"""Of the block error curve in AWGN, per dB."""
TENTH = 2.2
"""ln(0.9/0.1), near enough: the curve is 0.10 at the threshold."""


def bler(over_db: Floats) -> Floats:
    """Block error rate where the SINR is that far over the scheme's threshold, of the same shape."""
    return 1 / (1 + np.exp(np.minimum(SLOPE * over_db + TENTH, 700.0)))


@dataclass(frozen=True, eq=False)
class McsTable:
    """One table for one size of code block; every column [n], by MCS index."""

    bits: Ints
    """Qm: per symbol."""
    rate_1024: Floats
    """Code rate × 1024; one row is 682.5."""
    threshold_db: Floats
    """SINR with a block error rate of 10 %."""

    @property
    def efficiency(self) -> Floats:
        """bit per resource element."""
        return self.bits * self.rate_1024 / 1024

    def mcs(self, sinr_db: Floats, margin_db: Floats | float = 0.0) -> Ints:
        """The highest MCS whose threshold the SINR exceeds by the margin, any shape; −1 where there is none.

        A fading link wants a margin of 2–3 dB; outer link adaptation gives its offset here.
        """
        # Some thresholds lie above the next one's; what matters is the highest scheme that can be met.
        reached = np.minimum.accumulate(self.threshold_db[::-1])[::-1]
        return np.searchsorted(reached, sinr_db - margin_db, side="right") - 1

    def bler(self, sinr_db: Floats, mcs: Ints) -> Floats:
        """Block error rate of these schemes, −1 (nothing is sent): 1."""
        return np.where(mcs < 0, 1.0, bler(sinr_db - self.threshold_db[mcs]))


NONE = float("nan")
_QM_1 = [2] * 10 + [4] * 7 + [6] * 12
_R_1 = [
    120, 157, 193, 251, 308, 379, 449, 526, 602, 679, 340, 378, 434, 490, 553, 616, 658,
    438, 466, 517, 567, 616, 666, 719, 772, 822, 873, 910, 948,
]  # fmt: skip
_T1 = {
    100: [
        NONE, NONE, NONE, -2.22, -1.14, 0.00, 0.92, 2.08, 2.82, 3.92, 4.09, 4.74, 5.90, 6.55, 7.66, 8.64, 9.46,
        9.98, 10.46, 11.38, 12.24, 13.39, 14.51, 15.44, 16.29, 17.90, 18.79, NONE, NONE,
    ],
    500: [
        -6.2, -5.0, -4.1, -2.95, -1.51, -0.79, 0.51, 1.12, 2.34, 3.02, 3.27, 4.12, 4.98, 6.10, 6.94, 7.96, 8.55,
        9.34, 9.70, 10.71, 11.70, 12.91, 13.63, 14.81, 15.61, 16.57, 17.63, 18.57, 19.43,
    ],
    2000: [
        NONE, NONE, NONE, -2.92, -2.45, -1.13, 0.46, 0.65, 2.33, 2.44, 2.84, 4.15, 4.49, 5.95, 6.23, 7.78, 7.80,
        8.73, 9.74, 10.03, 11.57, 12.24, 13.37, 14.30, 14.94, 16.49, 17.02, 18.35, 18.97,
    ],
}  # fmt: skip
_QM_2 = [2] * 5 + [4] * 6 + [6] * 9 + [8] * 8
_R_2 = [
    120, 193, 308, 449, 602, 378, 434, 490, 553, 616, 658, 466, 517, 567, 616, 666, 719, 772, 822, 873,
    682.5, 711, 754, 797, 841, 885, 916.5, 948,
]  # fmt: skip
_T2 = {
    100: [
        NONE, NONE, -1.08, 1.03, 2.98, 4.81, 5.96, 6.61, 7.70, 8.70, 9.49, 10.52, 11.25, 12.37, 13.41, 14.38, 15.57,
        16.25, 17.85, 18.90, 19.48, 19.51, 21.58, 21.55, 22.83, 24.36, NONE, NONE,
    ],
    500: [
        -6.2, -4.1, -1.67, 0.33, 2.18, 4.22, 5.01, 6.14, 6.95, 8.06, 8.73, 9.75, 10.94, 11.75, 12.81, 13.90, 14.72,
        15.75, 16.63, 17.68, 18.91, 19.14, 20.41, 21.15, 22.17, 23.45, 24.31, 25.2,
    ],
    2000: [
        NONE, NONE, -1.68, 0.00, 1.58, 3.65, 4.73, 6.05, 6.32, 7.86, 8.09, 9.45, 10.55, 11.05, 12.71, 13.20, 14.38,
        15.53, 16.02, 17.33, 18.51, 18.87, 19.80, 20.80, 22.13, 22.94, 23.88, NONE,
    ],
}  # fmt: skip
_QM_3 = [2] * 15 + [4] * 6 + [6] * 8
_R_3 = [
    30, 40, 50, 64, 78, 99, 120, 157, 193, 251, 308, 379, 449, 526, 602, 340, 378, 434, 490, 553, 616,
    438, 466, 517, 567, 616, 666, 719, 772,
]  # fmt: skip
_T3 = {
    # The lowest six with a gap of 1.1 dB to Shannon, as the lowest CQI have.
    500: [
        -12.7, -11.5, -10.45, -9.35, -8.4, -7.3, -6.2, -5.0, -4.1, -2.94, -1.67, -0.46, 0.22, 1.47, 2.17, 3.42, 4.21,
        4.98, 6.15, 7.01, 8.10, 9.29, 9.68, 10.85, 11.71, 12.81, 13.92, 14.64, 15.75,
    ],
}  # fmt: skip
_COLUMNS = {1: (_QM_1, _R_1, _T1), 2: (_QM_2, _R_2, _T2), 3: (_QM_3, _R_3, _T3)}


def mcs_table(number: int, block_bits: int = 500) -> McsTable:
    """Table 1 (64QAM), 2 (256QAM) or 3 (low rates) for code blocks of about 100, 500 or 2000 bit.

    Raises ConfigError for another number or size, and for table 3 with other than 500 bit.
    """
    if number not in _COLUMNS:
        raise ConfigError(f"no MCS table {number}; they are {', '.join(map(str, _COLUMNS))}")
    bits, rate, thresholds = _COLUMNS[number]
    if block_bits not in thresholds:
        known = ", ".join(map(str, thresholds))
        raise ConfigError(
            f"MCS table {number} has no thresholds for blocks of {block_bits} bit; it has them for {known}"
        )
    usual, column = np.array(thresholds[500]), np.array(thresholds[block_bits])
    known_rows = np.flatnonzero(~np.isnan(column))
    rows = np.arange(len(column))
    closest = known_rows[np.abs(rows[:, np.newaxis] - known_rows).argmin(axis=1)]
    column = np.where(np.isnan(column), usual + column[closest] - usual[closest], column)
    return McsTable(np.array(bits), np.array(rate, dtype=np.float64), column)
