"""What the service models share: slices, styles, and the ASN.1 spelling of cells and UEs (E2SM v3 and later)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ricloop.core.actions import Action
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import CellId, Cgi, Guami, Plmn, UeHandle, UeId

NCI_BITS = 36
RAN_UE_ID_OCTETS = 8


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


def name_to_asn(name: FunctionName) -> dict[str, Any]:
    value: dict[str, Any] = {
        "ranFunction-ShortName": name.short_name,
        "ranFunction-E2SM-OID": name.oid,
        "ranFunction-Description": name.description,
    }
    if name.instance is not None:
        value["ranFunction-Instance"] = name.instance
    return value


def name_from_asn(value: dict[str, Any]) -> FunctionName:
    return FunctionName(
        short_name=value["ranFunction-ShortName"],
        oid=value["ranFunction-E2SM-OID"],
        description=value["ranFunction-Description"],
        instance=value.get("ranFunction-Instance"),
    )


def slice_to_asn(slice_: Slice) -> dict[str, Any]:
    octets = slice_.octets
    return {"sST": octets[:1], "sD": octets[1:]} if slice_.sd is not None else {"sST": octets}


def slice_from_asn(value: dict[str, Any]) -> Slice:
    return Slice.from_octets(value["sST"] + value.get("sD", b""))


def cell_to_asn(cell: CellId) -> tuple[str, dict[str, Any]]:
    """A CGI. NR only: a packed cell id has no room for an E-UTRA one."""
    cgi = spelled_out(cell)
    return "nR-CGI", {"pLMNIdentity": cgi.plmn.octets, "nRCellIdentity": ((cgi.nci << 4).to_bytes(5, "big"), NCI_BITS)}


def spelled_out(cell: CellId) -> Cgi:
    """The cell's CGI, to be sent. Raises EncodeError where the id does not hold one."""
    try:
        return Cgi.unpack(cell)
    except (ValueError, OverflowError) as error:
        raise EncodeError(f"{cell} is no packed cell id: {error}") from error


def cell_from_asn(value: tuple[str, Any], path: str) -> CellId:
    kind, cgi = value
    if kind != "nR-CGI":
        raise DecodeError(f"'{kind}' names no NR cell", path=path)
    octets, _ = cgi["nRCellIdentity"]
    return Cgi(plmn_from_octets(cgi["pLMNIdentity"], path), int.from_bytes(octets, "big") >> 4).packed


def plmn_from_octets(octets: bytes, path: str) -> Plmn:
    try:
        return Plmn.from_octets(octets)
    except ValueError as error:
        raise DecodeError(str(error), path=path) from error


@lru_cache(maxsize=1 << 16)
def du_ue(f1ap: int) -> UeId:
    """The UE that a DU calls `f1ap`; the same object each time, since a report names the same UEs every period."""
    return UeId(f1ap=(f1ap,))


def ue_to_asn(ue: UeId) -> tuple[str, dict[str, Any]]:
    """UEID. The alternative follows what is known: an AMF id makes a gNB's, else F1AP a DU's, else E1AP a CU-UP's."""
    if ue.amf_ue_ngap_id is not None and ue.guami is not None:
        return "gNB-UEID", _gnb_ue(ue, ue.amf_ue_ngap_id, ue.guami)
    if len(ue.f1ap) == 1 and not ue.e1ap and ue.amf_ue_ngap_id is None:
        value: dict[str, Any] = {"gNB-CU-UE-F1AP-ID": ue.f1ap[0]}
        kind = "gNB-DU-UEID"
    elif len(ue.e1ap) == 1 and not ue.f1ap and ue.amf_ue_ngap_id is None:
        value = {"gNB-CU-CP-UE-E1AP-ID": ue.e1ap[0]}
        kind = "gNB-CU-UP-UEID"
    else:
        raise EncodeError(f"{ue} has neither an AMF id with its GUAMI, nor exactly one F1AP or E1AP id")
    if ue.ran_ue_id is not None:
        value["ran-UEID"] = ue.ran_ue_id
    return kind, value


def _gnb_ue(ue: UeId, amf_ue_ngap_id: int, guami: Guami) -> dict[str, Any]:
    value: dict[str, Any] = {
        "amf-UE-NGAP-ID": amf_ue_ngap_id,
        "guami": {
            "pLMNIdentity": guami.plmn.octets,
            "aMFRegionID": (guami.region.to_bytes(1, "big"), 8),
            "aMFSetID": ((guami.set << 6).to_bytes(2, "big"), 10),
            "aMFPointer": ((guami.pointer << 2).to_bytes(1, "big"), 6),
        },
    }
    if ue.f1ap:
        value["gNB-CU-UE-F1AP-ID-List"] = [{"gNB-CU-UE-F1AP-ID": id_} for id_ in ue.f1ap]
    if ue.e1ap:
        value["gNB-CU-CP-UE-E1AP-ID-List"] = [{"gNB-CU-CP-UE-E1AP-ID": id_} for id_ in ue.e1ap]
    if ue.ran_ue_id is not None:
        value["ran-UEID"] = ue.ran_ue_id
    return value


def ue_from_asn(value: tuple[str, Any], path: str) -> UeId:
    """Raises DecodeError for the UEs of an LTE or EN-DC node: they have no name here."""
    kind, ue = value
    ran = ue.get("ran-UEID")
    if kind == "gNB-DU-UEID":
        return du_ue(ue["gNB-CU-UE-F1AP-ID"]) if ran is None else UeId(f1ap=(ue["gNB-CU-UE-F1AP-ID"],), ran_ue_id=ran)
    if kind == "gNB-CU-UP-UEID":
        return UeId(e1ap=(ue["gNB-CU-CP-UE-E1AP-ID"],), ran_ue_id=ran)
    if kind != "gNB-UEID":
        raise DecodeError(f"UE id of kind '{kind}'; this is a near-RT RIC for NR: gNB, gNB-DU or gNB-CU-UP", path=path)
    guami = ue["guami"]
    return UeId(
        amf_ue_ngap_id=ue["amf-UE-NGAP-ID"],
        guami=Guami(
            plmn_from_octets(guami["pLMNIdentity"], f"{path}.guami"),
            guami["aMFRegionID"][0][0],
            int.from_bytes(guami["aMFSetID"][0], "big") >> 6,
            guami["aMFPointer"][0][0] >> 2,
        ),
        f1ap=tuple(item["gNB-CU-UE-F1AP-ID"] for item in ue.get("gNB-CU-UE-F1AP-ID-List", ())),
        e1ap=tuple(item["gNB-CU-CP-UE-E1AP-ID"] for item in ue.get("gNB-CU-CP-UE-E1AP-ID-List", ())),
        ran_ue_id=ran,
    )


def absent_removed(value: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that are None: how the ASN.1 codec spells an absent OPTIONAL."""
    return {key: field for key, field in value.items() if field is not None}
