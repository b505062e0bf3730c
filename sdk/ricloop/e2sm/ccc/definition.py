"""RAN function definition (9.2.1): which structure of which cell can be reported and controlled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal, TypeAlias

from pydantic import AliasChoices, Field

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.subscription import CELL_LEVEL, NODE_LEVEL
from ricloop.e2sm.ccc.wire import Wire, fold, read, write

SHORT_NAME = "ORAN-E2SM-CCC"
OID = "1.3.6.1.4.1.53148.1.6.2.4"


Service: TypeAlias = Literal["eventTrigger", "reportService", "controlService", "queryService"]


class FunctionName(Wire):
    ranFunctionShortName: str
    ranFunctionServiceModelOID: str
    ranFunctionDescription: str
    ranFunctionInstance: int | None = None


class Services(Wire):
    """supportedServices. Only whether a service is there is used: its style list repeats what the clauses say."""

    eventTrigger: dict[str, Any] | None = None
    reportService: dict[str, Any] | None = None
    controlService: dict[str, Any] | None = None
    queryService: dict[str, Any] | None = None


class Attribute(Wire):
    attributeName: str
    supportedServices: Services


class Structure(Wire):
    ranConfigurationStructureName: str
    listOfSupportedAttributes: list[Attribute]

    def attribute(self, name: str) -> Attribute | None:
        """By name, in any spelling."""
        return next((one for one in self.listOfSupportedAttributes if fold(one.attributeName) == fold(name)), None)


class CellDefinition(Wire):
    # Here, and only here, the clauses spell it with ID; some nodes use the Id of everywhere else.
    cellGlobalID: CellGlobalId = Field(validation_alias=AliasChoices("cellGlobalID", "cellGlobalId"))
    listOfSupportedCellLevelRANConfigurationStructures: list[Structure]

    def structure(self, name: str) -> Structure | None:
        """By name, in any spelling."""
        offered = self.listOfSupportedCellLevelRANConfigurationStructures
        return next((one for one in offered if fold(one.ranConfigurationStructureName) == fold(name)), None)


class FunctionDefinition(Wire):
    ranFunctionName: FunctionName
    listOfSupportedNodeLevelConfigurationStructures: list[Structure] | None = None
    listOfCellsForRANFunctionDefinition: list[CellDefinition] | None = None

    @property
    def cells(self) -> tuple[CellId, ...]:
        """The NR cells that it names, in its order."""
        named = (one.cellGlobalID.cell for one in self._entries)
        return tuple(cell for cell in named if cell is not None)

    def offers(self, cell: CellId | None, structure: str, attribute: str, service: Service) -> bool:
        """True where the cell (None: the node) has that service for the attribute; names in any spelling."""
        found = self._structures.get((cell, fold(structure)))
        row = None if found is None else found.attribute(attribute)
        return row is not None and getattr(row.supportedServices, service) is not None

    def attributes(self, cell: CellId | None, structure: str, service: Service) -> tuple[str, ...]:
        """The attributes of a structure that have a service there, as the node spells them."""
        found = self._structures.get((cell, fold(structure)))
        rows = () if found is None else found.listOfSupportedAttributes
        return tuple(row.attributeName for row in rows if getattr(row.supportedServices, service) is not None)

    @cached_property
    def _structures(self) -> dict[tuple[CellId | None, str], Structure]:
        found: dict[tuple[CellId | None, str], Structure] = {
            (None, fold(one.ranConfigurationStructureName)): one
            for one in self.listOfSupportedNodeLevelConfigurationStructures or ()
        }
        for entry in self._entries:
            cell = entry.cellGlobalID.cell
            for one in entry.listOfSupportedCellLevelRANConfigurationStructures if cell is not None else ():
                found.setdefault((cell, fold(one.ranConfigurationStructureName)), one)
        return found

    @property
    def _entries(self) -> list[CellDefinition]:
        return self.listOfCellsForRANFunctionDefinition or []


Offered: TypeAlias = Mapping[str, Mapping[str, str]]
"""Structure to attribute to services: letters of T event trigger, R report, C control, Q query."""
SAVING: Offered = {EnergySaving.name: {EnergySaving.STATE: "TR", EnergySaving.CONTROL: "C"}}
"""Cells that report energySavingState and obey energySavingControl."""


def _services(letters: str, level: int) -> Services:
    kind = "Cell" if level == CELL_LEVEL else "Node"
    trigger = {"eventTriggerStyleType": level}
    described: dict[str, dict[str, Any]] = {
        "T": {
            "listOfSupportedEventTriggerStyles": [
                {
                    **trigger,
                    "eventTriggerStyleName": f"{kind} Level Configuration Change",
                    "eventTriggerFormatType": level,
                }
            ]
        },
        "R": {
            "listOfSupportedReportStyles": [
                {
                    "reportServiceStyleType": level,
                    "reportServiceStyleName": f"{kind} Level Configuration",
                    "listOfSupportedEventTriggerStylesForReportStyle": [trigger],
                    "reportServiceActionDefinitionFormatType": level,
                    "reportServiceIndicationHeaderFormatType": 1,
                    "reportServiceIndicationMessageFormatType": level,
                }
            ]
        },
        "C": {
            "listOfSupportedControlStyles": [
                {
                    "controlServiceStyleType": level,
                    "controlServiceStyleName": f"{kind} Configuration and Control",
                    "controlServiceHeaderFormatType": 1,
                    "controlServiceMessageFormatType": level,
                    "controlServiceControlOutcomeFormatType": level,
                }
            ]
        },
        "Q": {
            "listOfSupportedQueryStyles": [
                {
                    "queryServiceStyleType": level,
                    "queryServiceStyleName": f"{kind} Level Configuration",
                    "queryServiceHeaderFormatType": 1,
                    "queryServiceDefinitionFormatType": level,
                    "queryServiceOutcomeFormatType": level,
                }
            ]
        },
    }
    return Services(
        eventTrigger=described["T"] if "T" in letters else None,
        reportService=described["R"] if "R" in letters else None,
        controlService=described["C"] if "C" in letters else None,
        queryService=described["Q"] if "Q" in letters else None,
    )


def _offered(structures: Offered, level: int) -> list[Structure]:
    return [
        Structure(
            ranConfigurationStructureName=name,
            listOfSupportedAttributes=[
                Attribute(attributeName=attribute, supportedServices=_services(letters, level))
                for attribute, letters in attributes.items()
            ],
        )
        for name, attributes in structures.items()
    ]


def encode_function_definition(
    cells: Iterable[CellId], structures: Offered = SAVING, node: Offered | None = None
) -> bytes:
    """The definition of a node whose `cells` all offer these structures; `node`: what it offers of itself."""
    each = _offered(structures, CELL_LEVEL)
    return write(
        FunctionDefinition(
            ranFunctionName=FunctionName(
                ranFunctionShortName=SHORT_NAME,
                ranFunctionServiceModelOID=OID,
                ranFunctionDescription="Cell Configuration and Control",
            ),
            listOfSupportedNodeLevelConfigurationStructures=_offered(node, NODE_LEVEL) if node else None,
            listOfCellsForRANFunctionDefinition=[
                CellDefinition(
                    cellGlobalID=CellGlobalId.of(cell), listOfSupportedCellLevelRANConfigurationStructures=each
                )
                for cell in cells
            ],
        )
    )


def decode_function_definition(data: bytes) -> FunctionDefinition:
    return read(FunctionDefinition, data)
