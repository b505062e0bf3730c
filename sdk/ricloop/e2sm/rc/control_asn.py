"""Control headers and messages in the spelling of the ASN.1 codec (E2SM-RC 9.2.1.5 to 9.2.1.8)."""

from __future__ import annotations

from typing import Any

from ricloop.asn1 import RC
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.e2sm.common import absent_removed
from ricloop.e2sm.rc import controls
from ricloop.e2sm.rc.conditions import or_from_asn, or_to_asn, testing_from_asn, testing_to_asn
from ricloop.e2sm.rc.parameters import accept_from_asn, accept_to_asn, items_from_asn, items_to_asn
from ricloop.e2sm.rc.shapes import asked_from_asn, asked_to_asn
from ricloop.e2sm.rc.syntax import Void, syntax, unknown
from ricloop.e2sm.ueid import partial_ue_from_asn, partial_ue_to_asn, ue_from_asn, ue_to_asn

_HEADER = "E2SM-RC-ControlHeader"
_MESSAGE = "E2SM-RC-ControlMessage"
_PROCESS = "E2SM-RC-CallProcessID"


def encode_control_header(header: controls.AnyHeader, dialect: Dialect = STANDARD) -> bytes:
    """Raises EncodeError for Formats 3 and 4 (v5) in FlexRIC's dialect, which does not have them."""
    return syntax(dialect).encode(_HEADER, {"ric-controlHeader-formats": _header_to_asn(header)})


def decode_control_header(data: bytes, dialect: Dialect = STANDARD) -> controls.AnyHeader:
    kind, value = syntax(dialect).decode(_HEADER, data)["ric-controlHeader-formats"]
    path = f"{_HEADER}.{kind}"
    if kind == "controlHeader-Format3":
        members = value["ue-Group-Definition"]["ueGroupDefinitionIdentifier-LIST"]
        return controls.GroupHeader(
            value["ue-Group-ID"],
            tuple(
                (*next(iter(items_from_asn([item], path).items())), or_from_asn(item.get("logicalOR")))
                for item in members
            ),
            value["ric-Style-Type"],
            value["ric-ControlAction-ID"],
        )
    if kind not in ("controlHeader-Format1", "controlHeader-Format2", "controlHeader-Format4"):
        raise unknown(_HEADER, kind)
    accept = accept_from_asn(value.get("ric-ControlDecision"), path)
    if kind == "controlHeader-Format2":
        return controls.ActionsHeader(ue_from_asn(value["ueID"], path) if "ueID" in value else None, accept)
    style, action = value["ric-Style-Type"], value["ric-ControlAction-ID"]
    if kind == "controlHeader-Format4":
        return controls.PartialHeader(partial_ue_from_asn(value["partial-ueID"], path), style, action, accept)
    return controls.ControlHeader(ue_from_asn(value["ueID"], path), style, action, accept)


def encode_control_message(message: controls.AnyMessage, dialect: Dialect = STANDARD) -> bytes:
    """Raises EncodeError for Formats 3 to 5 (v5) in FlexRIC's dialect, which does not have them."""
    return syntax(dialect).encode(_MESSAGE, {"ric-controlMessage-formats": _message_to_asn(message)})


def decode_control_message(data: bytes, dialect: Dialect = STANDARD) -> controls.AnyMessage:
    kind, value = syntax(dialect).decode(_MESSAGE, data)["ric-controlMessage-formats"]
    path = f"{_MESSAGE}.{kind}"
    if kind == "controlMessage-Format1":
        return controls.ControlMessage(items_from_asn(value["ranP-List"], path))
    if kind == "controlMessage-Format2":
        styles = (
            (
                item["indicated-Control-Style-Type"],
                tuple(
                    (one["ric-ControlAction-ID"], items_from_asn(one["ranP-List"]["ranP-List"], path))
                    for one in item["ric-ControlAction-List"]
                ),
            )
            for item in value["ric-ControlStyle-List"]
        )
        return controls.ActionsMessage(tuple(styles))
    if kind == "controlMessage-Format3":
        filters, rest = value.get("listOfEntityFilters"), value.get("entityAgnosticControlRanP-List")
        return controls.FilteredMessage(
            None if filters is None else tuple(_filter_from_asn(item, path) for item in filters),
            None if rest is None else items_from_asn(rest, path),
        )
    if kind == "controlMessage-Format4":
        return controls.AskedMessage(asked_from_asn(value["ranP-List"]))
    if kind == "controlMessage-Format5":
        return Void()
    raise unknown(_MESSAGE, kind)


def encode_call_process_id(id_: int) -> bytes:
    """1..2^32-1 and beyond."""
    value = ("callProcessID-Format1", {"ric-callProcess-ID": id_})
    return RC.encode(_PROCESS, {"ric-callProcessID-formats": value})


def decode_call_process_id(data: bytes) -> int:
    kind, value = RC.decode(_PROCESS, data)["ric-callProcessID-formats"]
    if kind != "callProcessID-Format1":
        raise unknown(_PROCESS, kind)
    id_: int = value["ric-callProcess-ID"]
    return id_


def _header_to_asn(header: controls.AnyHeader) -> tuple[str, dict[str, Any]]:
    if isinstance(header, controls.ActionsHeader):
        ue = None if header.ue is None else ue_to_asn(header.ue)
        fields = {"ueID": ue, "ric-ControlDecision": accept_to_asn(header.accept)}
        return "controlHeader-Format2", absent_removed(fields)
    what: dict[str, Any] = {"ric-Style-Type": header.style, "ric-ControlAction-ID": header.action}
    if isinstance(header, controls.GroupHeader):
        members = [
            absent_removed({**items_to_asn({id_: value})[0], "logicalOR": or_to_asn(or_next)})
            for id_, value, or_next in header.members
        ]
        group = {"ueGroupDefinitionIdentifier-LIST": members}
        return "controlHeader-Format3", {"ue-Group-ID": header.group, "ue-Group-Definition": group, **what}
    what = absent_removed({**what, "ric-ControlDecision": accept_to_asn(header.accept)})
    if isinstance(header, controls.PartialHeader):
        return "controlHeader-Format4", {"partial-ueID": partial_ue_to_asn(header.ue), **what}
    return "controlHeader-Format1", {"ueID": ue_to_asn(header.ue), **what}


def _message_to_asn(message: controls.AnyMessage) -> tuple[str, dict[str, Any] | None]:
    if isinstance(message, controls.ControlMessage):
        return "controlMessage-Format1", {"ranP-List": items_to_asn(message.parameters)}
    if isinstance(message, controls.ActionsMessage):
        styles = [
            {
                "indicated-Control-Style-Type": style,
                "ric-ControlAction-List": [
                    {"ric-ControlAction-ID": id_, "ranP-List": {"ranP-List": items_to_asn(parameters)}}
                    for id_, parameters in actions
                ],
            }
            for style, actions in message.styles
        ]
        return "controlMessage-Format2", {"ric-ControlStyle-List": styles}
    if isinstance(message, controls.FilteredMessage):
        filters = None if message.filters is None else [_filter_to_asn(one) for one in message.filters]
        rest = None if message.everywhere is None else items_to_asn(message.everywhere)
        fields = {"listOfEntityFilters": filters, "entityAgnosticControlRanP-List": rest}
        return "controlMessage-Format3", absent_removed(fields)
    if isinstance(message, controls.AskedMessage):
        return "controlMessage-Format4", {"ranP-List": asked_to_asn(message.parameters)}
    return "controlMessage-Format5", None


def _filter_to_asn(one: controls.EntityFilter) -> dict[str, Any]:
    return {
        "entityFilter-ID": one.id,
        "entityFilter-Definition": testing_to_asn(one.when),
        "entitySpecificControlRanP-List": items_to_asn(one.parameters),
    }


def _filter_from_asn(item: dict[str, Any], path: str) -> controls.EntityFilter:
    return controls.EntityFilter(
        item["entityFilter-ID"],
        testing_from_asn(item["entityFilter-Definition"], path),
        items_from_asn(item["entitySpecificControlRanP-List"], path),
    )
