"""Which part of a split gNB makes a measurement: the one that its protocol layer is in (TS 38.401 6.1, TS 28.552)."""

from __future__ import annotations

from collections.abc import Iterable

from ricloop_e2sim.e2node.identity import Role

_UP = (
    *("QosFlow.", "GTP.", "DRB.Pdcp", "DRB.PDCP.", "DRB.F1uPdcp", "DRB.F1UpacketLossRateUl", "DRB.GtpF1"),
    *("DRB.DelayDlNgran", "DRB.DelayUlNgran"),
    *("DRB.PacketLossRateUl", "DRB.PacketLossRateUL", "DRB.PacketSuccessRateUl"),
)
"""SDAP, PDCP, NG-U and the CU's end of F1-U."""
_CP = (
    *("RRC.", "MM.", "HO.", "SM.", "MR.", "QF.", "UECNTX."),
    *("DRB.Estab", "DRB.InitialEstab", "DRB.MeanEstab", "DRB.MaxEstab", "DRB.RelActNbr", "DRB.SessionTime"),
)
"""Connections, mobility, sessions and bearers, and what users report to RRC."""


def served_by(names: Iterable[str], role: Role) -> tuple[str, ...]:
    """Those of `names` that a node serves; a DU has all that no CU has."""
    return tuple(name for name in names if _serves(name, role))


def _serves(name: str, role: Role) -> bool:
    if name.startswith(_UP):
        return role.up
    return role.cp if name.startswith(_CP) else role.du
