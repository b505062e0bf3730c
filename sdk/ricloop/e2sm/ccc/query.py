"""Query header, definition and outcome (v05 and later).

The keys inside the formats are those that srsRAN's codec of v06.00 has (`e2sm_ccc.cpp`); the text of the clauses was
not read for them, and no node was met that answers a query.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.attributes import spelled
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.checks import decoded, encodable
from ricloop.e2sm.ccc.configuration import Entries, Entry
from ricloop.e2sm.ccc.subscription import CELL_LEVEL, NODE_LEVEL, AttributeName
from ricloop.e2sm.ccc.values import Values
from ricloop.e2sm.ccc.wire import OneOf, Wire, read, write


class HeaderFormat(Wire):
    ricStyleType: int


class QueryHeader(Wire):
    queryHeaderFormat: HeaderFormat


class QueriedStructure(Wire):
    ranConfigurationStructureName: str
    listOfAttributes: list[AttributeName] | None = None


class QueriedCell(Wire):
    cellGlobalId: CellGlobalId | None = None
    """None: every cell."""
    listOfCelllevelConfigurationStructuresForQuery: list[QueriedStructure]


class DefinitionFormat(OneOf):
    listOfNodelevelRanConfigurationStructuresForQuery: list[QueriedStructure] | None = None
    listOfCellsToBeQueriedForQuery: list[QueriedCell] | None = None


class QueryDefinition(Wire):
    queryDefinitionFormat: DefinitionFormat


class AnsweredStructure(Wire):
    ranConfigurationStructureName: str
    valuesOfAttributes: Values


class AnsweredCell(Wire):
    cellGlobalId: CellGlobalId
    listOfConfigurationStructuresToBeReportedForQuery: list[AnsweredStructure]


class AnswerFormat(OneOf):
    listOfConfigurationStructuresToBeReportedForQuery: list[AnsweredStructure] | None = None
    listOfCellsToBeReportedForQuery: list[AnsweredCell] | None = None


class QueryOutcome(Wire):
    queryOutcomeFormat: AnswerFormat

    def entries(self) -> Entries:
        """Every structure of the node and of every NR cell. Raises DecodeError for a value that cannot be."""
        found = [
            _entry(None, one) for one in self.queryOutcomeFormat.listOfConfigurationStructuresToBeReportedForQuery or ()
        ]
        for answered in self.queryOutcomeFormat.listOfCellsToBeReportedForQuery or ():
            if (cell := answered.cellGlobalId.cell) is not None:
                found += (_entry(cell, one) for one in answered.listOfConfigurationStructuresToBeReportedForQuery)
        return Entries(found)


def encode_query(structure: str, attributes: Sequence[str], *, node: bool) -> tuple[bytes, bytes]:
    """Header and definition: one structure of the node (style 1), or of every cell (style 2)."""
    names = [AttributeName(attributeName=name) for name in attributes] or None
    asked = QueriedStructure(ranConfigurationStructureName=structure, listOfAttributes=names)
    format_ = (
        DefinitionFormat(listOfNodelevelRanConfigurationStructuresForQuery=[asked])
        if node
        else DefinitionFormat(
            listOfCellsToBeQueriedForQuery=[QueriedCell(listOfCelllevelConfigurationStructuresForQuery=[asked])]
        )
    )
    header = QueryHeader(queryHeaderFormat=HeaderFormat(ricStyleType=NODE_LEVEL if node else CELL_LEVEL))
    return write(header), write(QueryDefinition(queryDefinitionFormat=format_))


def decode_query_header(data: bytes) -> QueryHeader:
    return read(QueryHeader, data)


def decode_query_definition(data: bytes) -> QueryDefinition:
    return read(QueryDefinition, data)


def encode_query_outcome(
    cells: Mapping[CellId, Mapping[str, Mapping[str, Any]]], node: Mapping[str, Mapping[str, Any]] | None = None
) -> bytes:
    """Of the node where `node` is given, else per cell: structure name to attributes."""
    if node is not None:
        format_ = AnswerFormat(listOfConfigurationStructuresToBeReportedForQuery=_answered(node))
    else:
        listed = [
            AnsweredCell(
                cellGlobalId=CellGlobalId.of(cell),
                listOfConfigurationStructuresToBeReportedForQuery=_answered(structures),
            )
            for cell, structures in cells.items()
        ]
        format_ = AnswerFormat(listOfCellsToBeReportedForQuery=listed)
    return write(QueryOutcome(queryOutcomeFormat=format_))


def decode_query_outcome(data: bytes) -> QueryOutcome:
    return read(QueryOutcome, data)


def _answered(structures: Mapping[str, Mapping[str, Any]]) -> list[AnsweredStructure]:
    return [
        AnsweredStructure(ranConfigurationStructureName=name, valuesOfAttributes=encodable(name, values))
        for name, values in structures.items()
    ]


def _entry(cell: CellId | None, one: AnsweredStructure) -> Entry:
    name = one.ranConfigurationStructureName
    return Entry(cell, spelled(name), decoded(name, one.valuesOfAttributes, "QueryOutcome"))
