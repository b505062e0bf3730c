"""Action definitions (E2SM-RC 9.2.1.2): what a report or an insert shall bring. Formats 1 and 3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import RC
from ricloop.core.errors import DecodeError
from ricloop.core.ids import UeId
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

_TYPE = "E2SM-RC-ActionDefinition"


@dataclass(frozen=True, slots=True)
class ReportAction:
    """Format 1: the RAN parameters that a report style shall bring."""

    style: int
    parameters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class InsertAction:
    """Format 3: one insert indication, the RAN parameters that it shall bring, and for which UE (None: any)."""

    style: int
    indication: int
    parameters: tuple[int, ...]
    ue: UeId | None = None


def encode_action_definition(action: ReportAction | InsertAction) -> bytes:
    wanted = [{"ranParameter-ID": id_} for id_ in action.parameters]
    if isinstance(action, ReportAction):
        chosen: tuple[str, dict[str, Any]] = ("actionDefinition-Format1", {"ranP-ToBeReported-List": wanted})
    else:
        value: dict[str, Any] = {"ric-InsertIndication-ID": action.indication, "ranP-InsertIndication-List": wanted}
        if action.ue is not None:
            value["ueID"] = ue_to_asn(action.ue)
        chosen = ("actionDefinition-Format3", value)
    return RC.encode(_TYPE, {"ric-Style-Type": action.style, "ric-actionDefinition-formats": chosen})


def decode_action_definition(data: bytes) -> ReportAction | InsertAction:
    """Raises DecodeError for the formats of policies (2) and of several inserts at once (4)."""
    decoded = RC.decode(_TYPE, data)
    style = decoded["ric-Style-Type"]
    kind, value = decoded["ric-actionDefinition-formats"]
    if kind == "actionDefinition-Format1":
        return ReportAction(style, _ids(value["ranP-ToBeReported-List"]))
    if kind == "actionDefinition-Format3":
        ue = value.get("ueID")
        return InsertAction(
            style,
            value["ric-InsertIndication-ID"],
            _ids(value["ranP-InsertIndication-List"]),
            None if ue is None else ue_from_asn(ue, f"{_TYPE}.{kind}.ueID"),
        )
    raise DecodeError(f"'{kind}': only reports (Format 1) and single inserts (Format 3) are read", path=_TYPE)


def _ids(items: Sequence[dict[str, Any]]) -> tuple[int, ...]:
    return tuple(item["ranParameter-ID"] for item in items)
