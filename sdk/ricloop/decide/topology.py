"""Which cells there are, and which covers which: what E2 does not say and safety needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ricloop.core.errors import ConfigError, nearest
from ricloop.core.ids import CellId, Cgi

SCHEMA = 1
"""Of topology files; a file without a number is of the first."""


class Coverage(Enum):
    """How far a neighbour covers a cell's area while that cell sleeps (NRCellRelation.isESCoveredBy, TS 28.541)."""

    FULL = "full"
    PARTIAL = "partial"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell stands."""

    gnb: str
    """Name of its gNB; cells of one gNB are one site."""
    sector: int | None = None
    frequency_mhz: float | None = None


def _no_relations() -> Mapping[tuple[CellId, CellId], Coverage]:
    return {}


@dataclass(frozen=True, eq=False)
class Topology:
    """Cells and the relations between them. Immutable: what is learnt later makes a new one."""

    cells: Mapping[CellId, Place] = field(default_factory=dict)
    relations: Mapping[tuple[CellId, CellId], Coverage] = field(default_factory=_no_relations)
    """(cell, neighbour): how far the neighbour covers the cell."""
    source: str = "E2"
    """Where it comes from: a file's name, `E2` for what nodes told, or both."""

    def covering(self, cell: CellId) -> tuple[CellId, ...]:
        """The cells that cover all of `cell`'s area, in ascending order."""
        return self._covers_of.get(int(cell), ())

    def covered(self, cell: CellId) -> tuple[CellId, ...]:
        """The cells whose whole area `cell` covers, in ascending order."""
        return self._covered_by.get(int(cell), ())

    def neighbours(self, cell: CellId) -> Mapping[CellId, Coverage]:
        """The declared neighbours, and how far each covers `cell`."""
        return self._beside.get(int(cell), {})

    def site(self, cell: CellId) -> tuple[CellId, ...]:
        """The cells of the same gNB, `cell` too, in ascending order; empty for an unknown cell."""
        place = self.cells.get(int(cell))
        return () if place is None else self._sites[place.gnb]

    def with_cells(self, learnt: Mapping[CellId, str]) -> Topology:
        """With the cells that a node told of (cell → gNB) added; what is known already stays."""
        new = {cell: Place(gnb) for cell, gnb in learnt.items() if cell not in self.cells}
        if not new:
            return self
        source = self.source if "E2" in self.source else f"{self.source}, E2"
        return replace(self, cells=MappingProxyType({**self.cells, **new}), source=source)

    @classmethod
    def of(cls, data: Any, source: str = "given") -> Topology:
        """From a topology file's JSON. Raises ConfigError with the key and the nearest right one."""
        top = _object(data, source, {"schema", "cells", "relations"}, {"cells"})
        if top.get("schema", SCHEMA) != SCHEMA:
            raise ConfigError(f"{source}: schema {top['schema']!r}; this version reads {SCHEMA}")
        cells: dict[CellId, Place] = {}
        for i, item in enumerate(_items(top["cells"], f"{source}: cells")):
            where = f"{source}: cells[{i}]"
            entry = _object(item, where, {"cell", "gnb", "sector", "frequency_mhz"}, {"cell", "gnb"})
            cell = _cell(entry["cell"], f"{where}.cell")
            if cell in cells:
                raise ConfigError(f"{where}.cell: {entry['cell']} is listed twice")
            cells[cell] = Place(
                str(entry["gnb"]),
                None if entry.get("sector") is None else int(_number(entry["sector"], f"{where}.sector")),
                None
                if entry.get("frequency_mhz") is None
                else float(_number(entry["frequency_mhz"], f"{where}.frequency_mhz")),
            )
        relations: dict[tuple[CellId, CellId], Coverage] = {}
        for i, item in enumerate(_items(top.get("relations", []), f"{source}: relations")):
            where = f"{source}: relations[{i}]"
            entry = _object(item, where, keys := {"cell", "neighbour", "es_covered_by"}, keys)
            pair = (_cell(entry["cell"], f"{where}.cell"), _cell(entry["neighbour"], f"{where}.neighbour"))
            for key, cell in zip(("cell", "neighbour"), pair, strict=True):
                if cell not in cells:
                    known = nearest(str(entry[key]), map(str, map(Cgi.unpack, cells)))
                    raise ConfigError(f"{where}.{key}: {entry[key]} is not among the cells.{known}")
            if pair[0] == pair[1]:
                raise ConfigError(f"{where}: cell {entry['cell']} cannot be its own neighbour")
            values = [how.value for how in Coverage]
            if entry["es_covered_by"] not in values:
                said = str(entry["es_covered_by"])
                raise ConfigError(
                    f"{where}.es_covered_by: {said!r} is none of {', '.join(values)}.{nearest(said, values)}"
                )
            relations[pair] = Coverage(entry["es_covered_by"])
        return cls(MappingProxyType(cells), MappingProxyType(relations), source)

    @cached_property
    def _beside(self) -> dict[CellId, dict[CellId, Coverage]]:
        found: dict[CellId, dict[CellId, Coverage]] = {}
        for (one, other), how in self.relations.items():
            found.setdefault(one, {})[other] = how
        return found

    @cached_property
    def _sites(self) -> dict[str, tuple[CellId, ...]]:
        found: dict[str, list[CellId]] = {}
        for cell in sorted(self.cells):
            found.setdefault(self.cells[cell].gnb, []).append(cell)
        return {gnb: tuple(cells) for gnb, cells in found.items()}

    @cached_property
    def _covers_of(self) -> dict[CellId, tuple[CellId, ...]]:
        return self._full(0, 1)

    @cached_property
    def _covered_by(self) -> dict[CellId, tuple[CellId, ...]]:
        return self._full(1, 0)

    def _full(self, key: int, value: int) -> dict[CellId, tuple[CellId, ...]]:
        found: dict[CellId, list[CellId]] = {}
        for pair, how in self.relations.items():
            if how is Coverage.FULL:
                found.setdefault(pair[key], []).append(pair[value])
        return {cell: tuple(sorted(others)) for cell, others in found.items()}


def _cell(text: Any, where: str) -> CellId:
    """As `Cgi.parse`; what is raised names `where`."""
    try:
        return Cgi.parse(str(text)).packed
    except ConfigError as error:
        raise ConfigError(f"{where}: {error}") from None


def _object(data: Any, where: str, known: set[str], needed: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: an object with {', '.join(sorted(known))} is needed, not {type(data).__name__}")
    for key in data:
        if key not in known:
            raise ConfigError(f"{where}: unknown key '{key}'.{nearest(str(key), known)}")
    for key in sorted(needed - set(data)):
        raise ConfigError(f"{where}: '{key}' is missing")
    return data


def _items(data: Any, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise ConfigError(f"{where}: a list is needed, not {type(data).__name__}")
    return data


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ConfigError(f"{where}: a number is needed, not {value!r}")
    return value
