"""RAN parameters by name, and what they are made of (E2SM-RC 9.3.51): for definitions, not for values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_LIST, _STRUCTURE = "ranParameter-Definition-Choice-LIST", "ranParameter-Definition-Choice-STRUCTURE"


@dataclass(frozen=True, slots=True)
class Shape:
    """The parameters inside a structure, or inside each entry of a list; at least one."""

    parts: tuple[NamedParameter, ...]
    list: bool = False


@dataclass(frozen=True, slots=True)
class NamedParameter:
    """A RAN parameter that a node knows. `shape` is None for a leaf, and where the node does not say."""

    id: int
    name: str
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A RAN parameter that is asked for. `shape`: which of its parts; None for all of it."""

    id: int
    shape: Shape | None = None


def asked(*ids: int) -> tuple[Asked, ...]:
    """These parameters, whole."""
    return tuple(map(Asked, ids))


def find(parameters: Iterable[NamedParameter], name: str) -> int | None:
    """Id of the parameter of this name, at any depth, whatever its case and spacing; None where there is none."""
    wanted = _folded(name)
    for one in parameters:
        if _folded(one.name) == wanted:
            return one.id
        if one.shape is not None and (found := find(one.shape.parts, name)) is not None:
            return found
    return None


def named_to_asn(parameters: Iterable[NamedParameter]) -> list[dict[str, Any]]:
    """Empty for none: where the field is OPTIONAL, leave it out then."""
    return [{"ranParameter-ID": p.id, "ranParameter-name": p.name, **_shape_to_asn(p.shape)} for p in parameters]


def named_from_asn(items: Sequence[dict[str, Any]]) -> tuple[NamedParameter, ...]:
    return tuple(
        NamedParameter(item["ranParameter-ID"], item["ranParameter-name"], _shape_from_asn(item)) for item in items
    )


def asked_to_asn(parameters: Iterable[Asked]) -> list[dict[str, Any]]:
    return [{"ranParameter-ID": one.id, **_shape_to_asn(one.shape)} for one in parameters]


def asked_from_asn(items: Sequence[dict[str, Any]]) -> tuple[Asked, ...]:
    return tuple(Asked(item["ranParameter-ID"], _shape_from_asn(item)) for item in items)


def _shape_to_asn(shape: Shape | None) -> dict[str, Any]:
    if shape is None:
        return {}
    parts = named_to_asn(shape.parts)
    chosen = (_LIST, {"ranParameter-List": parts}) if shape.list else (_STRUCTURE, {"ranParameter-STRUCTURE": parts})
    return {"ranParameter-Definition": {"ranParameter-Definition-Choice": chosen}}


def _shape_from_asn(item: dict[str, Any]) -> Shape | None:
    kind, value = item.get("ranParameter-Definition", {}).get("ranParameter-Definition-Choice", ("", None))
    if kind == _LIST:
        return Shape(named_from_asn(value["ranParameter-List"]), list=True)
    # A kind of a later version tells no more than that there is one.
    return Shape(named_from_asn(value["ranParameter-STRUCTURE"])) if kind == _STRUCTURE else None


def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
