"""Wideband CQI: the tables of TS 38.214 5.2.2.1, and the SINR from which each row is reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats, Ints


@dataclass(frozen=True, eq=False)
class CqiTable:
    """Rows for CQI 1..15, at index 0..14."""

    bits: Ints
    """Qm: per symbol."""
    rate_1024: Ints
    """Code rate × 1024."""
    threshold_db: Floats
    """SINR from which the row's block error rate is met."""

    @property
    def efficiency(self) -> Floats:
        """bit per resource element."""
        return self.bits * self.rate_1024 / 1024

    def cqi(self, sinr_db: Floats) -> Ints:
        """0..15 of SINR in dB, any shape; 0: nothing can be received."""
        return np.searchsorted(self.threshold_db, sinr_db, side="right").astype(np.int64)


_T1_DB = (-8.3, -6.4, -4.2, -1.6, 0.35, 2.2, 4.2, 6.1, 8.0, 9.7, 11.7, 13.8, 15.7, 17.65, 19.3)
"""10 % block errors, AWGN, code blocks of about 500 bit; rows 1–3 with a gap of 1.1 dB to Shannon."""
STRICT_DB = 2.66
"""By how much one block error in 10⁵, that of table 3, needs more than one in 10: what `mcs.bler`'s curve says."""

T1 = CqiTable(
    np.array([2] * 6 + [4] * 3 + [6] * 6),
    np.array([78, 120, 193, 308, 449, 602, 378, 490, 616, 466, 567, 666, 772, 873, 948]),
    np.array(_T1_DB),
)
"""Up to 64QAM, 10 % (table 5.2.2.1-2)."""
T2 = CqiTable(
    np.array([2] * 3 + [4] * 3 + [6] * 5 + [8] * 4),
    np.array([78, 193, 449, 378, 490, 616, 466, 567, 666, 772, 873, 711, 797, 885, 948]),
    # Those of the same row in table 1, and in 256QAM those of the MCS with the same code rate.
    np.array([*_T1_DB[0:5:2], *_T1_DB[6:14], 19.14, 21.15, 23.45, 25.2]),
)
"""Up to 256QAM, 10 % (table 5.2.2.1-3)."""
T3 = CqiTable(
    np.array([2] * 8 + [4] * 3 + [6] * 4),
    np.array([30, 50, 78, 120, 193, 308, 449, 602, 378, 490, 616, 466, 567, 666, 772]),
    # The first two with the same gap to Shannon as rows 1–3 of table 1.
    np.array([-12.7, -10.45, *_T1_DB[:13]]) + STRICT_DB,
)
"""Up to 64QAM, one block error in 10⁵ (table 5.2.2.1-4)."""
TABLES = {1: T1, 2: T2, 3: T3}
"""Number in `cqi-Table` of TS 38.331 → table."""
