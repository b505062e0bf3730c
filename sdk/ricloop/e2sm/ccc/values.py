"""valuesOfAttributes and its siblings: an object level that some implementations leave out (read both, send it)."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, PlainSerializer

_WRAPPER = "ranConfigurationStructure"
_DEEPEST = 100
"""Levels of lists and objects in one value; the deepest of the standard has six."""


def plain(value: Any, depth: int = 0) -> Any:
    """`value`, where JSON can carry it from here to anywhere and back. Raises ValueError for what it cannot.

    Parsers take NaN and 1e999, and writers then say null: another value.
    """
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValueError("a text has half of a surrogate pair")
    elif depth > _DEEPEST:
        raise ValueError(f"a value is nested deeper than {_DEEPEST} levels")
    elif isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise ValueError("a key of an object is no text")
        return {key: plain(inner, depth + 1) for key, inner in value.items()}
    elif isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    elif isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 64:
            raise ValueError("a number does not fit in 64 bits")
    elif isinstance(value, float):
        if not isfinite(value):
            raise ValueError(f"{value} is no number of JSON")
    elif value is not None:
        raise ValueError(f"JSON has no {type(value).__name__}")
    return value


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1 and isinstance(value.get(_WRAPPER), dict):
        value = value[_WRAPPER]
    return plain(value)


def _wrapped(value: dict[str, Any]) -> dict[str, Any]:
    return {_WRAPPER: value}


Values: TypeAlias = Annotated[
    dict[str, Any], BeforeValidator(_unwrapped), PlainSerializer(_wrapped, return_type=dict[str, Any])
]
"""Attribute name to value, without the wrapper in Python and with it on the wire."""
