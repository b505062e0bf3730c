"""Indications by the reference codec: every shape, and the judge of the fast one (E2SM-KPM 8.2.1.3, 8.2.1.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ricloop.asn1 import KPM
from ricloop.core.dialect import Dialect
from ricloop.core.errors import DecodeError
from ricloop.core.ids import UeId
from ricloop.e2sm.common import ue_from_asn, ue_to_asn
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.labels import list_from_asn
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.records import CellRecord, UeRecords
from ricloop.e2sm.ntp import from_ntp, to_ntp

_MESSAGE = "E2SM-KPM-IndicationMessage"
_INTEGERS = 1 << 32


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


def encode_cell(values: Sequence[float], granularity_ms: int | None = None) -> bytes:
    format1 = _format1(values)
    if granularity_ms is not None:
        format1["granulPeriod"] = granularity_ms
    return KPM.encode(_MESSAGE, {"indicationMessage-formats": ("indicationMessage-Format1", format1)})


def encode_ues(ues: Sequence[UeId], values: Sequence[Sequence[float]]) -> bytes:
    reports = [{"ueID": ue_to_asn(ue), "measReport": _format1(row)} for ue, row in zip(ues, values, strict=True)]
    format3 = ("indicationMessage-Format3", {"ueMeasReportList": reports})
    return KPM.encode(_MESSAGE, {"indicationMessage-formats": format3})


def decode_message(data: bytes, action: ActionDefinition) -> CellRecord | UeRecords:
    kind, message = KPM.decode(_MESSAGE, data)["indicationMessage-formats"]
    path = f"{_MESSAGE}.{kind}"
    wanted = "indicationMessage-Format3" if action.per_ue else "indicationMessage-Format1"
    if kind != wanted:
        raise DecodeError(f"an action of style {action.style} is answered in {wanted}", path=path)
    if not action.per_ue:
        return CellRecord(_float32([_values(message, action.measurements, path)])[0])
    reports = message["ueMeasReportList"]
    ues = tuple(ue_from_asn(one["ueID"], f"{path}[{n}].ueID") for n, one in enumerate(reports))
    return UeRecords(
        ues,
        _float32([_values(one["measReport"], action.measurements, f"{path}[{n}]") for n, one in enumerate(reports)]),
    )


def _format1(values: Sequence[float]) -> dict[str, Any]:
    return {"measData": [{"measRecord": [_value_to_asn(value) for value in values]}]}


def _value_to_asn(value: float) -> tuple[str, Any]:
    if math.isnan(value):
        return "noValue", None
    if 0 <= value < _INTEGERS and value == int(value):
        return "integer", int(value)
    return "real", float(value)


def _values(format1: dict[str, Any], wanted: tuple[Measurement, ...], path: str) -> list[float]:
    """The newest granularity period's values in the order of `wanted`; NaN for what the node left out."""
    record = format1["measData"][-1]["measRecord"]
    values = [math.nan if kind not in ("integer", "real") else float(value) for kind, value in record]
    items = format1.get("measInfoList")
    if items is None:
        if len(values) != len(wanted):
            raise DecodeError(f"{len(values)} values for {len(wanted)} measurements", path=f"{path}.measData")
        return values
    listed = list_from_asn(items, f"{path}.measInfoList")
    if len(values) != len(listed):
        raise DecodeError(f"{len(values)} values for {len(listed)} listed measurements", path=f"{path}.measData")
    # A node may list by name or by number, in its own order.
    by_name = {one.key: value for one, value in zip(listed, values, strict=True) if one.name}
    by_id = {(one.id, one.label): value for one, value in zip(listed, values, strict=True) if not one.name}
    return [by_name.get(one.key, by_id.get((one.id, one.label), math.nan)) for one in wanted]


def _float32(rows: list[list[float]]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):  # a real beyond float32 becomes infinite
        return np.array(rows, np.float32)
