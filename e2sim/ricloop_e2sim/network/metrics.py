"""From a network's sample to KPM: names and units of TS 28.552; what does not exist is NaN.

Power is the node's in 28.552; per cell here, as commercial generators give it. Delays are those of the one queue that
there is each way, by Little's law, in the uplink that of the user; drops are of bits, which stand for packets. Header
compression is not simulated, so volumes of PDUs are not served.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ricloop.e2sm.kpm.metrics import METRICS, measure
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.blocks import CELL_BLOCKS, UE_BLOCKS
from ricloop_e2sim.network.carriers import CARRIERS
from ricloop_e2sim.network.gauges import Extreme
from ricloop_e2sim.network.sample import NetworkSample, Sums, ratio
from ricloop_e2sim.network.sessions import SESSIONS, summed
from ricloop_e2sim.network.totals import CellTotal
from ricloop_e2sim.network.userplane import KBIT, USER_PLANE, USER_PLANE_UP
from ricloop_e2sim.phy.sinr import rsrq_of
from ricloop_e2sim.rrc.counters import CAUSES, ROW

J_PER_KWH = 3.6e6


def _volume(sums: Sums) -> Floats:
    return sums.bits / KBIT


def _throughput(sums: Sums) -> Floats:
    return ratio(sums.bits / KBIT, sums.busy_s)


def _delay(sums: Sums) -> Floats:
    return 1e4 * ratio(sums.queue_bit_s, sums.bits)


def _lost(sums: Sums) -> Floats:
    return 1e6 * np.minimum(ratio(sums.lost_bits, sums.offered_bits), 1.0)


def _succeeded(sums: Sums) -> Floats:
    """Percent of what there was to send: 28.552 has a fraction as an integer, which gNBs tell so."""
    return 100 - _lost(sums) / 1e4


def _active(sums: Sums) -> Floats:
    return sums.busy_s / sums.seconds


def _unrestricted(sums: Sums) -> Floats:
    """Percent of the volume, of what fitted into one slot with all that waited (TS 28.552 5.1.1.3)."""
    return 100 * ratio(sums.slot_bits, sums.bits)


def _prbs(sums: Sums) -> Floats:
    return sums.prb_s / sums.seconds


UPLINK: Mapping[str, Callable[[Sums], Floats]] = {
    "DRB.UEThpUl": _throughput,
    "DRB.PdcpSduVolumeUL": _volume,
    "DRB.RlcSduTransmittedVolumeUL": _volume,
    "QosFlow.PdcpSduVolumeUl": _volume,
    "DRB.RlcDelayUl": _delay,
    "DRB.PacketLossRateUl": _lost,
    "DRB.PacketSuccessRateUlgNBUu": _succeeded,
    "DRB.MeanActiveUeUl": _active,
    "DRB.UEUnresVolUl": _unrestricted,
    "RRU.PrbUsedUl": _prbs,
    **USER_PLANE_UP,
}
"""Those of `SPLIT` that are of sums over the uplink; the others are of the downlink."""

SPLIT: Mapping[str, Callable[[Sums], Floats]] = {
    "DRB.UEThpDl": _throughput,
    "DRB.PdcpSduVolumeDL": _volume,
    "DRB.RlcSduTransmittedVolumeDL": _volume,
    "QosFlow.PdcpSduVolumeDl": _volume,
    "DRB.RlcSduDelayDl": _delay,
    "DRB.RlcPacketDropRateDl": _lost,
    "DRB.MeanActiveUeDl": _active,
    "DRB.UEUnresVolDl": _unrestricted,
    "RRU.PrbUsedDl": _prbs,
    **USER_PLANE,
    **UPLINK,
}
"""[n] each: of cells and of users, and what of it a label of slice or 5QI means."""


def _prb_percent(cell: Floats) -> Floats:
    """Of the PRBs that were available; 0 while none is."""
    share = ratio(cell[CellTotal.PRB_S], cell[CellTotal.AVAILABLE_PRB_S])
    return 100 * np.minimum(np.nan_to_num(share), 1.0)


def _most_active(active: Floats) -> Floats:
    """The greatest mean of a tick: in none of its moments there were fewer at once."""
    return np.ceil(active - 1e-9)


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
    "RRU.PrbTotDl": lambda sample: _prb_percent(sample.cell),
    "RRU.PrbAvailDl": lambda sample: sample.cell[CellTotal.AVAILABLE_PRB_S] / sample.seconds,
    "RRU.MaxPrbUsedDl": lambda sample: sample.most[Extreme.PRBS],
    "DRB.MaxActiveUeDl": lambda sample: _most_active(sample.most[Extreme.ACTIVE]),
    "RRU.PrbTotUl": lambda sample: _prb_percent(sample.cell_up),
    "RRU.PrbAvailUl": lambda sample: sample.cell_up[CellTotal.AVAILABLE_PRB_S] / sample.seconds,
    "RRU.MaxPrbUsedUl": lambda sample: sample.most[Extreme.PRBS_UP],
    "DRB.MaxActiveUeUl": lambda sample: _most_active(sample.most[Extreme.ACTIVE_UP]),
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
