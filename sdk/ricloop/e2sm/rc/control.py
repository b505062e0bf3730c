"""Control header, message, outcome and call process id (E2SM-RC 9.2.1.5 to 9.2.1.8), Formats 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import RC
from ricloop.core.errors import DecodeError
from ricloop.core.ids import UeId
from ricloop.e2sm.rc.parameters import (
    Bits,
    Leaf,
    Parameter,
    Structure,
    items_from_asn,
    items_to_asn,
    leaf_from_asn,
    leaf_to_asn,
)
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

_HEADER = "E2SM-RC-ControlHeader"
_MESSAGE = "E2SM-RC-ControlMessage"
_OUTCOME = "E2SM-RC-ControlOutcome"
_PROCESS = "E2SM-RC-CallProcessID"


@dataclass(frozen=True, slots=True)
class ControlHeader:
    """Format 1: what is done to which UE."""

    ue: UeId
    style: int
    action: int
    accept: bool | None = None
    """The answer to an insert: ric-ControlDecision; None for a control that answers none."""


def encode_control_header(header: ControlHeader) -> bytes:
    value: dict[str, Any] = {
        "ueID": ue_to_asn(header.ue),
        "ric-Style-Type": header.style,
        "ric-ControlAction-ID": header.action,
    }
    if header.accept is not None:
        value["ric-ControlDecision"] = "accept" if header.accept else "reject"
    return RC.encode(_HEADER, {"ric-controlHeader-formats": ("controlHeader-Format1", value)})


def decode_control_header(data: bytes) -> ControlHeader:
    value = _format(RC.decode(_HEADER, data)["ric-controlHeader-formats"], "controlHeader-Format1", _HEADER)
    decision = value.get("ric-ControlDecision")
    if decision not in (None, "accept", "reject"):
        raise DecodeError(f"ric-ControlDecision '{decision}' is neither accept nor reject", path=_HEADER)
    return ControlHeader(
        ue_from_asn(value["ueID"], f"{_HEADER}.ueID"),
        value["ric-Style-Type"],
        value["ric-ControlAction-ID"],
        None if decision is None else decision == "accept",
    )


def encode_control_message(parameters: Structure) -> bytes:
    """Format 1."""
    value = {"ranP-List": items_to_asn(parameters)}
    return RC.encode(_MESSAGE, {"ric-controlMessage-formats": ("controlMessage-Format1", value)})


def decode_control_message(data: bytes) -> dict[int, Parameter]:
    formats = RC.decode(_MESSAGE, data)["ric-controlMessage-formats"]
    return items_from_asn(_format(formats, "controlMessage-Format1", _MESSAGE)["ranP-List"], _MESSAGE)


def encode_control_outcome(values: Mapping[int, Leaf | Bits]) -> bytes:
    """Format 1: a value per RAN parameter; may be empty."""
    items = [{"ranParameter-ID": id_, "ranParameter-value": leaf_to_asn(value)} for id_, value in values.items()]
    return RC.encode(_OUTCOME, {"ric-controlOutcome-formats": ("controlOutcome-Format1", {"ranP-List": items})})


def decode_control_outcome(data: bytes) -> dict[int, Leaf | Bits]:
    value = _format(RC.decode(_OUTCOME, data)["ric-controlOutcome-formats"], "controlOutcome-Format1", _OUTCOME)
    return {one["ranParameter-ID"]: leaf_from_asn(one["ranParameter-value"], _OUTCOME) for one in value["ranP-List"]}


def encode_call_process_id(id_: int) -> bytes:
    """1..2^32-1 and beyond."""
    value = ("callProcessID-Format1", {"ric-callProcess-ID": id_})
    return RC.encode(_PROCESS, {"ric-callProcessID-formats": value})


def decode_call_process_id(data: bytes) -> int:
    value = _format(RC.decode(_PROCESS, data)["ric-callProcessID-formats"], "callProcessID-Format1", _PROCESS)
    id_: int = value["ric-callProcess-ID"]
    return id_


def _format(choice: tuple[str, Any], wanted: str, path: str) -> dict[str, Any]:
    kind, value = choice
    if kind != wanted:
        raise DecodeError(f"'{kind}' where {wanted} is read", path=path)
    fields: dict[str, Any] = value
    return fields
