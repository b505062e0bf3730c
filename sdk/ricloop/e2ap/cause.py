"""Causes (E2AP 9.2.1) as the wire has them, and those that came after v1.01 in its words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from ricloop.asn1.convert import Converter
from ricloop.e2ap import messages as m

CAUSE = Converter(lambda cause: (cause.group, cause.value), lambda found: m.Cause(*found))

_LATER_REQUEST_CAUSES = frozenset(
    (
        "control-timer-expired",
        "control-failed-to-execute",
        "system-not-ready",
        "ric-subscription-end-time-expired",
        "ric-subscription-end-time-invalid",
        "duplicate-ric-request-id",
        "eventTriggerNotSupported",
        "requested-information-unavailable",
        "invalid-information-request",
    )
)


def as_v1(message: m.Message) -> m.Message:
    """`message` with every cause as v1 knows it."""
    changed: m.Message = _walk(message)
    return changed


def _walk(value: Any) -> Any:
    if isinstance(value, m.Cause):
        return _cause(value)
    if isinstance(value, m.RequestId):
        return value
    if isinstance(value, tuple):
        return tuple(_walk(part) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _walk(getattr(value, field.name)) for field in fields(value)})
    return value


def _cause(cause: m.Cause) -> m.Cause:
    if cause.group == "e2Node":
        return m.Cause("misc", "unspecified")
    if cause.group == "ricRequest" and cause.value in _LATER_REQUEST_CAUSES:
        return m.Cause("ricRequest", "unspecified")
    return cause
