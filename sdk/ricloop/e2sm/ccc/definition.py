"""RAN function definition (9.2.1): which structure of which cell can be reported and controlled."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

from pydantic import AliasChoices, Field

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.wire import Wire, fold, read

SHORT_NAME = "ORAN-E2SM-CCC"
OID = "1.3.6.1.4.1.53148.1.6.2.4"

Service: TypeAlias = Literal["eventTrigger", "reportService", "controlService", "queryService"]
_SERVICES: tuple[Service, ...] = get_args(Service)


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
        return (cell, fold(structure), fold(attribute), service) in self._offered

    def attributes(self, cell: CellId | None, structure: str, service: Service) -> tuple[str, ...]:
        """The attributes of a structure that have a service there, as the node spells them."""
        found = self._structures.get((cell, fold(structure)))
        rows = () if found is None else found.listOfSupportedAttributes
        return tuple(row.attributeName for row in rows if getattr(row.supportedServices, service) is not None)

    @cached_property
    def _offered(self) -> frozenset[tuple[CellId | None, str, str, Service]]:
        return frozenset(
            (cell, structure, fold(row.attributeName), service)
            for (cell, structure), found in self._structures.items()
            for row in found.listOfSupportedAttributes
            for service in _SERVICES
            if getattr(row.supportedServices, service) is not None
        )

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


def decode_function_definition(data: bytes) -> FunctionDefinition:
    return read(FunctionDefinition, data)
