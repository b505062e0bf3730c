"""RAN parameters (E2SM-RC 9.3.11 to 9.3.14): numbered values, and structures and lists of them.

In Python a parameter list is a dict from id to value. A value is an `Element` (a leaf), a dict (a STRUCTURE) or a tuple
of dicts (a LIST, each entry a STRUCTURE).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, Union

from ricloop.core.errors import DecodeError, EncodeError

Leaf: TypeAlias = bool | int | float | str | bytes
Parameter: TypeAlias = Union["Element", "Structure", tuple["Structure", ...]]
Structure: TypeAlias = Mapping[int, "Parameter"]


@dataclass(frozen=True, slots=True)
class Bits:
    """A BIT STRING."""

    octets: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Element:
    """A leaf. `key` is the standard's "key flag true": it says which one is meant, not what to set."""

    value: Leaf | Bits | None
    key: bool = False

    def __post_init__(self) -> None:
        if self.key and self.value is None:
            raise ValueError("a RAN parameter with the key flag needs a value")


def items_to_asn(parameters: Structure) -> list[dict[str, Any]]:
    """A list of RANParameter items."""
    return [{"ranParameter-ID": id_, "ranParameter-valueType": _to_asn(value)} for id_, value in parameters.items()]


def items_from_asn(items: list[dict[str, Any]], path: str) -> dict[int, Parameter]:
    """Raises DecodeError for an id that occurs twice. How deep it may nest, the ASN.1 codec has checked."""
    parameters: dict[int, Parameter] = {}
    for item in items:
        id_ = item["ranParameter-ID"]
        if id_ in parameters:
            raise DecodeError(f"RAN parameter {id_} occurs twice", path=path)
        parameters[id_] = _from_asn(item["ranParameter-valueType"], f"{path}.{id_}")
    return parameters


def leaf_to_asn(value: Leaf | Bits) -> tuple[str, Any]:
    """RANParameter-Value."""
    if isinstance(value, bool):
        return "valueBoolean", value
    if isinstance(value, int):
        return "valueInt", value
    if isinstance(value, float):
        return "valueReal", value
    if isinstance(value, str):
        return "valuePrintableString", value
    if isinstance(value, Bits):
        return "valueBitS", (value.octets, value.length)
    return "valueOctS", value


def leaf_from_asn(value: tuple[str, Any], path: str) -> Leaf | Bits:
    kind, content = value
    if kind == "valueBitS":
        return Bits(content[0], content[1])
    if not isinstance(content, bool | int | float | str | bytes) or not kind.startswith("value"):
        raise DecodeError(f"a RAN parameter value of kind '{kind}'", path=path)
    return content


def _to_asn(value: Parameter) -> tuple[str, dict[str, Any]]:
    if isinstance(value, Element):
        if value.value is None:
            return "ranP-Choice-ElementFalse", {}
        kind = "ranP-Choice-ElementTrue" if value.key else "ranP-Choice-ElementFalse"
        return kind, {"ranParameter-value": leaf_to_asn(value.value)}
    if isinstance(value, tuple):
        entries = {"list-of-ranParameter": [_structure_to_asn(entry) for entry in value]}
        return "ranP-Choice-List", {"ranParameter-List": entries}
    if isinstance(value, Mapping):
        return "ranP-Choice-Structure", {"ranParameter-Structure": _structure_to_asn(value)}
    raise EncodeError(f"{value!r} is no RAN parameter: an Element, a dict or a tuple of dicts")


def _structure_to_asn(structure: Structure) -> dict[str, Any]:
    return {"sequence-of-ranParameters": items_to_asn(structure)} if structure else {}


def _from_asn(value: tuple[str, Any], path: str) -> Parameter:
    kind, content = value
    if kind in ("ranP-Choice-ElementTrue", "ranP-Choice-ElementFalse"):
        leaf = content.get("ranParameter-value")
        return Element(None if leaf is None else leaf_from_asn(leaf, path), kind.endswith("True"))
    if kind == "ranP-Choice-Structure":
        return _structure_from_asn(content["ranParameter-Structure"], path)
    if kind == "ranP-Choice-List":
        entries = content["ranParameter-List"]["list-of-ranParameter"]
        return tuple(_structure_from_asn(entry, path) for entry in entries)
    raise DecodeError(f"a RAN parameter of kind '{kind}'", path=path)


def _structure_from_asn(structure: dict[str, Any], path: str) -> dict[int, Parameter]:
    return items_from_asn(structure.get("sequence-of-ranParameters", []), path)


def accept_to_asn(accept: bool | None) -> str | None:
    """A decision: `accept`, `reject`, None where there is none to take."""
    return None if accept is None else "accept" if accept else "reject"


def accept_from_asn(value: str | None, path: str) -> bool | None:
    """Raises DecodeError for a decision of a later version."""
    if value not in (None, "accept", "reject"):
        raise DecodeError(f"decision '{value}' is neither accept nor reject", path=path)
    return None if value is None else value == "accept"
