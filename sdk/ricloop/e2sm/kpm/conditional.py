"""Message Format 2, the answer to style 3: per measurement, the UEs that its condition matches (E2SM-KPM 8.2.1.4.2).

A record holds the values of the first measurement's UEs, then those of the second's, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import UeId
from ricloop.e2sm.kpm.action import ActionDefinition
from ricloop.e2sm.kpm.labels import type_from_asn
from ricloop.e2sm.kpm.matching_asn import matching_to_asn
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.metrics import fold
from ricloop.e2sm.kpm.recorditem import NO_VALUE, Item, float32, value_to_asn
from ricloop.e2sm.kpm.records import UeRecords
from ricloop.e2sm.kpm.syntax import MESSAGE, syntax
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn


def encode(
    action: ActionDefinition,
    periods: Sequence[Sequence[Mapping[UeId, float]]],
    granularity_ms: int | None = None,
    dialect: Dialect = STANDARD,
) -> bytes:
    """`periods`, oldest first: for each measurement of the action, what its matching UEs have. The UEs of one period
    are listed once, those of several by period.
    """
    if any(len(period) != len(action.measurements) for period in periods):
        raise EncodeError(f"each period has {len(action.measurements)} measurements, as the action")
    items = []
    for number, pair in enumerate(zip(action.measurements, action.matching, strict=True)):
        item = matching_to_asn(*pair)
        item.pop("binRangeDef", None)
        matched = [_listed(period[number]) for period in periods]
        if len(matched) > 1:
            item["matchingUEidPerGP"] = [
                {"matchedPerGP": ("oneOrMoreUEmatched", ues) if ues else ("noUEmatched", "true")} for ues in matched
            ]
        elif matched and matched[0]:
            item["matchingUEidList"] = matched[0]
        items.append(item)
    content: dict[str, Any] = {
        "measData": [{"measRecord": _record(period)} for period in periods],
        "measCondUEidList": items,
    }
    if granularity_ms is not None:
        content["granulPeriod"] = granularity_ms
    return syntax(dialect).encode(MESSAGE, {"indicationMessage-formats": ("indicationMessage-Format2", content)})


def decode(message: dict[str, Any], action: ActionDefinition, path: str) -> UeRecords:
    """The newest period: a row per UE that any condition matches, NaN where a measurement's own does not."""
    columns: list[int | None] = []
    matched: list[list[UeId]] = []
    for number, item in enumerate(message["measCondUEidList"]):
        columns.append(column_of(number, item, action.measurements))
        listed = _newest(item, len(message["measData"]), f"{path}.measCondUEidList[{number}]")
        matched.append([ue_from_asn(one["ueID"], f"{path}.measCondUEidList[{number}]") for one in listed])
    record: list[Item] = message["measData"][-1]["measRecord"]
    # A measurement that matches nobody has no place in the record; some senders give it one.
    placed = max(1, sum(map(len, matched)))
    padded = sum(max(1, len(ues)) for ues in matched)
    if len(record) not in (placed, padded):
        raise DecodeError(f"{len(record)} values for {placed} matching UEs", path=f"{path}.measData")
    row: dict[UeId, list[Item]] = {}
    at = 0
    for column, ues in zip(columns, matched, strict=True):
        for ue in ues:
            values = row.setdefault(ue, [NO_VALUE] * len(action.measurements))
            if column is not None:
                values[column] = record[at]
            at += 1
        at += not ues and len(record) == padded
    rows = list(row.values())
    return UeRecords(tuple(row), float32(rows).reshape(-1, len(action.measurements)))


def _listed(values: Mapping[UeId, float]) -> list[dict[str, Any]]:
    return [{"ueID": ue_to_asn(ue)} for ue in values]


def _record(period: Sequence[Mapping[UeId, float]]) -> list[Item]:
    # A record may not be empty.
    return [value_to_asn(value) for values in period for value in values.values()] or [NO_VALUE]


def _newest(item: dict[str, Any], periods: int, path: str) -> list[dict[str, Any]]:
    by_period = item.get("matchingUEidPerGP")
    if by_period is None:
        return list(item.get("matchingUEidList", ()))
    if len(by_period) != periods:
        raise DecodeError(f"matching UEs of {len(by_period)} periods beside data of {periods}", path=path)
    kind, ues = by_period[-1]["matchedPerGP"]
    return list(ues) if kind == "oneOrMoreUEmatched" else []


def column_of(number: int, item: dict[str, Any], wanted: tuple[Measurement, ...]) -> int | None:
    """Its own place where that asks for this measurement, else the first that does; None for none."""
    name, id_ = type_from_asn(item["measType"])
    same = [n for n, one in enumerate(wanted) if (fold(one.name) == fold(name) if name else one.id == id_)]
    return number if number in same else next(iter(same), None)
