"""Connections, PDU sessions, bearers, QoS flows and random accesses, from the counters of RRC.

A connection has one PDU session with one DRB and one QoS flow, set up and released with it. Every attempt for a
connection or re-establishment takes one contention-based preamble, of group A, and every handover one of its own; a
cell has one beam.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Floats
from ricloop_e2sim.network.gauges import Extreme
from ricloop_e2sim.network.sample import NetworkSample
from ricloop_e2sim.network.totals import CellTotal
from ricloop_e2sim.rrc.counters import CAUSES, ROW
from ricloop_e2sim.rrc.handover import INTERRUPTION_US, PREPARATION_US

HANDOVER_MS: Final = (PREPARATION_US + INTERRUPTION_US) / 1000


def summed(*names: str) -> Callable[[NetworkSample], Floats]:
    """[c]: the sum of counters of `ROW`."""
    rows = [ROW[name] for name in names]
    return lambda sample: sample.rrc[rows].sum(axis=0).astype(np.float64)


def _held(sample: NetworkSample) -> Floats:
    return np.asarray(sample.cell[CellTotal.CONNECTED_S] / sample.seconds)


def _most_held(sample: NetworkSample) -> Floats:
    return np.asarray(sample.most[Extreme.CONNECTED])


def _handover_ms(sample: NetworkSample) -> Floats:
    """From the request to the target to the user's arrival there; NaN where none arrived."""
    return np.where(sample.rrc[ROW["MM.HoExeInterSucc"]] > 0, HANDOVER_MS, np.nan)


_CONNECTED = summed(*(f"RRC.ConnEstabSucc.{cause}" for cause in CAUSES))
_CONTENDED = summed(*(f"RRC.ConnEstabAtt.{cause}" for cause in CAUSES), "RRC.ReEstabAtt")
_DEDICATED = summed("HandoverIn")
_ASKED, _SET_UP, _CUT = summed("DRB.EstabAtt"), summed("DRB.EstabSucc"), summed("DRB.RelActNbr")

SESSIONS: Mapping[str, Callable[[NetworkSample], Floats]] = {
    "UECNTX.ConnEstabAtt": _CONNECTED,
    "UECNTX.ConnEstabSucc": _CONNECTED,
    "UECNTX.RelReq": summed("RadioLinkFailure"),
    "UECNTX.RelCmd": summed("Released", "RadioLinkGone", "MM.HoExeInterSucc"),
    "SM.MeanPDUSessionSetupReq": _held,
    "SM.MaxPDUSessionSetupReq": _most_held,
    "DRB.MeanEstabSucc": _held,
    "DRB.MaxEstabSucc": _most_held,
    "DRB.InitialEstabAtt": _ASKED,
    "DRB.InitialEstabSucc": _SET_UP,
    "QF.EstabAttNbr": _ASKED,
    "QF.EstabSuccNbr": _SET_UP,
    "QF.InitialEstabAttNbr": _ASKED,
    "QF.InitialEstabSuccNbr": _SET_UP,
    "QF.RelActNbr": _CUT,
    "QF.ReleaseAttNbr": summed("Released", "RadioLinkGone"),
    "MM.HoExeInterReq.TimeMean": _handover_ms,
    "MM.HoExeInterReq.TimeMax": _handover_ms,
    "RACH.PreambleACell": _CONTENDED,
    "RACH.PreambleA": _CONTENDED,
    "RACH.PreambleDedCell": _DEDICATED,
    "RACH.PreambleDed": _DEDICATED,
}
"""[c] each, beside the counters that have their names from TS 28.552."""
