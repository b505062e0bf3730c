"""Event trigger (9.2.1.1) and action definition (9.2.1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.wire import OneOf, Wire, read, write

CELL_LEVEL = 2
"""The report and control style of cell-level structures; node level is 1."""


class AttributeName(Wire):
    attributeName: str


class WatchedStructure(Wire):
    ranConfigurationStructureName: str
    listOfAttributes: list[AttributeName] | None = None


class WatchedCell(Wire):
    cellGlobalId: CellGlobalId | None = None
    """None: every cell."""
    listOfRANConfigurationStructuresForEventTrigger: list[WatchedStructure]


class TriggerFormat(OneOf):
    listOfNodeLevelConfigurationStructuresForEventTrigger: list[WatchedStructure] | None = None
    listOfCellLevelConfigurationStructuresForEventTrigger: list[WatchedCell] | None = None
    period: Annotated[int, Field(ge=10, le=(1 << 32) - 1)] | None = None
    """Milliseconds."""


class EventTrigger(Wire):
    eventTriggerDefinitionFormat: TriggerFormat


class ReportedStructure(Wire):
    reportType: Literal["all", "change"]
    ranConfigurationStructureName: str
    listOfAttributes: list[AttributeName] | None = None


class ReportedCell(Wire):
    cellGlobalId: CellGlobalId | None = None
    """None: every cell."""
    listOfCellLevelRANConfigurationStructuresForADF: list[ReportedStructure]


class ActionFormat(OneOf):
    listOfNodeLevelRANConfigurationStructuresForADF: list[ReportedStructure] | None = None
    listOfCellConfigurationsToBeReportedForADF: list[ReportedCell] | None = None


class ActionDefinition(Wire):
    ricStyleType: int
    actionDefinitionFormat: ActionFormat

    @property
    def cells(self) -> tuple[CellId, ...] | None:
        """The NR cells asked for; None where one entry asks for every cell. Empty at node level."""
        entries = self.actionDefinitionFormat.listOfCellConfigurationsToBeReportedForADF or ()
        named = [entry.cellGlobalId for entry in entries]
        if None in named:
            return None
        return tuple(one.cell for one in named if one is not None and one.cell is not None)


_STATE = [AttributeName(attributeName=EnergySaving.STATE)]


def encode_event_trigger(cells: Iterable[CellId]) -> bytes:
    """Format 2: a change of energySavingState of any of `cells`."""
    structure = WatchedStructure(ranConfigurationStructureName=EnergySaving.name, listOfAttributes=_STATE)
    watched = [
        WatchedCell(cellGlobalId=CellGlobalId.of(cell), listOfRANConfigurationStructuresForEventTrigger=[structure])
        for cell in cells
    ]
    trigger = TriggerFormat(listOfCellLevelConfigurationStructuresForEventTrigger=watched)
    return write(EventTrigger(eventTriggerDefinitionFormat=trigger))


def decode_event_trigger(data: bytes) -> EventTrigger:
    return read(EventTrigger, data)


def encode_action_definition(cells: Iterable[CellId]) -> bytes:
    """Format 2, style 2: report the energySavingState of `cells`; all upon subscription, then what changed."""
    structure = ReportedStructure(
        reportType="change", ranConfigurationStructureName=EnergySaving.name, listOfAttributes=_STATE
    )
    reported = [
        ReportedCell(cellGlobalId=CellGlobalId.of(cell), listOfCellLevelRANConfigurationStructuresForADF=[structure])
        for cell in cells
    ]
    format_ = ActionFormat(listOfCellConfigurationsToBeReportedForADF=reported)
    return write(ActionDefinition(ricStyleType=CELL_LEVEL, actionDefinitionFormat=format_))


def decode_action_definition(data: bytes) -> ActionDefinition:
    return read(ActionDefinition, data)
