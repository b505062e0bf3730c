"""Names and values held against the table of attributes: what a node or an author wrote, in the standard's spelling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ricloop.core.errors import DecodeError, EncodeError, nearest
from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.attributes import STRUCTURES, spelled, structure
from ricloop.e2sm.ccc.values import plain

_MISSPELT = {"wakeupDurationGuranteed": "wakeupDurationGuaranteed"}
"""Clause 9.3 and implementations differ in a letter of this key, inside oruCapabilities."""


def checked(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes of a structure, names and words as the standard spells them. What it does not know stays as it is.

    Raises ValueError, which names the attribute, its value and what it can be.
    """
    known = structure(name)
    found: dict[str, Any] = {}
    for key, value in values.items():
        row = None if known is None else known.attribute(key)
        sent = key if row is None else row.name
        if sent in found:
            raise ValueError(f"{spelled(name)}.{sent} is given twice")
        try:
            found[sent] = plain(value) if row is None else row.taken(_respelt(plain(value)))
        except ValueError as fault:
            raise ValueError(f"{spelled(name)}.{sent} = {_shown(value)}: {fault}") from None
    return found


def decoded(name: str, values: Mapping[str, Any], path: str) -> dict[str, Any]:
    """As `checked`, of a message. Raises DecodeError."""
    try:
        return checked(name, values)
    except ValueError as fault:
        raise DecodeError(str(fault), path=path) from None


def encodable(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """As `checked`, for a message. Raises EncodeError."""
    try:
        return checked(name, values)
    except ValueError as fault:
        raise EncodeError(str(fault)) from None


def of_node(targets: Iterable[CellId | None], what: str) -> bool:
    """True where each is the node (None), False where each is a cell. Raises EncodeError for both in one message."""
    levels = {target is None for target in targets}
    if len(levels) > 1:
        raise EncodeError(f"{what}: the node goes in a message of Format 1, cells in another of Format 2")
    return True in levels


def named(name: str, *, node: bool) -> str:
    """A structure's name as it is sent; one that is not in the table is taken for a vendor's own.

    Raises ValueError for one of the other level, and for what looks like a slip of the pen.
    """
    known = structure(name)
    if known is None:
        if hint := nearest(name, [one.name for one in STRUCTURES.values()]):
            raise ValueError(f"there is no structure '{name}'.{hint}")
        return name
    if ("N" if node else "C") not in known.levels:
        way_out = "cells: name one, or leave node out" if node else "nodes: name a NodeId, or say node=True"
        raise ValueError(f"{known.name} is configuration of {way_out}")
    return known.name


def named_attribute(name: str, attribute: str) -> str:
    """An attribute's name as it is sent. Raises ValueError for what looks like a slip of the pen."""
    known = structure(name)
    row = None if known is None else known.attribute(attribute)
    if row is not None:
        return row.name
    hint = "" if known is None else nearest(attribute, [one.name for one in known.attributes.values()])
    if hint:
        raise ValueError(f"{spelled(name)} has no '{attribute}'.{hint}")
    return attribute


def _shown(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 64:
        return f"a number of {value.bit_length()} bits"
    text = repr(value) if value is None or isinstance(value, str | int | float) else f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def _respelt(value: Any) -> Any:
    if isinstance(value, dict):
        return {_MISSPELT.get(key, key): _respelt(inner) for key, inner in value.items()}
    return [_respelt(inner) for inner in value] if isinstance(value, list) else value
