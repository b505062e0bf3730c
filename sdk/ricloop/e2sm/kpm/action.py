"""Event trigger and action definition (E2SM-KPM 8.2.1.2, 8.2.1.3): how often, and what of which cell or UEs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ricloop.asn1 import KPM
from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import CellId, UeId
from ricloop.e2sm.common import Slice, cell_from_asn, cell_to_asn, ue_from_asn, ue_to_asn
from ricloop.e2sm.kpm.condition import ALL_UES, EXPRESSIONS, TESTS, Condition, Value
from ricloop.e2sm.kpm.labels import list_from_asn, list_to_asn
from ricloop.e2sm.kpm.metric import Measurement

_TRIGGER = "E2SM-KPM-EventTriggerDefinition"
_ACTION = "E2SM-KPM-ActionDefinition"
_TEST_NAMES = {asn: name for name, asn in TESTS.items()}
_EXPRESSION_NAMES = {asn: name for name, asn in EXPRESSIONS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDefinition:
    """One action: styles 1 (cell or node), 2 (one UE), 4 (UEs by condition) and 5 (named UEs, at least two)."""

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

    @property
    def per_ue(self) -> bool:
        """True where indications are Format 3: a row per UE."""
        return self.style in (4, 5)


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


def encode_action_definition(action: ActionDefinition) -> bytes:
    """Raises EncodeError where style and UEs or conditions do not fit together."""
    body: dict[str, Any] = {
        "measInfoList": list_to_asn(action.measurements),
        "granulPeriod": action.granularity_ms,
    }
    if action.cell is not None:
        body["cellGlobalID"] = cell_to_asn(action.cell)
    ues = [ue_to_asn(ue) for ue in action.ues]
    if action.style == 1:
        format_, value = 1, body
    elif action.style == 2 and len(ues) == 1:
        format_, value = 2, {"ueID": ues[0], "subscriptInfo": body}
    elif action.style == 4:
        conditions = [_condition_to_asn(one) for one in action.conditions or (ALL_UES,)]
        format_, value = 4, {"matchingUeCondList": conditions, "subscriptionInfo": body}
    elif action.style == 5 and len(ues) >= 2:
        format_, value = 5, {"matchingUEidList": [{"ueID": ue} for ue in ues], "subscriptionInfo": body}
    else:
        raise EncodeError(f"KPM action of style {action.style} with {len(ues)} UEs: 1, 4, or 2 with one or 5 with more")
    return KPM.encode(
        _ACTION,
        {"ric-Style-Type": action.style, "actionDefinition-formats": (f"actionDefinition-Format{format_}", value)},
    )


def decode_action_definition(data: bytes) -> ActionDefinition:
    """Raises DecodeError, for Format 3 too: conditions per measurement are not offered by anything here."""
    decoded = KPM.decode(_ACTION, data)
    style = decoded["ric-Style-Type"]
    kind, value = decoded["actionDefinition-formats"]
    path = f"{_ACTION}.{kind}"
    conditions: tuple[Condition, ...] = ()
    ues: tuple[UeId, ...] = ()
    if (style, kind) == (1, "actionDefinition-Format1"):
        body = value
    elif (style, kind) == (2, "actionDefinition-Format2"):
        body, ues = value["subscriptInfo"], (ue_from_asn(value["ueID"], path),)
    elif (style, kind) == (4, "actionDefinition-Format4"):
        body = value["subscriptionInfo"]
        conditions = tuple(_condition_from_asn(item, path) for item in value["matchingUeCondList"])
    elif (style, kind) == (5, "actionDefinition-Format5"):
        body = value["subscriptionInfo"]
        ues = tuple(ue_from_asn(item["ueID"], path) for item in value["matchingUEidList"])
    else:
        raise DecodeError(f"style {style} with this format; known are 1, 2, 4 and 5 with their own", path=path)
    cell = body.get("cellGlobalID")
    return ActionDefinition(
        style=style,
        measurements=list_from_asn(body["measInfoList"], f"{path}.measInfoList"),
        granularity_ms=body["granulPeriod"],
        cell=None if cell is None else cell_from_asn(cell, f"{path}.cellGlobalID"),
        conditions=conditions,
        ues=ues,
    )


def _condition_to_asn(condition: Condition) -> dict[str, Any]:
    info: dict[str, Any] = {
        "testType": (TESTS[condition.test], "true"),
        "testExpr": EXPRESSIONS[condition.expression],
    }
    if condition.value is not None:
        info["testValue"] = _value_to_asn(condition.value)
    return {"testCondInfo": info, "logicalOR": "true"} if condition.or_next else {"testCondInfo": info}


def _value_to_asn(value: Value) -> tuple[str, Any]:
    if isinstance(value, Slice):
        return "valueOctS", value.octets
    if isinstance(value, bool):
        return "valueBool", value
    if isinstance(value, float):
        return ("valueInt", int(value)) if value.is_integer() else ("valueReal", value)
    if isinstance(value, int):
        return "valueInt", value
    return ("valuePrtS", value) if isinstance(value, str) else ("valueOctS", value)


def _condition_from_asn(item: dict[str, Any], path: str) -> Condition:
    info = item["testCondInfo"]
    test = _TEST_NAMES.get(info["testType"][0])
    if test is None:
        raise DecodeError(f"UE test '{info['testType'][0]}'; known are {', '.join(TESTS)}", path=path)
    value = _value_from_asn(test, info.get("testValue"), path)
    said = info.get("testExpr", "present" if value is None else "equal")
    if said not in _EXPRESSION_NAMES:
        raise DecodeError(f"UE test expression '{said}'; known are {', '.join(_EXPRESSION_NAMES)}", path=path)
    return Condition(test, _EXPRESSION_NAMES[said], value, item.get("logicalOR") is not None)


def _value_from_asn(test: str, value: tuple[str, Any] | None, path: str) -> Value | None:
    if value is None:
        return None
    kind, content = value
    if kind == "valueOctS" and test == "slice":
        try:
            return Slice.from_octets(content)
        except ValueError as error:
            raise DecodeError(str(error), path=path) from error
    if kind == "valueBitS":
        octets: bytes = content[0]
        return octets
    if isinstance(content, bool | int | float | str | bytes):
        return content
    raise DecodeError(f"UE test value of kind '{kind}'", path=path)
