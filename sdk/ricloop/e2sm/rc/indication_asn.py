"""Indication headers and messages in the spelling of the ASN.1 codec (E2SM-RC 9.2.1.3, 9.2.1.4)."""

from __future__ import annotations

from typing import Any

from ricloop.asn1 import RC_V5
from ricloop.core.dialect import STANDARD, Dialect, Family
from ricloop.core.errors import EncodeError
from ricloop.e2sm.common import absent_removed, cgi_from_asn, cgi_to_asn
from ricloop.e2sm.rc import indication
from ricloop.e2sm.rc.neighbors import relation_from_asn, relation_to_asn
from ricloop.e2sm.rc.parameters import items_from_asn, items_to_asn
from ricloop.e2sm.rc.syntax import Void, syntax, unknown
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

_HEADER = "E2SM-RC-IndicationHeader"
_MESSAGE = "E2SM-RC-IndicationMessage"


def encode_indication_header(header: indication.IndicationHeader, dialect: Dialect = STANDARD) -> bytes:
    chosen: tuple[str, dict[str, Any]]
    if isinstance(header, indication.ReportHeader):
        chosen = ("indicationHeader-Format1", absent_removed({"ric-eventTriggerCondition-ID": header.condition}))
    elif isinstance(header, indication.InsertHeader):
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
    return syntax(dialect).encode(_HEADER, {"ric-indicationHeader-formats": chosen})


def decode_indication_header(data: bytes, dialect: Dialect = STANDARD) -> indication.IndicationHeader:
    kind, value = syntax(dialect).decode(_HEADER, data)["ric-indicationHeader-formats"]
    if kind == "indicationHeader-Format1":
        return indication.ReportHeader(value.get("ric-eventTriggerCondition-ID"))
    if kind == "indicationHeader-Format2":
        return indication.InsertHeader(
            ue_from_asn(value["ueID"], f"{_HEADER}.ueID"),
            value["ric-InsertStyle-Type"],
            value["ric-InsertIndication-ID"],
        )
    if kind == "indicationHeader-Format3":
        ue = value.get("ueID")
        return indication.UeReportHeader(
            value.get("ric-eventTriggerCondition-ID"), None if ue is None else ue_from_asn(ue, f"{_HEADER}.ueID")
        )
    raise unknown(_HEADER, kind)


def encode_indication_message(message: indication.IndicationMessage, dialect: Dialect = STANDARD) -> bytes:
    if isinstance(message, Void):
        return RC_V5.encode(_MESSAGE, {"ric-indicationMessage-formats": ("indicationMessage-Format4", None)})
    return syntax(dialect).encode(_MESSAGE, {"ric-indicationMessage-formats": _to_asn(message)})


def decode_indication_message(data: bytes, dialect: Dialect = STANDARD) -> indication.IndicationMessage:
    # v1.03's Format 4 has five octets at least, v5's null has one, as has no other format.
    voided = len(data) == 1 and dialect.family is Family.STANDARD
    kind, value = (RC_V5 if voided else syntax(dialect)).decode(_MESSAGE, data)["ric-indicationMessage-formats"]
    path = f"{_MESSAGE}.{kind}"
    if value is None:
        return Void()
    if kind == "indicationMessage-Format1":
        return indication.ReportMessage(items_from_asn(value["ranP-Reported-List"], path))
    if kind == "indicationMessage-Format2":
        return indication.UeMessage(
            tuple(
                (ue_from_asn(item["ueID"], path), items_from_asn(item["ranP-List"], path))
                for item in value["ueParameter-List"]
            )
        )
    if kind == "indicationMessage-Format3":
        return indication.CellMessage(tuple(_cell_from_asn(item, path) for item in value["cellInfo-List"]))
    if kind == "indicationMessage-Format4":
        return indication.NodeMessage(
            tuple(_ue_from_asn(item, path) for item in value["ueInfo-List"]),
            tuple(_cell_from_asn(item, path) for item in value["cellInfo-List"]),
        )
    if kind == "indicationMessage-Format5":
        return indication.InsertMessage(items_from_asn(value["ranP-Requested-List"], path))
    if kind == "indicationMessage-Format6":
        return indication.InsertsMessage(tuple(_style_from_asn(item, path) for item in value["ric-InsertStyle-List"]))
    raise unknown(_MESSAGE, kind)


def _to_asn(message: indication.IndicationMessage) -> tuple[str, dict[str, Any]]:
    if isinstance(message, indication.ReportMessage):
        return "indicationMessage-Format1", {"ranP-Reported-List": items_to_asn(message.parameters)}
    if isinstance(message, indication.UeMessage):
        listed = [{"ueID": ue_to_asn(ue), "ranP-List": items_to_asn(parameters)} for ue, parameters in message.ues]
        return "indicationMessage-Format2", {"ueParameter-List": listed}
    if isinstance(message, indication.CellMessage):
        return "indicationMessage-Format3", {"cellInfo-List": [_cell_to_asn(cell) for cell in message.cells]}
    if isinstance(message, indication.NodeMessage):
        ues = [
            absent_removed(
                {"ueID": ue_to_asn(one.ue), "ueContextInfo": one.context, "cellGlobal-ID": cgi_to_asn(one.cell)}
            )
            for one in message.ues
        ]
        if any(cell.deleted is not None for cell in message.cells):
            raise EncodeError(f"{_MESSAGE}: Format 4 has no room for cellDeleted")
        cells = [_cell_to_asn(cell) for cell in message.cells]
        return "indicationMessage-Format4", {"ueInfo-List": ues, "cellInfo-List": cells}
    if isinstance(message, indication.InsertMessage):
        return "indicationMessage-Format5", {"ranP-Requested-List": items_to_asn(message.parameters)}
    assert isinstance(message, indication.InsertsMessage)
    styles = [
        {
            "indicated-Insert-Style-Type": style,
            "ric-InsertIndication-List": [
                {"ric-InsertIndication-ID": id_, "ranP-InsertIndication-List": items_to_asn(parameters)}
                for id_, parameters in found
            ],
        }
        for style, found in message.inserts
    ]
    return "indicationMessage-Format6", {"ric-InsertStyle-List": styles}


def _cell_to_asn(one: indication.CellInfo) -> dict[str, Any]:
    relation = None if one.neighbors is None else relation_to_asn(one.neighbors)
    fields = {
        "cellGlobal-ID": cgi_to_asn(one.cell),
        "cellContextInfo": one.context,
        "cellDeleted": one.deleted,
        "neighborRelation-Table": relation,
    }
    return absent_removed(fields)


def _cell_from_asn(item: dict[str, Any], path: str) -> indication.CellInfo:
    relation = item.get("neighborRelation-Table")
    return indication.CellInfo(
        cgi_from_asn(item["cellGlobal-ID"], path),
        item.get("cellContextInfo"),
        item.get("cellDeleted"),
        None if relation is None else relation_from_asn(relation, path),
    )


def _ue_from_asn(item: dict[str, Any], path: str) -> indication.UeInfo:
    return indication.UeInfo(
        ue_from_asn(item["ueID"], path), cgi_from_asn(item["cellGlobal-ID"], path), item.get("ueContextInfo")
    )


def _style_from_asn(item: dict[str, Any], path: str) -> tuple[int, tuple[tuple[int, Any], ...]]:
    return item["indicated-Insert-Style-Type"], tuple(
        (one["ric-InsertIndication-ID"], items_from_asn(one["ranP-InsertIndication-List"], path))
        for one in item["ric-InsertIndication-List"]
    )
