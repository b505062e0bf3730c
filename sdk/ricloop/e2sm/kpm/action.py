"""Event trigger and action definition (E2SM-KPM 8.2.1.2, 8.2.1.3): how often, and what of which cell or UEs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import KPM
from ricloop.core.dialect import STANDARD, Dialect
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import CellId, UeId
from ricloop.e2sm.common import cell_from_asn, cell_to_asn
from ricloop.e2sm.kpm.condition import ALL_UES, Condition
from ricloop.e2sm.kpm.condition_asn import (
    condition_from_asn,
    condition_to_asn,
    joined,
    report_if_from_asn,
    report_if_to_asn,
)
from ricloop.e2sm.kpm.labels import list_from_asn, list_to_asn
from ricloop.e2sm.kpm.matching import BinnedMeasurement, Matching, ReportIf
from ricloop.e2sm.kpm.matching_asn import binned_from_asn, binned_to_asn, matching_from_asn, matching_to_asn
from ricloop.e2sm.kpm.metric import Measurement
from ricloop.e2sm.kpm.syntax import syntax
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

_TRIGGER = "E2SM-KPM-EventTriggerDefinition"
_ACTION = "E2SM-KPM-ActionDefinition"
_MESSAGE_FORMATS = {1: 1, 2: 1, 3: 2, 4: 3, 5: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDefinition:
    """One action: styles 1 (cell or node), 2 (one UE), 3 (UEs by condition per measurement), 4 (UEs by a common
    condition) and 5 (named UEs, at least two). The action format has the style's number.
    """

    style: int
    measurements: tuple[Measurement, ...]
    """Names and order of the values in every indication."""
    granularity_ms: int
    cell: CellId | None = None
    """None: the node as a whole, or UEs of any of its cells."""
    conditions: tuple[Condition, ...] = ()
    """Style 4."""
    ues: tuple[UeId, ...] = ()
    """Styles 2 and 5."""
    matching: tuple[Matching, ...] = ()
    """Style 3: one per measurement, whose labels it has as matches."""
    bins: tuple[BinnedMeasurement, ...] = ()
    """All styles but 3: bins of the distributions among the measurements."""
    report_if: tuple[tuple[ReportIf, ...], ...] = ()
    """v4, all styles but 3: one per measurement; empty where none has a condition."""

    @property
    def message_format(self) -> int:
        """Of the indications: 1 for values of a cell or of one UE, 2 and 3 for a row per UE."""
        return _MESSAGE_FORMATS.get(self.style, 1)

    @property
    def per_ue(self) -> bool:
        """True where indications have a row per UE."""
        return self.message_format != 1


def encode_event_trigger(period_ms: int) -> bytes:
    """Format 1: report each `period_ms` milliseconds, 1..2^32-1."""
    return KPM.encode(
        _TRIGGER, {"eventDefinition-formats": ("eventDefinition-Format1", {"reportingPeriod": period_ms})}
    )


def decode_event_trigger(data: bytes) -> int:
    """The reporting period in milliseconds."""
    kind, trigger = KPM.decode(_TRIGGER, data)["eventDefinition-formats"]
    if kind != "eventDefinition-Format1":
        raise DecodeError(f"event trigger '{kind}' is not the periodic one", path=_TRIGGER)
    period: int = trigger["reportingPeriod"]
    return period


def encode_action_definition(action: ActionDefinition, dialect: Dialect = STANDARD) -> bytes:
    """Raises EncodeError where the style does not fit UEs, conditions or the number of measurements."""
    ues = [ue_to_asn(ue) for ue in action.ues]
    value: dict[str, Any]
    if action.style == 3:
        value = _by_measurement(action)
    elif action.style == 1 and not ues:
        value = _body(action)
    elif action.style == 2 and len(ues) == 1:
        value = {"ueID": ues[0], "subscriptInfo": _body(action)}
    elif action.style == 4:
        tests = [
            joined({"testCondInfo": condition_to_asn(one)}, one.or_next) for one in action.conditions or (ALL_UES,)
        ]
        value = {"matchingUeCondList": tests, "subscriptionInfo": _body(action)}
    elif action.style == 5 and len(ues) >= 2:
        value = {"matchingUEidList": [{"ueID": ue} for ue in ues], "subscriptionInfo": _body(action)}
    else:
        raise EncodeError(
            f"KPM action of style {action.style} with {len(ues)} UEs: 1, 3, 4, or 2 with one or 5 with more"
        )
    return syntax(dialect).encode(
        _ACTION,
        {"ric-Style-Type": action.style, "actionDefinition-formats": (f"actionDefinition-Format{action.style}", value)},
    )


def _body(action: ActionDefinition) -> dict[str, Any]:
    """A Format 1, which every format but 3 holds."""
    items = list_to_asn(action.measurements)
    if action.report_if:
        if len(action.report_if) != len(items):
            raise EncodeError(f"{len(action.report_if)} conditions for reporting for {len(items)} measurements")
        items = [
            item | {"matchCondReportList": report_if_to_asn(conditions)} if conditions else item
            for item, conditions in zip(items, action.report_if, strict=True)
        ]
    body: dict[str, Any] = {"measInfoList": items, "granulPeriod": action.granularity_ms}
    if action.cell is not None:
        body["cellGlobalID"] = cell_to_asn(action.cell)
    if action.bins:
        body["distMeasBinRangeInfo"] = binned_to_asn(action.bins)
    return body


def _by_measurement(action: ActionDefinition) -> dict[str, Any]:
    """A Format 3."""
    if len(action.matching) != len(action.measurements) or action.ues:
        raise EncodeError(
            f"KPM action of style 3 with {len(action.matching)} conditions for {len(action.measurements)} measurements"
            f" and {len(action.ues)} UEs: one condition each, and no UEs"
        )
    pairs = zip(action.measurements, action.matching, strict=True)
    value: dict[str, Any] = {
        "measCondList": [matching_to_asn(measurement, matching) for measurement, matching in pairs],
        "granulPeriod": action.granularity_ms,
    }
    return value if action.cell is None else value | {"cellGlobalID": cell_to_asn(action.cell)}


def decode_action_definition(data: bytes, dialect: Dialect = STANDARD) -> ActionDefinition:
    """Raises DecodeError, also for a style with another style's format."""
    decoded = syntax(dialect).decode(_ACTION, data)
    style = decoded["ric-Style-Type"]
    kind, value = decoded["actionDefinition-formats"]
    path = f"{_ACTION}.{kind}"
    if kind != f"actionDefinition-Format{style}":
        raise DecodeError(f"style {style} with this format; known are styles 1 to 5 with their own", path=path)
    conditions: tuple[Condition, ...] = ()
    ues: tuple[UeId, ...] = ()
    body = value
    if style == 2:
        body, ues = value["subscriptInfo"], (ue_from_asn(value["ueID"], path),)
    elif style == 4:
        body = value["subscriptionInfo"]
        conditions = tuple(
            condition_from_asn(item["testCondInfo"], "logicalOR" in item, path) for item in value["matchingUeCondList"]
        )
    elif style == 5:
        body = value["subscriptionInfo"]
        ues = tuple(ue_from_asn(item["ueID"], path) for item in value["matchingUEidList"])
    cell = body.get("cellGlobalID")
    known = {
        "style": style,
        "granularity_ms": body["granulPeriod"],
        "cell": None if cell is None else cell_from_asn(cell, f"{path}.cellGlobalID"),
    }
    if style == 3:
        pairs = [matching_from_asn(item, path) for item in value["measCondList"]]
        return ActionDefinition(
            measurements=tuple(measurement for measurement, _ in pairs),
            matching=tuple(matching for _, matching in pairs),
            **known,
        )
    return ActionDefinition(
        measurements=list_from_asn(body["measInfoList"], f"{path}.measInfoList"),
        conditions=conditions,
        ues=ues,
        bins=binned_from_asn(body.get("distMeasBinRangeInfo", [])),
        report_if=_report_if(body["measInfoList"]),
        **known,
    )


def _report_if(items: list[dict[str, Any]]) -> tuple[tuple[ReportIf, ...], ...]:
    """One per label, as the measurements are."""
    if not any("matchCondReportList" in item for item in items):
        return ()
    return tuple(
        report_if_from_asn(item.get("matchCondReportList", [])) for item in items for _ in item["labelInfoList"]
    )
