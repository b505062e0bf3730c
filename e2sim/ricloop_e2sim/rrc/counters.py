"""Running totals of RRC, mobility, bearers and sessions in the words of TS 28.552: one array, a row per counter.

Everything is a whole number, so these hold exactly at any time, per cell. That of link failures holds over all cells,
as a user comes back in another one; departed are those that left the network while seeking.

    ConnEstabAtt = ConnEstabSucc + ConnEstabFailCause            HoPrepReq = HoPrepSucc + HoPrepFail + in preparation
    RadioLinkFailure = ReEstabAtt + Gone + seeking + departed    HoExeReq  = HoExeSucc + HoExeFail + in execution
"""

from __future__ import annotations

from typing import Final

import numpy as np

from ricloop_e2sim.arithmetic.dtypes import Bools, Floats, Ints
from ricloop_e2sim.rrc.handover import HandoverTick, Moves
from ricloop_e2sim.rrc.rlf import LinkTick
from ricloop_e2sim.rrc.robustness import Problems

CAUSES: Final = (
    "emergency",
    "highPriorityAccess",
    "mt-Access",
    "mo-Signalling",
    "mo-Data",
    "mo-VoiceCall",
    "mo-VideoCall",
    "mo-SMS",
    "mps-PriorityAccess",
    "mcs-PriorityAccess",
)
"""EstablishmentCause of TS 38.331, by index."""

_NAMES: Final = (
    *(f"RRC.ConnEstabAtt.{cause}" for cause in CAUSES),
    *(f"RRC.ConnEstabSucc.{cause}" for cause in CAUSES),
    "RRC.ConnEstabFailCause.NetworkReject",
    "RRC.ReEstabAtt",
    "RRC.ReEstabSuccWithUeContext",
    "DRB.EstabAtt",
    "DRB.EstabSucc",
    "DRB.RelActNbr",
    "SM.PDUSessionSetupReq",
    "SM.PDUSessionSetupSucc",
    "SM.PDUSessionSetupFail",
    *(f"MM.HoPrep{kind}{what}" for kind in ("Intra", "Inter") for what in ("Req", "Succ", "Fail")),
    *(
        f"MM.HoExe{kind}{what}"
        for kind in ("Intra", "Inter", "IntraFreq", "InterFreq")
        for what in ("Req", "Succ", "Fail")
    ),
    *(f"MM.HoResAlloInter{what}" for what in ("Req", "Succ", "Fail")),
    "HandoverIn",
    "Released",
    "RadioLinkFailure",
    "RadioLinkGone",
    "PingPong",
    "HO.IntraSys.TooEarly",
    "HO.IntraSys.TooLate",
    "HO.IntraSys.ToWrongCell",
    "RRC.ConnMean",
    "RRC.ConnMax",
)
ROW: Final = {name: row for row, name in enumerate(_NAMES)}
"""Name → row. Intra and Inter are within and between gNBs, IntraFreq and InterFreq by carrier, all in the source cell
but HoResAllo, which counts the same preparations in the target. `DRB.RelActNbr`: bearers that end while they have data.

Not of TS 28.552: `RadioLinkFailure` in the cell that lost the user, for whatever reason; `RadioLinkGone` of those,
users that found no cell again; `HandoverIn` in the target; `Released` by the node; `PingPong` in the cell that
was left and returned to; and the Fail rows of HoPrepIntra, HoExeIntra, HoExeIntraFreq and HoExeInterFreq.
`RRC.ConnMean` is users × µs: divide a difference by the period's µs. `RRC.ConnMax` is the most since it was last set
to 0.
"""


def counters(cells: int) -> Ints:
    """[rows of `ROW`, cells], zero."""
    return np.zeros((len(ROW), cells), dtype=np.int64)


def count_establishments(table: Ints, cell: Ints, cause: Ints, admitted: Bools, session: Bools) -> None:
    """Users that asked for a connection in this tick; every argument is [requests].

    `cause` index in `CAUSES`; `session`: wants a PDU session with its DRB, which a refused user fails to get.
    """
    cells = table.shape[1]
    for row, where in (
        (ROW["RRC.ConnEstabAtt.emergency"], slice(None)),
        (ROW["RRC.ConnEstabSucc.emergency"], admitted),
    ):
        flat = np.bincount(cause[where] * cells + cell[where], minlength=len(CAUSES) * cells)
        table[row : row + len(CAUSES)] += flat.reshape(len(CAUSES), cells)
    _count(table, "RRC.ConnEstabFailCause.NetworkReject", cell[~admitted])
    for name, where in (("Req", session), ("Succ", session & admitted), ("Fail", session & ~admitted)):
        _count(table, f"SM.PDUSessionSetup{name}", cell[where])
    # A session's DRB is set up once the user is connected, so a refused user never attempts it.
    for name in ("DRB.EstabAtt", "DRB.EstabSucc"):
        _count(table, name, cell[session & admitted])


def count_handovers(
    table: Ints, requested: Moves, tick: HandoverTick, abandoned: tuple[Moves, Moves], gnb: Ints, frequency: Floats
) -> None:
    """One tick's handovers. `requested` as `Handovers.request` and `abandoned` as `.abandon` return them.

    `gnb` and `frequency` [cells] tell which kind a handover is.
    """
    left_preparing, left_executing = abandoned
    for step, result, moves in (
        ("Prep", "Req", requested),
        ("Prep", "Succ", tick.executed),
        ("Prep", "Fail", tick.refused),
        ("Prep", "Fail", left_preparing),
        ("Exe", "Req", tick.executed),
        ("Exe", "Succ", tick.done),
        ("Exe", "Fail", tick.failed),
        ("Exe", "Fail", left_executing),
    ):
        if len(moves):
            _count_kinds(table, f"MM.Ho{step}Int%s{result}", moves.source, gnb[moves.source] != gnb[moves.target])
            if step == "Exe":
                inter = frequency[moves.source] != frequency[moves.target]
                _count_kinds(table, f"MM.HoExeInt%sFreq{result}", moves.source, inter)
    for result, moves in (("Req", requested), ("Succ", tick.executed), ("Fail", tick.refused)):
        if len(moves):
            inter = gnb[moves.source] != gnb[moves.target]
            _count(table, f"MM.HoResAlloInter{result}", moves.target[inter])
    _count(table, "HandoverIn", tick.done.target)
    _count(table, "PingPong", tick.done.target[tick.ping_pong])


def count_releases(table: Ints, cell: Ints, busy: Bools) -> None:
    """Users that are released, [releases]: their cells, and whether they have data."""
    _count(table, "Released", cell)
    _count(table, "DRB.RelActNbr", cell[busy])


def count_links(table: Ints, tick: LinkTick, waiting: Floats) -> None:
    """One tick's link failures, and the re-establishments in the cells that were found; `waiting` [users] bits."""
    if len(tick.gone):
        _count(table, "DRB.RelActNbr", tick.gone_cell[waiting[tick.gone] > 0])
    _count(table, "RadioLinkFailure", tick.failed_cell)
    _count(table, "RadioLinkGone", tick.gone_cell)
    _count(table, "RRC.ReEstabAtt", tick.cell)
    _count(table, "RRC.ReEstabSuccWithUeContext", tick.cell)


def count_problems(table: Ints, problems: Problems) -> None:
    """One tick's handover problems."""
    _count(table, "HO.IntraSys.TooEarly", problems.too_early)
    _count(table, "HO.IntraSys.TooLate", problems.too_late)
    _count(table, "HO.IntraSys.ToWrongCell", problems.to_wrong_cell)


def count_connected(table: Ints, connected: Ints, tick_us: int) -> None:
    """`connected` [cells] users in each cell during the tick."""
    table[ROW["RRC.ConnMean"]] += connected * tick_us
    most = table[ROW["RRC.ConnMax"]]
    np.maximum(most, connected, out=most)


def _count_kinds(table: Ints, name: str, cell: Ints, inter: Bools) -> None:
    _count(table, name % "ra", cell[~inter])
    _count(table, name % "er", cell[inter])


def _count(table: Ints, name: str, cell: Ints) -> None:
    if len(cell):
        table[ROW[name]] += np.bincount(cell, minlength=table.shape[1])
