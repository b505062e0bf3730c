"""From the world to KPM: every measurement is a function of what happened in one reporting window.

Names and units are TS 28.552's. A value that does not exist (throughput of a cell that sent nothing) is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ricloop.e2sm.kpm.metrics import fold, measure
from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.energy.power import J_PER_KWH
from ricloop_e2sim.gnb import radio
from ricloop_e2sim.gnb.counters import CellCounter, UserCounter
from ricloop_e2sim.gnb.sample import Sample, ratio
from ricloop_e2sim.phy.cqi import T1

KBIT = 1000.0


def _count(counter: int) -> Callable[[Sample], Floats]:
    return lambda sample: sample.cell[counter]


def _mean(counter: int) -> Callable[[Sample], Floats]:
    return lambda sample: sample.cell[counter] / sample.seconds


def _prb_percent(sample: Sample) -> Floats:
    """Of the PRBs that were available; 0 while asleep."""
    return 100 * np.nan_to_num(ratio(sample.cell[CellCounter.PRB_S], sample.cell[CellCounter.AVAILABLE_PRB_S]))


def _throughput(sample: Sample) -> Floats:
    """kbit/s: what was delivered over the time with data in the buffer, mean over UEs (28.552 5.1.1.3.1)."""
    return ratio(sample.cell[CellCounter.BITS] / KBIT, sample.cell[CellCounter.ACTIVE_UE_S])


def _as_reported(name: str, values: Floats) -> Floats:
    """As UEs report it: what is beyond the ends of the report's range is told as the end (TS 38.133 10.1)."""
    return np.clip(values, *measure(name).range)


def _connected_now(sample: Sample) -> Floats:
    return np.where(sample.serving >= 0, 1.0, np.nan)


CELL_METRICS: Mapping[str, Callable[[Sample], Floats]] = {
    "RRU.PrbTotDl": _prb_percent,
    "RRU.PrbUsedDl": _mean(CellCounter.PRB_S),
    "RRU.PrbAvailDl": _mean(CellCounter.AVAILABLE_PRB_S),
    "DRB.UEThpDl": _throughput,
    "DRB.PdcpSduVolumeDL": lambda sample: sample.cell[CellCounter.BITS] / KBIT,
    "DRB.RlcSduTransmittedVolumeDL": lambda sample: sample.cell[CellCounter.BITS] / KBIT,
    "DRB.MeanActiveUeDl": _mean(CellCounter.ACTIVE_UE_S),
    "PEE.AvgPower": _mean(CellCounter.ENERGY_J),
    "PEE.MinPower": lambda sample: sample.least_power_w,
    "PEE.MaxPower": lambda sample: sample.most_power_w,
    "PEE.Energy": lambda sample: sample.cell[CellCounter.ENERGY_J] / J_PER_KWH,
    "CQI": lambda sample: sample.cell_mean(T1.cqi(sample.own(sample.layout.sinr_db)).astype(float)),
    "RSRP": lambda sample: radio.to_db(sample.cell_mean(radio.to_linear(sample.own(sample.layout.rsrp_dbm)))),
    "RRC.ConnMean": _mean(CellCounter.CONNECTED_S),
    "RRC.ConnMax": lambda sample: sample.most_connected,
    "RRC.ConnEstabAtt": _count(CellCounter.CONNECTIONS),
    "RRC.ConnEstabSucc": _count(CellCounter.CONNECTIONS),
    "RRC.ReEstabAtt": _count(CellCounter.REESTABLISHED),
    "MM.HoExeIntraReq": _count(CellCounter.HANDOVERS_ASKED),
    "MM.HoExeIntraSucc": _count(CellCounter.HANDOVERS_DONE),
}
"""[cells] each. Power is the node's in 28.552; per cell here, as commercial generators give it."""

UE_METRICS: Mapping[str, Callable[[Sample], Floats]] = {
    "DRB.UEThpDl": lambda sample: ratio(sample.user[UserCounter.BITS] / KBIT, sample.user[UserCounter.BUSY_S]),
    "DRB.PdcpSduVolumeDL": lambda sample: sample.user[UserCounter.BITS] / KBIT,
    "DRB.RlcSduTransmittedVolumeDL": lambda sample: sample.user[UserCounter.BITS] / KBIT,
    "RRU.PrbUsedDl": lambda sample: sample.user[UserCounter.PRB_S] / sample.seconds,
    "CQI": lambda sample: T1.cqi(sample.own(sample.layout.sinr_db)).astype(float),
    "RSRP": lambda sample: _as_reported("RSRP", sample.own(sample.layout.rsrp_dbm)),
    "L1M.DL-SS-RSRP": lambda sample: _as_reported("L1M.DL-SS-RSRP", sample.own(sample.layout.rsrp_dbm)),
    "L1M.DL-SS-SINR": lambda sample: _as_reported("L1M.DL-SS-SINR", sample.own(sample.layout.sinr_db)),
    "RRC.ConnMean": _connected_now,
}
"""[users] each."""

_FOLDED_CELL = {fold(name): name for name in CELL_METRICS}
_FOLDED_UE = {fold(name): name for name in UE_METRICS}


def known_name(asked: str, per_ue: bool) -> str | None:
    """Our spelling of a measurement asked for in any of the accepted ones; None where we have none."""
    return (_FOLDED_UE if per_ue else _FOLDED_CELL).get(fold(asked))


def cell_values(sample: Sample, name: str) -> Floats:
    """[cells]; whole numbers where 28.552 defines an integer."""
    return _whole(name, CELL_METRICS[name](sample))


def ue_values(sample: Sample, name: str) -> Floats:
    """[users]; whole numbers where 28.552 defines an integer."""
    return _whole(name, UE_METRICS[name](sample))


_WHOLE: dict[str, bool] = {name: measure(name).whole for name in {*CELL_METRICS, *UE_METRICS}}


def _whole(name: str, values: Floats) -> Floats:
    return np.rint(values) if _WHOLE[name] else values
