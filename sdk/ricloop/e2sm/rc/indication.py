"""Indication headers and messages (E2SM-RC 9.2.1.3, 9.2.1.4). A class per format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ricloop.core.ids import Cgi, UeId
from ricloop.core.ueids import EutraCgi
from ricloop.e2sm.rc.neighbors import NeighborRelation
from ricloop.e2sm.rc.parameters import Structure
from ricloop.e2sm.rc.syntax import Void


@dataclass(frozen=True, slots=True)
class ReportHeader:
    """Format 1: which condition of the event trigger held."""

    condition: int | None = None


@dataclass(frozen=True, slots=True)
class InsertHeader:
    """Format 2: what the node asks about which UE."""

    ue: UeId
    style: int
    indication: int


@dataclass(frozen=True, slots=True)
class UeReportHeader:
    """Format 3: which condition held for which UE."""

    condition: int | None = None
    ue: UeId | None = None


@dataclass(frozen=True, slots=True)
class ReportMessage:
    """Format 1: RAN parameters, at least one."""

    parameters: Structure


@dataclass(frozen=True, slots=True)
class UeMessage:
    """Format 2: RAN parameters per UE."""

    ues: tuple[tuple[UeId, Structure], ...]


@dataclass(frozen=True, slots=True)
class CellInfo:
    """One cell of Formats 3 and 4."""

    cell: Cgi | EutraCgi
    context: bytes | None = None
    """cellContextInfo: RRC or F1AP octets."""
    deleted: bool | None = None
    """Format 3 only."""
    neighbors: NeighborRelation | None = None


@dataclass(frozen=True, slots=True)
class CellMessage:
    """Format 3: cells that changed; at least one."""

    cells: tuple[CellInfo, ...]


@dataclass(frozen=True, slots=True)
class UeInfo:
    """One UE of Format 4."""

    ue: UeId
    cell: Cgi | EutraCgi
    context: bytes | None = None
    """ueContextInfo: RRC or NGAP octets."""


@dataclass(frozen=True, slots=True)
class NodeMessage:
    """Format 4 (v1.03; void in v5): the answer to an on-demand report."""

    ues: tuple[UeInfo, ...]
    cells: tuple[CellInfo, ...]


@dataclass(frozen=True, slots=True)
class InsertMessage:
    """Format 5: the RAN parameters that an answer needs; may be none."""

    parameters: Structure


@dataclass(frozen=True, slots=True)
class InsertsMessage:
    """Format 6: several insert indications of several styles."""

    inserts: tuple[tuple[int, tuple[tuple[int, Structure], ...]], ...]
    """(insert style, its (insert indication, RAN parameters)); 1 to 63 of each."""


IndicationHeader: TypeAlias = ReportHeader | InsertHeader | UeReportHeader
IndicationMessage: TypeAlias = (
    ReportMessage | UeMessage | CellMessage | NodeMessage | InsertMessage | InsertsMessage | Void
)
