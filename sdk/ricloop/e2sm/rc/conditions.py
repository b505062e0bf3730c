"""Tests of RAN parameters, and the UEs and cells that an event is about (E2SM-RC 9.3.18, 9.3.26, 9.3.29)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ricloop.core.errors import EncodeError
from ricloop.core.ids import CellId, UeId
from ricloop.e2sm.common import absent_removed, cell_from_asn, cell_to_asn
from ricloop.e2sm.rc.parameters import Bits, Element, Leaf, leaf_from_asn, leaf_to_asn
from ricloop.e2sm.ueid import ue_from_asn, ue_to_asn

COMPARISONS = ("equal", "difference", "greaterthan", "lessthan", "contains", "starts-with")
PRESENCES = ("present", "configured", "rollover", "non-zero", "value-change")
"""The last one: from v5."""


@dataclass(frozen=True, slots=True)
class Compare:
    """A leaf that is compared with a value, or tested for presence. `or_next` joins it to the next test by OR."""

    condition: str
    """One of `COMPARISONS` or `PRESENCES`."""
    value: Leaf | Bits | None = None
    or_next: bool | None = None


@dataclass(frozen=True, slots=True)
class ParameterTest:
    """One RAN parameter and what must hold for it: a comparison, an exact key, or tests of its parts."""

    id: int
    of: Compare | Element | Parts


@dataclass(frozen=True, slots=True)
class Parts:
    """Tests inside a structure, or inside each entry of a list."""

    tests: tuple[ParameterTest, ...]
    list: bool = False


Testing: TypeAlias = tuple[ParameterTest, ...]
"""All must hold, but for `or_next`. Empty: nothing is tested."""


@dataclass(frozen=True, slots=True)
class UeSelection:
    """One UE by name, or every UE for which the tests hold."""

    id: int
    ue: UeId | None = None
    testing: Testing = ()
    or_next: bool | None = None


@dataclass(frozen=True, slots=True)
class CellSelection:
    """One cell by name, or every cell for which the tests hold."""

    id: int
    cell: CellId | None = None
    testing: Testing = ()
    or_next: bool | None = None


def or_to_asn(or_next: bool | None) -> str | None:
    return None if or_next is None else "true" if or_next else "false"


def or_from_asn(value: str | None) -> bool | None:
    return None if value is None else value == "true"


def testing_to_asn(testing: Testing) -> list[dict[str, Any]]:
    return [{"ranParameter-ID": test.id, "ranParameter-Type": _test_to_asn(test.of)} for test in testing]


def testing_from_asn(items: Sequence[dict[str, Any]], path: str) -> Testing:
    return tuple(
        ParameterTest(item["ranParameter-ID"], _test_from_asn(item["ranParameter-Type"], path)) for item in items
    )


def ues_to_asn(ues: Sequence[UeSelection]) -> dict[str, Any] | None:
    """EventTrigger-UE-Info; None for no selection."""
    if not ues:
        return None
    return {"ueInfo-List": [_ue_to_asn(one) for one in ues]}


def ues_from_asn(value: dict[str, Any] | None, path: str) -> tuple[UeSelection, ...]:
    selections = []
    for item in (value or {}).get("ueInfo-List", ()):
        _, chosen = item["ueType"]
        ue = chosen.get("ueID")
        selections.append(
            UeSelection(
                item["eventTriggerUEID"],
                None if ue is None else ue_from_asn(ue, path),
                testing_from_asn(chosen.get("ranParameterTesting", ()), path),
                or_from_asn(item.get("logicalOR")),
            )
        )
    return tuple(selections)


def cells_to_asn(cells: Sequence[CellSelection]) -> dict[str, Any] | None:
    """EventTrigger-Cell-Info; None for no selection."""
    if not cells:
        return None
    return {"cellInfo-List": [_cell_to_asn(one) for one in cells]}


def cells_from_asn(value: dict[str, Any] | None, path: str) -> tuple[CellSelection, ...]:
    selections = []
    for item in (value or {}).get("cellInfo-List", ()):
        _, chosen = item["cellType"]
        cell = chosen.get("cellGlobalID")
        selections.append(
            CellSelection(
                item["eventTriggerCellID"],
                None if cell is None else cell_from_asn(cell, path),
                testing_from_asn(chosen.get("ranParameterTesting", ()), path),
                or_from_asn(item.get("logicalOR")),
            )
        )
    return tuple(selections)


def _test_to_asn(of: Compare | Element | Parts) -> tuple[str, dict[str, Any]]:
    if isinstance(of, Parts):
        kind, field = ("List", "ranParameter-List") if of.list else ("Structure", "ranParameter-Structure")
        return f"ranP-Choice-{kind}", {field: testing_to_asn(of.tests)}
    if isinstance(of, Element):
        if of.value is None:
            raise EncodeError("a test of a key needs its value")
        return "ranP-Choice-ElementTrue", {"ranParameter-value": leaf_to_asn(of.value)}
    kind = "ranP-Choice-comparison" if of.condition in COMPARISONS else "ranP-Choice-presence"
    fields = {
        "ranParameter-TestCondition": (kind, of.condition),
        "ranParameter-Value": None if of.value is None else leaf_to_asn(of.value),
        "logicalOR": or_to_asn(of.or_next),
    }
    return "ranP-Choice-ElementFalse", absent_removed(fields)


def _test_from_asn(type_: tuple[str, dict[str, Any]], path: str) -> Compare | Element | Parts:
    kind, value = type_
    if kind == "ranP-Choice-List":
        return Parts(testing_from_asn(value["ranParameter-List"], path), list=True)
    if kind == "ranP-Choice-Structure":
        return Parts(testing_from_asn(value["ranParameter-Structure"], path))
    if kind == "ranP-Choice-ElementTrue":
        return Element(leaf_from_asn(value["ranParameter-value"], path), key=True)
    leaf = value.get("ranParameter-Value")
    return Compare(
        value["ranParameter-TestCondition"][1],
        None if leaf is None else leaf_from_asn(leaf, path),
        or_from_asn(value.get("logicalOR")),
    )


def _ue_to_asn(one: UeSelection) -> dict[str, Any]:
    testing = testing_to_asn(one.testing) or None
    if one.ue is None:
        chosen: tuple[str, Any] = ("ueType-Choice-Group", {"ranParameterTesting": testing or []})
    else:
        individual = absent_removed({"ueID": ue_to_asn(one.ue), "ranParameterTesting": testing})
        chosen = ("ueType-Choice-Individual", individual)
    return absent_removed({"eventTriggerUEID": one.id, "ueType": chosen, "logicalOR": or_to_asn(one.or_next)})


def _cell_to_asn(one: CellSelection) -> dict[str, Any]:
    chosen: tuple[str, Any] = (
        ("cellType-Choice-Group", {"ranParameterTesting": testing_to_asn(one.testing)})
        if one.cell is None
        else ("cellType-Choice-Individual", {"cellGlobalID": cell_to_asn(one.cell)})
    )
    return absent_removed({"eventTriggerCellID": one.id, "cellType": chosen, "logicalOR": or_to_asn(one.or_next)})
