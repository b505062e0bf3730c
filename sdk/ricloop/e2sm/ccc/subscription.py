"""Event trigger (9.2.1.1) and action definition (9.2.1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from ricloop.core.errors import EncodeError
from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.wire import OneOf, Wire, read, write

NODE_LEVEL, CELL_LEVEL = 1, 2
"""The report, control and query styles."""


class AttributeName(Wire):
    """Its name alone is read too: srsRAN's codec of v06.00 has it so in event triggers."""

    attributeName: str

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        return {"attributeName": value} if isinstance(value, str) else value


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


def encode_event_trigger(structure: str, attributes: Sequence[str], cells: Sequence[CellId] | None) -> bytes:
    """Format 2: a change of any of these attributes of any of `cells`; Format 1, of the node, where that is None."""
    watched = WatchedStructure(ranConfigurationStructureName=structure, listOfAttributes=_names(attributes))
    if cells is None:
        trigger = TriggerFormat(listOfNodeLevelConfigurationStructuresForEventTrigger=[watched])
    else:
        each = [
            WatchedCell(cellGlobalId=CellGlobalId.of(cell), listOfRANConfigurationStructuresForEventTrigger=[watched])
            for cell in cells
        ]
        trigger = TriggerFormat(listOfCellLevelConfigurationStructuresForEventTrigger=each)
    return write(EventTrigger(eventTriggerDefinitionFormat=trigger))


def encode_periodic_trigger(period_ms: int) -> bytes:
    """Format 3. Raises EncodeError below 10 ms."""
    if not 10 <= period_ms < 1 << 32:
        raise EncodeError(f"CCC reports each 10 to 4294967295 ms, not {period_ms}")
    return write(EventTrigger(eventTriggerDefinitionFormat=TriggerFormat(period=period_ms)))


def decode_event_trigger(data: bytes) -> EventTrigger:
    return read(EventTrigger, data)


def encode_action_definition(
    structure: str, attributes: Sequence[str], cells: Sequence[CellId] | None, *, everything: bool = False
) -> bytes:
    """Style 2, Format 2, of `cells`; style 1, Format 1, of the node, where that is None. All upon subscription, then
    what changed, or `everything` each time."""
    reported = ReportedStructure(
        reportType="all" if everything else "change",
        ranConfigurationStructureName=structure,
        listOfAttributes=_names(attributes),
    )
    if cells is None:
        format_ = ActionFormat(listOfNodeLevelRANConfigurationStructuresForADF=[reported])
        return write(ActionDefinition(ricStyleType=NODE_LEVEL, actionDefinitionFormat=format_))
    each = [
        ReportedCell(cellGlobalId=CellGlobalId.of(cell), listOfCellLevelRANConfigurationStructuresForADF=[reported])
        for cell in cells
    ]
    format_ = ActionFormat(listOfCellConfigurationsToBeReportedForADF=each)
    return write(ActionDefinition(ricStyleType=CELL_LEVEL, actionDefinitionFormat=format_))


def decode_action_definition(data: bytes) -> ActionDefinition:
    return read(ActionDefinition, data)


def _names(attributes: Sequence[str]) -> list[AttributeName] | None:
    """None for none named, which means all."""
    return [AttributeName(attributeName=name) for name in attributes] or None
