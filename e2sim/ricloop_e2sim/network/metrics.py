"""From a network's sample to KPM: names and units of TS 28.552; what does not exist is NaN.

Power is the node's in 28.552; per cell here, as commercial generators give it. Delays are those of the one queue that
there is, by Little's law; drops are of bits, which stand for packets. Header compression is not simulated, so
volumes of PDUs are not served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ricloop.e2sm.kpm.metrics import METRICS, measure
from ricloop_e2sim.layout import Floats
from ricloop_e2sim.network.blocks import CELL_BLOCKS, UE_BLOCKS
from ricloop_e2sim.network.carriers import CARRIERS
from ricloop_e2sim.network.gauges import Extreme
from ricloop_e2sim.network.sample import NetworkSample, Sums, ratio
from ricloop_e2sim.network.sessions import SESSIONS, summed
from ricloop_e2sim.network.totals import CellTotal
from ricloop_e2sim.network.userplane import KBIT, USER_PLANE
from ricloop_e2sim.phy.sinr import rsrq_of
from ricloop_e2sim.rrc.counters import CAUSES, ROW

J_PER_KWH = 3.6e6


def _volume(sums: Sums) -> Floats:
    return sums.bits / KBIT


SPLIT: Mapping[str, Callable[[Sums], Floats]] = {
    "DRB.UEThpDl": lambda sums: ratio(sums.bits / KBIT, sums.busy_s),
    "DRB.PdcpSduVolumeDL": _volume,
    "DRB.RlcSduTransmittedVolumeDL": _volume,
    "QosFlow.PdcpSduVolumeDl": _volume,
    "DRB.RlcSduDelayDl": lambda sums: 1e4 * ratio(sums.queue_bit_s, sums.bits),
    "DRB.RlcPacketDropRateDl": lambda sums: 1e6 * np.minimum(ratio(sums.lost_bits, sums.offered_bits), 1.0),
    "DRB.MeanActiveUeDl": lambda sums: sums.busy_s / sums.seconds,
    "RRU.PrbUsedDl": lambda sums: sums.prb_s / sums.seconds,
    **USER_PLANE,
}
"""[n] each: of cells and of users, and what of it a label of slice or 5QI means."""


def _prb_percent(sample: NetworkSample) -> Floats:
    """Of the PRBs that were available; 0 while none is."""
    share = ratio(sample.cell[CellTotal.PRB_S], sample.cell[CellTotal.AVAILABLE_PRB_S])
    return 100 * np.minimum(np.nan_to_num(share), 1.0)


def _rsrq(sample: NetworkSample) -> Floats:
    """[u] dB."""
    return rsrq_of(10 ** (sample.sinr_db / 10))


_COUNTERS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    **{
        f"RRC.Conn{what}": summed(*(f"RRC.Conn{what}.{cause}" for cause in causes))
        for what, causes in (("EstabAtt", CAUSES), ("EstabSucc", CAUSES), ("EstabFailCause", ("NetworkReject",)))
    },
    **{name: summed(name) for name in ROW if name.startswith("RRC.ConnEstab")},
    **{name: summed(name) for name in ROW if name in METRICS and name not in ("RRC.ConnMean", "RRC.ConnMax")},
}

CELL_METRICS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    "RRU.PrbTotDl": _prb_percent,
    "RRU.PrbAvailDl": lambda sample: sample.cell[CellTotal.AVAILABLE_PRB_S] / sample.seconds,
    "RRU.MaxPrbUsedDl": lambda sample: sample.most[Extreme.PRBS],
    # The greatest mean of a tick: in none of its moments there were fewer at once.
    "DRB.MaxActiveUeDl": lambda sample: np.ceil(sample.most[Extreme.ACTIVE] - 1e-9),
    "PEE.AvgPower": lambda sample: sample.cell[CellTotal.ENERGY_J] / sample.seconds,
    "PEE.MinPower": lambda sample: sample.least_power_w,
    "PEE.MaxPower": lambda sample: sample.most[Extreme.POWER_W],
    "PEE.Energy": lambda sample: sample.cell[CellTotal.ENERGY_J] / J_PER_KWH,
    "CQI": lambda sample: sample.cell_mean(sample.cqi),
    "RSRP": lambda sample: sample.mean_db(sample.rsrp_dbm),
    "RSRQ": lambda sample: sample.mean_db(_rsrq(sample)),
    "L1M.DL-SS-RSRP": lambda sample: sample.mean_db(sample.rsrp_dbm),
    "L1M.DL-SS-SINR": lambda sample: sample.mean_db(sample.sinr_db),
    "RRC.ConnMean": lambda sample: sample.cell[CellTotal.CONNECTED_S] / sample.seconds,
    "RRC.ConnMax": lambda sample: sample.most[Extreme.CONNECTED],
    **_COUNTERS,
    **SESSIONS,
    **CELL_BLOCKS,
    **CARRIERS,
}
"""[c] each, beside those of `SPLIT` and the distributions."""

UE_METRICS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    "CQI": lambda sample: sample.cqi,
    "RSRP": lambda sample: sample.rsrp_dbm,
    "RSRQ": _rsrq,
    "L1M.DL-SS-RSRP": lambda sample: sample.rsrp_dbm,
    "L1M.DL-SS-SINR": lambda sample: sample.sinr_db,
    "RRC.ConnMean": lambda sample: np.where(sample.connected, 1.0, np.nan),
    **UE_BLOCKS,
}
"""[u] each, beside those of `SPLIT`."""

TESTS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    "RSRP": lambda sample: sample.rsrp_dbm,
    "RSRQ": _rsrq,
    "CQI": lambda sample: sample.cqi,
}
"""[u] each: what conditions compare."""

_REPORTED = frozenset(("RSRP", "RSRQ", "L1M.DL-SS-RSRP", "L1M.DL-SS-SINR"))


def as_told(name: str, values: Floats) -> Floats:
    """Whole numbers where 28.552 defines an integer; what UEs report ends where their reports do (TS 38.133 10.1)."""
    row = measure(name)
    if name in _REPORTED:
        values = np.clip(values, *row.range)
    return np.rint(values) if row.whole else values
