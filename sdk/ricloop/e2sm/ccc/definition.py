"""RAN function definition (9.2.1): which structure of which cell can be reported and controlled."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from pydantic import AliasChoices, Field

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.wire import Wire, fold, read, write

SHORT_NAME = "ORAN-E2SM-CCC"
OID = "1.3.6.1.4.1.53148.1.6.2.4"


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

    def reports_saving(self, cell: CellId) -> bool:
        """True where the cell reports its energySavingState."""
        found = self._attribute(cell, EnergySaving.STATE)
        return found is not None and found.supportedServices.reportService is not None

    def controls_saving(self, cell: CellId) -> bool:
        """True where the cell lets energySavingControl be written."""
        found = self._attribute(cell, EnergySaving.CONTROL)
        return found is not None and found.supportedServices.controlService is not None

    def _attribute(self, cell: CellId, name: str) -> Attribute | None:
        structure = self._saving.get(cell)
        return None if structure is None else structure.attribute(name)

    @cached_property
    def _saving(self) -> dict[CellId | None, Structure | None]:
        return {one.cellGlobalID.cell: one.structure(EnergySaving.name) for one in self._entries}

    @property
    def _entries(self) -> list[CellDefinition]:
        return self.listOfCellsForRANFunctionDefinition or []


_TRIGGER = {
    "listOfSupportedEventTriggerStyles": [
        {
            "eventTriggerStyleType": 2,
            "eventTriggerStyleName": "Cell Level Configuration Change",
            "eventTriggerFormatType": 2,
        }
    ]
}
_REPORT = {
    "listOfSupportedReportStyles": [
        {
            "reportServiceStyleType": 2,
            "reportServiceStyleName": "Cell Level Configuration",
            "listOfSupportedEventTriggerStylesForReportStyle": [{"eventTriggerStyleType": 2}],
            "reportServiceActionDefinitionFormatType": 2,
            "reportServiceIndicationHeaderFormatType": 1,
            "reportServiceIndicationMessageFormatType": 2,
        }
    ]
}
_CONTROL = {
    "listOfSupportedControlStyles": [
        {
            "controlServiceStyleType": 2,
            "controlServiceStyleName": "Cell Configuration and Control",
            "controlServiceHeaderFormatType": 1,
            "controlServiceMessageFormatType": 2,
            "controlServiceControlOutcomeFormatType": 2,
        }
    ]
}


def encode_function_definition(cells: Iterable[CellId]) -> bytes:
    """The definition of a node whose `cells` report energySavingState and obey energySavingControl."""
    saving = Structure(
        ranConfigurationStructureName=EnergySaving.name,
        listOfSupportedAttributes=[
            Attribute(
                attributeName=EnergySaving.STATE,
                supportedServices=Services(eventTrigger=_TRIGGER, reportService=_REPORT),
            ),
            Attribute(attributeName=EnergySaving.CONTROL, supportedServices=Services(controlService=_CONTROL)),
        ],
    )
    return write(
        FunctionDefinition(
            ranFunctionName=FunctionName(
                ranFunctionShortName=SHORT_NAME,
                ranFunctionServiceModelOID=OID,
                ranFunctionDescription="Cell Configuration and Control",
            ),
            listOfCellsForRANFunctionDefinition=[
                CellDefinition(
                    cellGlobalID=CellGlobalId.of(cell), listOfSupportedCellLevelRANConfigurationStructures=[saving]
                )
                for cell in cells
            ],
        )
    )


def decode_function_definition(data: bytes) -> FunctionDefinition:
    return read(FunctionDefinition, data)
