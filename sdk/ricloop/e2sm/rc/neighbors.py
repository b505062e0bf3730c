"""NeighborRelation-Info (E2SM-RC 9.3.38): a cell's frequency and the cells beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ricloop.core.errors import EncodeError
from ricloop.core.ids import Cgi
from ricloop.core.ueids import EutraCgi
from ricloop.e2sm.common import cgi_from_asn, cgi_to_asn
from ricloop.e2sm.rc.syntax import unknown


@dataclass(frozen=True, slots=True)
class Band:
    """An NR band (1..1024) and the supplementary uplink bands it may be used with (at most 32)."""

    number: int
    supplementary: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbor:
    """One neighbour cell, NR or E-UTRA by its identity."""

    cell: Cgi | EutraCgi
    pci: int
    """0..1007; E-UTRA 0..503."""
    arfcn: int
    """0..3279165; E-UTRA 0..65535."""
    tac: bytes
    """3 octets; E-UTRA 2."""
    tdd: bool = True
    """NR only: the uplink shares the frequency."""
    bands: tuple[Band, ...] = ()
    """NR only, at least one there."""
    shifted: bool | None = None
    """NR only: frequencyShift7p5khz."""
    connected: bool = False
    """An X2 or Xn connection to it stands."""
    validated: bool = False
    """A handover to it succeeded."""
    version: int = 1
    """1..65535 and beyond."""


@dataclass(frozen=True, slots=True)
class NeighborRelation:
    """Of one serving cell: its own PCI and ARFCN (E-UTRA or NR), and at least one neighbour."""

    pci: int
    arfcn: int
    neighbors: tuple[Neighbor, ...]
    nr: bool = True


def relation_to_asn(relation: NeighborRelation) -> dict[str, Any]:
    return {
        "servingCellPCI": ("nR" if relation.nr else "eUTRA", relation.pci),
        "servingCellARFCN": ("nR", {"nRARFCN": relation.arfcn}) if relation.nr else ("eUTRA", relation.arfcn),
        "neighborCell-List": [_neighbor_to_asn(one) for one in relation.neighbors],
    }


def relation_from_asn(value: dict[str, Any], path: str) -> NeighborRelation:
    kind, pci = value["servingCellPCI"]
    other, arfcn = value["servingCellARFCN"]
    if kind not in ("nR", "eUTRA") or other != kind:
        raise unknown(path, f"{kind}/{other}")
    neighbors = tuple(_neighbor_from_asn(one, path) for one in value["neighborCell-List"])
    return NeighborRelation(pci, arfcn["nRARFCN"] if kind == "nR" else arfcn, neighbors, kind == "nR")


def _neighbor_to_asn(one: Neighbor) -> tuple[str, dict[str, Any]]:
    cell = cgi_to_asn(one.cell)[1]
    common = {
        "x2-Xn-established": _yes(one.connected),
        "hO-validated": _yes(one.validated),
        "version": one.version,
    }
    if isinstance(one.cell, EutraCgi):
        if one.bands or one.shifted is not None:
            raise EncodeError(f"neighbour {one.cell}: an E-UTRA cell has no NR bands and no frequency shift")
        fields = {"eUTRA-CGI": cell, "eUTRA-PCI": one.pci, "eUTRA-ARFCN": one.arfcn, "eUTRA-TAC": one.tac}
        return "ranType-Choice-EUTRA", {**fields, **common}
    frequency: dict[str, Any] = {
        "nrARFCN": {"nRARFCN": one.arfcn},
        "frequencyBand-List": [
            {
                "freqBandIndicatorNr": band.number,
                "supportedSULBandList": [{"freqBandIndicatorNr": number} for number in band.supplementary],
            }
            for band in one.bands
        ],
    }
    if one.shifted is not None:
        frequency["frequencyShift7p5khz"] = _yes(one.shifted)
    fields = {
        "nR-CGI": cell,
        "nR-PCI": one.pci,
        "fiveGS-TAC": one.tac,
        "nR-mode-info": "tdd" if one.tdd else "fdd",
        "nR-FreqInfo": frequency,
    }
    return "ranType-Choice-NR", {**fields, **common}


def _neighbor_from_asn(item: tuple[str, dict[str, Any]], path: str) -> Neighbor:
    kind, value = item
    last = {
        "connected": value["x2-Xn-established"] == "true",
        "validated": value["hO-validated"] == "true",
        "version": value["version"],
    }
    if kind == "ranType-Choice-EUTRA":
        cell = cgi_from_asn(("eUTRA-CGI", value["eUTRA-CGI"]), path)
        return Neighbor(cell=cell, pci=value["eUTRA-PCI"], arfcn=value["eUTRA-ARFCN"], tac=value["eUTRA-TAC"], **last)
    if kind != "ranType-Choice-NR":
        raise unknown(path, kind)
    frequency = value["nR-FreqInfo"]
    shift = frequency.get("frequencyShift7p5khz")
    return Neighbor(
        cell=cgi_from_asn(("nR-CGI", value["nR-CGI"]), path),
        pci=value["nR-PCI"],
        arfcn=frequency["nrARFCN"]["nRARFCN"],
        tac=value["fiveGS-TAC"],
        tdd=value["nR-mode-info"] == "tdd",
        bands=_bands(frequency["frequencyBand-List"]),
        shifted=None if shift is None else shift == "true",
        **last,
    )


def _bands(items: Sequence[dict[str, Any]]) -> tuple[Band, ...]:
    return tuple(
        Band(
            band["freqBandIndicatorNr"],
            tuple(one["freqBandIndicatorNr"] for one in band["supportedSULBandList"]),
        )
        for band in items
    )


def _yes(value: bool) -> str:
    return "true" if value else "false"
