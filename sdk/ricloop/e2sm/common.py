"""What the service models share: slices, styles, and the ASN.1 spelling of cells (E2SM v3 and later)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ricloop.asn1.convert import from_bits, record, to_bits
from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError, DecodeError, EncodeError
from ricloop.core.ids import CellId, Cgi, Plmn, UeHandle
from ricloop.core.ueids import EutraCgi

NCI_BITS = 36
MOST_SST = 255


@dataclass(frozen=True, slots=True, order=True)
class Slice:
    """S-NSSAI: slice/service type 0..255 and slice differentiator 0..2^24-1, None where there is none."""

    sst: int
    sd: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.sst < 1 << 8 or (self.sd is not None and not 0 <= self.sd < 1 << 24):
            raise ValueError(f"slice {self.sst}/{self.sd}: SST is 0..255 and SD 0..16777215")

    @property
    def octets(self) -> bytes:
        """SST, and SD where there is one: 1 or 4 octets."""
        return bytes([self.sst]) + (b"" if self.sd is None else self.sd.to_bytes(3, "big"))

    @classmethod
    def of(cls, text: str) -> Slice:
        """As `str` writes it: `128`, or `1-00000a` with an SD of six hexadecimal digits. Raises ConfigError if not."""
        found = re.fullmatch(r"(\d{1,3})(?:-([0-9a-fA-F]{6}))?", text)
        if found is None or int(found[1]) > MOST_SST:
            raise ConfigError(
                f"slice {text!r}: write SST, 0 to 255, or SST-SD with six hexadecimal digits, as 1-00000a"
            )
        return cls(int(found[1]), None if found[2] is None else int(found[2], 16))

    @classmethod
    def from_octets(cls, octets: bytes) -> Slice:
        """Inverse of `octets`. Raises ValueError unless there are 1 or 4."""
        if len(octets) not in (1, 4):
            raise ValueError(f"an S-NSSAI has 1 or 4 octets, not {len(octets)}")
        return cls(octets[0], int.from_bytes(octets[1:], "big") if len(octets) == 4 else None)

    def __str__(self) -> str:
        return str(self.sst) if self.sd is None else f"{self.sst}-{self.sd:06x}"


class MovesUe(Action):
    """An action that gives a UE another serving cell: one service model writes it, another one's report shows it."""

    __slots__ = ()
    ue: UeHandle
    target: CellId


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionName:
    """RANfunction-Name: how a RAN function calls itself."""

    short_name: str
    oid: str
    description: str
    instance: int | None = None


@dataclass(frozen=True, slots=True)
class EventStyle:
    """One event trigger style that a RAN function offers."""

    type: int
    name: str
    format: int


# --------------------------------------------------------------------------------------- values of the ASN.1 codec


FUNCTION_NAME = record(
    FunctionName,
    short_name="ranFunction-ShortName",
    oid="ranFunction-E2SM-OID",
    description="ranFunction-Description",
    instance="ranFunction-Instance?",
)
EVENT_STYLE = record(
    EventStyle,
    type="ric-EventTriggerStyle-Type",
    name="ric-EventTriggerStyle-Name",
    format="ric-EventTriggerFormat-Type",
)


def slice_to_asn(slice_: Slice) -> dict[str, Any]:
    octets = slice_.octets
    return {"sST": octets[:1], "sD": octets[1:]} if slice_.sd is not None else {"sST": octets}


def slice_from_asn(value: dict[str, Any]) -> Slice:
    return Slice.from_octets(value["sST"] + value.get("sD", b""))


def cell_to_asn(cell: CellId) -> tuple[str, dict[str, Any]]:
    """A CGI. NR only: a packed cell id has no room for an E-UTRA one."""
    return cgi_to_asn(spelled_out(cell))


def spelled_out(cell: CellId) -> Cgi:
    """The cell's CGI, to be sent. Raises EncodeError where the id does not hold one."""
    try:
        return Cgi.unpack(cell)
    except (ValueError, OverflowError) as error:
        raise EncodeError(f"{cell} is no packed cell id: {error}") from error


def cell_from_asn(value: tuple[str, Any], path: str) -> CellId:
    cell = cgi_from_asn(value, path)
    if isinstance(cell, EutraCgi):
        raise DecodeError(f"'{value[0]}' names no NR cell", path=path)
    return cell.packed


def cgi_to_asn(cell: Cgi | EutraCgi) -> tuple[str, dict[str, Any]]:
    """A cell of either technology."""
    if isinstance(cell, EutraCgi):
        return "eUTRA-CGI", {"pLMNIdentity": cell.plmn.octets, "eUTRACellIdentity": to_bits(cell.eci, 28)}
    return "nR-CGI", {"pLMNIdentity": cell.plmn.octets, "nRCellIdentity": to_bits(cell.nci, NCI_BITS)}


def cgi_from_asn(value: tuple[str, Any], path: str) -> Cgi | EutraCgi:
    """Raises DecodeError for a PLMN that is not made of digits."""
    kind, cgi = value
    plmn = plmn_from_octets(cgi["pLMNIdentity"], path)
    if kind == "nR-CGI":
        return Cgi(plmn, from_bits(cgi["nRCellIdentity"]))
    return EutraCgi(plmn, from_bits(cgi["eUTRACellIdentity"]))


def plmn_from_octets(octets: bytes, path: str) -> Plmn:
    try:
        return Plmn.from_octets(octets)
    except ValueError as error:
        raise DecodeError(str(error), path=path) from error


def absent_removed(value: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that are None: how the ASN.1 codec spells an absent OPTIONAL."""
    return {key: field for key, field in value.items() if field is not None}
