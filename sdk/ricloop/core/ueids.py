"""The rarer half of a UE's name: ids of LTE and of dual connectivity, and the ids that later versions added."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.ids import Cgi, GnbId, NodeKind, Plmn


@dataclass(frozen=True, slots=True)
class Gummei:
    """Globally unique MME identifier (TS 36.413 9.2.3.9)."""

    plmn: Plmn
    group: int
    """16 bits."""
    code: int
    """8 bits."""

    def __post_init__(self) -> None:
        if not (0 <= self.group < 1 << 16 and 0 <= self.code < 1 << 8):
            raise ValueError(f"MME {self.group}/{self.code}: a group has 16 bits and a code 8")


@dataclass(frozen=True, slots=True)
class EutraCgi:
    """E-UTRAN cell global identifier (TS 36.413 9.2.1.38): PLMN and the 28-bit cell identity."""

    plmn: Plmn
    eci: int

    def __post_init__(self) -> None:
        if not 0 <= self.eci < 1 << 28:
            raise ValueError(f"E-UTRA cell identity {self.eci} is not in 0..2^28-1")


@dataclass(frozen=True, slots=True)
class CellRnti:
    """What a cell's scheduler calls the UE: C-RNTI (0..65535) and the cell that gave it."""

    rnti: int
    cell: Cgi | EutraCgi


@dataclass(frozen=True, slots=True)
class RanNode:
    """A gNB or ng-eNB by its global id."""

    kind: NodeKind
    id: GnbId


@dataclass(frozen=True, slots=True)
class UeDetail:
    """Fields of E2SM's UEID beside the usual ones; None: not said. All ids are those of the named interface."""

    kind: NodeKind = NodeKind.GNB
    """GNB (or its CU or DU), NG_ENB (its DU where there is no AMF id), EN_GNB or ENB: what the UE is attached to."""
    w1ap: int | None = None
    xnap: int | None = None
    x2ap: int | None = None
    """0..4095."""
    x2ap_extension: int | None = None
    s1ap: int | None = None
    """The MME's."""
    gummei: Gummei | None = None
    node: GnbId | None = None
    """The gNB, ng-eNB or eNB that serves it; an eNB's id of 28 bits is a home eNB's."""
    ran_node: RanNode | None = None
    """The NG-RAN node that serves it, in the spelling of E2SM v3."""
    rnti: CellRnti | None = None
    """From E2SM v5."""
