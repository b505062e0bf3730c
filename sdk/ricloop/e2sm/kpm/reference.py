"""Indications by the reference codec: every shape, and the judge of the fast one (E2SM-KPM 8.2.1.3, 8.2.1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.asn1 import KPM
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import DecodeError
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm import conditional
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.labels import list_from_asn, list_to_asn
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.recorditem import NO_VALUE, Item, float32, value_to_asn
from ricloop.e2sm.kpm.records import CellRecord, UeRecords
from ricloop.e2sm.kpm.syntax import MESSAGE, syntax
from ricloop.e2sm.ntp import from_ntp, to_ntp
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn


def header_type(dialect: Dialect) -> str:
    """The two versions differ in the length of TimeStamp alone."""
    return "E2SM-KPM-IndicationHeader" if dialect.kpm_time_octets == 8 else "E2SM-KPM-IndicationHeader-v2"


def encode_header(time_unix_ns: int, dialect: Dialect) -> bytes:
    stamp = to_ntp(time_unix_ns).to_bytes(8, "big")[: dialect.kpm_time_octets]
    return KPM.encode(
        header_type(dialect),
        {"indicationHeader-formats": ("indicationHeader-Format1", {"colletStartTime": stamp})},
    )


def decode_header(data: bytes, dialect: Dialect) -> int:
    kind, header = KPM.decode(header_type(dialect), data)["indicationHeader-formats"]
    if kind != "indicationHeader-Format1":
        raise DecodeError(f"'{kind}' is not Format 1", path=header_type(dialect))
    return from_ntp(int.from_bytes(header["colletStartTime"].ljust(8, b"\0"), "big"))


def encode_cell(
    values: Sequence[float],
    granularity_ms: int | None = None,
    dialect: Dialect = STANDARD,
    listed: Sequence[Measurement] | None = None,
    unsatisfied: Sequence[bool] | None = None,
) -> bytes:
    format1 = _format1(values, listed, unsatisfied)
    if granularity_ms is not None:
        format1["granulPeriod"] = granularity_ms
    return _encode(1, format1, dialect)


def encode_ues(
    ues: Sequence[UeId],
    values: Sequence[Sequence[float]],
    dialect: Dialect = STANDARD,
    listed: Sequence[Measurement] | None = None,
    unsatisfied: Sequence[Sequence[bool]] | None = None,
) -> bytes:
    flags = unsatisfied or (None,) * len(ues)
    reports = [
        {"ueID": ue_to_asn(ue), "measReport": _format1(row, listed, flagged)}
        for ue, row, flagged in zip(ues, values, flags, strict=True)
    ]
    return _encode(3, {"ueMeasReportList": reports}, dialect)


def _encode(format_: int, content: dict[str, Any], dialect: Dialect) -> bytes:
    return syntax(dialect).encode(
        MESSAGE, {"indicationMessage-formats": (f"indicationMessage-Format{format_}", content)}
    )


def decode_message(data: bytes, action: ActionDefinition, dialect: Dialect = STANDARD) -> CellRecord | UeRecords:
    return record_of(*read(data, dialect), action)


def read(data: bytes, dialect: Dialect) -> tuple[str, dict[str, Any]]:
    """The format, and the message in the spelling of the ASN.1 codec."""
    kind, message = syntax(dialect).decode(MESSAGE, data)["indicationMessage-formats"]
    return kind, message


def record_of(kind: str, message: dict[str, Any], action: ActionDefinition) -> CellRecord | UeRecords:
    """What a message says about what was asked."""
    path = f"{MESSAGE}.{kind}"
    wanted = f"indicationMessage-Format{action.message_format}"
    if kind != wanted:
        raise DecodeError(f"an action of style {action.style} is answered in {wanted}", path=path)
    if action.message_format == 2:
        return conditional.decode(message, action, path)
    if action.message_format == 1:
        rows = [_row(message, action.measurements, path)]
        flags = _unsatisfied(rows)
        return CellRecord(float32(rows)[0], None if flags is None else flags[0])
    reports = message["ueMeasReportList"]
    ues = tuple(ue_from_asn(one["ueID"], f"{path}[{n}].ueID") for n, one in enumerate(reports))
    rows = [_row(one["measReport"], action.measurements, f"{path}[{n}]") for n, one in enumerate(reports)]
    return UeRecords(ues, float32(rows), _unsatisfied(rows))


def _format1(
    values: Sequence[float], listed: Sequence[Measurement] | None, unsatisfied: Sequence[bool] | None
) -> dict[str, Any]:
    record = [value_to_asn(value) for value in values]
    if unsatisfied is not None:
        record = [("notSatisfied", None) if no else item for item, no in zip(record, unsatisfied, strict=True)]
    format1: dict[str, Any] = {"measData": [{"measRecord": record}]}
    return format1 if listed is None else format1 | {"measInfoList": list_to_asn(listed)}


def _row(format1: dict[str, Any], wanted: tuple[Measurement, ...], path: str) -> list[Item]:
    """The newest granularity period's items in the order of `wanted`; noValue for what the node left out."""
    record: list[Item] = format1["measData"][-1]["measRecord"]
    items = format1.get("measInfoList")
    if items is None:
        if len(record) != len(wanted):
            raise DecodeError(f"{len(record)} values for {len(wanted)} measurements", path=f"{path}.measData")
        return record
    listed = list_from_asn(items, f"{path}.measInfoList")
    if len(record) != len(listed):
        raise DecodeError(f"{len(record)} values for {len(listed)} listed measurements", path=f"{path}.measData")
    # A node may list by name or by number, in its own order.
    by_name = {one.key: item for one, item in zip(listed, record, strict=True) if one.name}
    by_id = {(one.id, one.label): item for one, item in zip(listed, record, strict=True) if not one.name}
    return [by_name.get(one.key, by_id.get((one.id, one.label), NO_VALUE)) for one in wanted]


def _unsatisfied(rows: list[list[Item]]) -> NDArray[np.bool_] | None:
    flags = np.array([[kind == "notSatisfied" for kind, _ in row] for row in rows], np.bool_)
    return flags if flags.any() else None
