"""Test conditions in the spelling of the ASN.1 codec (E2SM-KPM 8.3.22, and v4's conditions for reporting)."""

from __future__ import annotations

from typing import Any

from ricloop.core.errors import DecodeError
from ricloop.e2sm.common import Slice
from ricloop.e2sm.kpm.condition import EXPRESSIONS, TESTS, Bits, Choice, Condition, Value
from ricloop.e2sm.kpm.matching import ReportIf

_TEST_NAMES = {asn: name for name, asn in TESTS.items()}
_EXPRESSION_NAMES = {asn: name for name, asn in EXPRESSIONS.items()}


def condition_to_asn(condition: Condition) -> dict[str, Any]:
    info: dict[str, Any] = {
        "testType": (TESTS[condition.test], "true"),
        "testExpr": EXPRESSIONS[condition.expression],
    }
    if condition.value is not None:
        info["testValue"] = _value_to_asn(condition.value)
    return info


def condition_from_asn(info: dict[str, Any], or_next: bool, path: str) -> Condition:
    test = _TEST_NAMES[info["testType"][0]]
    given = info.get("testValue")
    value = None if given is None else _value_from_asn(given)
    if test == "slice" and isinstance(value, bytes):
        value = _slice(value, path)
    said = info.get("testExpr", "present" if value is None else "equal")
    return Condition(test, _EXPRESSION_NAMES[said], value, or_next)


def report_if_to_asn(conditions: tuple[ReportIf, ...]) -> list[dict[str, Any]]:
    """A matchCondReportList."""
    return [
        joined(
            {
                "matchCondReport": {
                    "testExpr": EXPRESSIONS[one.expression],
                    "testValue": _value_to_asn(one.value),
                }
            },
            one.or_next,
        )
        for one in conditions
    ]


def report_if_from_asn(items: list[dict[str, Any]]) -> tuple[ReportIf, ...]:
    found = []
    for item in items:
        report = item["matchCondReport"]
        value = _value_from_asn(report["testValue"])
        found.append(ReportIf(_EXPRESSION_NAMES[report["testExpr"]], value, "logicalOR" in item))
    return tuple(found)


def joined(item: dict[str, Any], or_next: bool) -> dict[str, Any]:
    """With logicalOR where the next condition is joined by it."""
    return item | {"logicalOR": "true"} if or_next else item


def _value_to_asn(value: Value) -> tuple[str, Any]:
    if isinstance(value, Slice):
        return "valueOctS", value.octets
    if isinstance(value, Choice):
        return "valueEnum", value.number
    if isinstance(value, Bits):
        return "valueBitS", (value.octets, value.count)
    if isinstance(value, bool):
        return "valueBool", value
    if isinstance(value, float):
        return ("valueInt", int(value)) if value.is_integer() else ("valueReal", value)
    if isinstance(value, int):
        return "valueInt", value
    return ("valuePrtS", value) if isinstance(value, str) else ("valueOctS", value)


def _value_from_asn(value: tuple[str, Any]) -> Value:
    kind, content = value
    if kind == "valueBitS":
        return Bits(*content)
    known: Value = Choice(content) if kind == "valueEnum" else content
    return known


def _slice(octets: bytes, path: str) -> Slice:
    try:
        return Slice.from_octets(octets)
    except ValueError as error:
        raise DecodeError(str(error), path=path) from error
