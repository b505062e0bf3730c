"""valuesOfAttributes and its siblings: an object level that some implementations leave out (read both, send it)."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, PlainSerializer

_WRAPPER = "ranConfigurationStructure"


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get(_WRAPPER), dict):
        return value[_WRAPPER]
    return value


def _wrapped(value: dict[str, Any]) -> dict[str, Any]:
    return {_WRAPPER: value}


Values: TypeAlias = Annotated[
    dict[str, Any], BeforeValidator(_unwrapped), PlainSerializer(_wrapped, return_type=dict[str, Any])
]
"""Attribute name to value, without the wrapper in Python and with it on the wire."""
