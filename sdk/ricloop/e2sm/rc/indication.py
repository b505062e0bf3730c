"""Indication headers (Formats 1 to 3) and messages (Formats 1, 2 and 5) (E2SM-RC 9.2.1.3, 9.2.1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ricloop.asn1 import RC
from ricloop.core.errors import DecodeError
from ricloop.core.ids import UeId
from ricloop.e2sm.common import absent_removed
from ricloop.e2sm.rc.parameters import Structure, items_from_asn, items_to_asn
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

_HEADER = "E2SM-RC-IndicationHeader"
_MESSAGE = "E2SM-RC-IndicationMessage"


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
class InsertMessage:
    """Format 5: the RAN parameters that an answer needs; may be none."""

    parameters: Structure


IndicationHeader: TypeAlias = ReportHeader | InsertHeader | UeReportHeader
IndicationMessage: TypeAlias = ReportMessage | UeMessage | InsertMessage


def encode_indication_header(header: IndicationHeader) -> bytes:
    chosen: tuple[str, dict[str, Any]]
    if isinstance(header, ReportHeader):
        chosen = ("indicationHeader-Format1", absent_removed({"ric-eventTriggerCondition-ID": header.condition}))
    elif isinstance(header, InsertHeader):
        chosen = (
            "indicationHeader-Format2",
            {
                "ueID": ue_to_asn(header.ue),
                "ric-InsertStyle-Type": header.style,
                "ric-InsertIndication-ID": header.indication,
            },
        )
    else:
        fields = {
            "ric-eventTriggerCondition-ID": header.condition,
            "ueID": None if header.ue is None else ue_to_asn(header.ue),
        }
        chosen = ("indicationHeader-Format3", absent_removed(fields))
    return RC.encode(_HEADER, {"ric-indicationHeader-formats": chosen})


def decode_indication_header(data: bytes) -> IndicationHeader:
    kind, value = RC.decode(_HEADER, data)["ric-indicationHeader-formats"]
    if kind == "indicationHeader-Format1":
        return ReportHeader(value.get("ric-eventTriggerCondition-ID"))
    if kind == "indicationHeader-Format2":
        return InsertHeader(
            ue_from_asn(value["ueID"], f"{_HEADER}.ueID"),
            value["ric-InsertStyle-Type"],
            value["ric-InsertIndication-ID"],
        )
    if kind == "indicationHeader-Format3":
        ue = value.get("ueID")
        return UeReportHeader(
            value.get("ric-eventTriggerCondition-ID"), None if ue is None else ue_from_asn(ue, f"{_HEADER}.ueID")
        )
    raise DecodeError(f"indication header '{kind}' is not known", path=_HEADER)


def encode_indication_message(message: IndicationMessage) -> bytes:
    chosen: tuple[str, dict[str, Any]]
    if isinstance(message, ReportMessage):
        chosen = ("indicationMessage-Format1", {"ranP-Reported-List": items_to_asn(message.parameters)})
    elif isinstance(message, UeMessage):
        listed = [{"ueID": ue_to_asn(ue), "ranP-List": items_to_asn(parameters)} for ue, parameters in message.ues]
        chosen = ("indicationMessage-Format2", {"ueParameter-List": listed})
    else:
        chosen = ("indicationMessage-Format5", {"ranP-Requested-List": items_to_asn(message.parameters)})
    return RC.encode(_MESSAGE, {"ric-indicationMessage-formats": chosen})


def decode_indication_message(data: bytes) -> IndicationMessage:
    """Raises DecodeError for the formats of node information (3, 4) and of several inserts at once (6)."""
    kind, value = RC.decode(_MESSAGE, data)["ric-indicationMessage-formats"]
    path = f"{_MESSAGE}.{kind}"
    if kind == "indicationMessage-Format1":
        return ReportMessage(items_from_asn(value["ranP-Reported-List"], path))
    if kind == "indicationMessage-Format2":
        return UeMessage(
            tuple(
                (ue_from_asn(item["ueID"], path), items_from_asn(item["ranP-List"], path))
                for item in value["ueParameter-List"]
            )
        )
    if kind == "indicationMessage-Format5":
        return InsertMessage(items_from_asn(value["ranP-Requested-List"], path))
    raise DecodeError(f"'{kind}': Formats 1, 2 and 5 are read", path=_MESSAGE)
