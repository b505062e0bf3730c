"""Control header, message and outcome (9.2.1.5 to 9.2.1.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.subscription import CELL_LEVEL
from ricloop.e2sm.ccc.values import Values
from ricloop.e2sm.ccc.wire import OneOf, Wire, fold, read, write
from ricloop.e2sm.ntp import to_ntp

Cause: TypeAlias = Literal[
    "NotSupported", "NotAvailable", "IncompatibleState", "JsonError", "SemanticError", "Unspecified"
]
"""Why a structure was not changed (9.3.35). IncompatibleState: also an old value that does not match."""


class HeaderFormat(Wire):
    ricStyleType: int


class ControlHeader(Wire):
    controlHeaderFormat: HeaderFormat


class ControlledStructure(Wire):
    ranConfigurationStructureName: str
    oldValuesOfAttributes: Values
    newValuesOfAttributes: Values


class ControlledCell(Wire):
    cellGlobalId: CellGlobalId
    listOfConfigurationStructures: list[ControlledStructure]


class MessageFormat(OneOf):
    listOfConfigurationStructures: list[ControlledStructure] | None = None
    listOfCellsControlled: list[ControlledCell] | None = None


class ControlMessage(Wire):
    controlMessageFormat: MessageFormat


class Accepted(Wire):
    ranConfigurationStructureName: str
    oldValuesOfAttributes: Values
    currentValuesOfAttributes: Values
    appliedTimestamp: str | None = None


class Failed(Wire):
    ranConfigurationStructureName: str
    oldValuesOfAttributes: Values
    requestedValuesOfAttributes: Values
    cause: str


class CellOutcome(Wire):
    cellGlobalId: CellGlobalId
    ranConfigurationStructuresAcceptedList: list[Accepted] | None = None
    ranConfigurationStructuresFailedList: list[Failed] | None = None


class OutcomeFormat(Wire):
    """Format 1 (node level) has the lists here, Format 2 per cell. All are optional, so an empty object is Format 1."""

    receivedTimestamp: str | None = None
    ranConfigurationStructuresAcceptedList: list[Accepted] | None = None
    ranConfigurationStructuresFailedList: list[Failed] | None = None
    listOfCellsForControlOutcome: list[CellOutcome] | None = None


class ControlOutcome(Wire):
    controlOutcomeFormat: OutcomeFormat

    def of_cell(self, cell: CellId) -> tuple[list[Accepted], list[Failed]]:
        """What was accepted and what failed at one cell."""
        accepted: list[Accepted] = []
        failed: list[Failed] = []
        for entry in self.controlOutcomeFormat.listOfCellsForControlOutcome or ():
            if entry.cellGlobalId.cell == cell:
                accepted += entry.ranConfigurationStructuresAcceptedList or ()
                failed += entry.ranConfigurationStructuresFailedList or ()
        return accepted, failed


@dataclass(frozen=True, slots=True)
class CellControl:
    """One structure of one cell, as a node finds it in a control message."""

    cell: CellId
    structure: str
    """In the spelling of the clauses where it is one we know, else the sender's."""
    old: bool | None
    """Energy saving as the sender believes it is; None where it does not say, or for another structure."""
    new: bool | None
    """Energy saving as the sender wants it; None where it does not say, or for another structure."""
    old_values: Mapping[str, Any] = field(default_factory=dict)
    new_values: Mapping[str, Any] = field(default_factory=dict)


def encode_control(cell: CellId, old: bool, new: bool) -> tuple[bytes, bytes]:
    """Header and message (style 2, Format 2) that ask `cell` to go from energy saving `old` to `new`.

    The old state stands beside the old control value: some nodes know the structure only by it.
    """
    structure = ControlledStructure(
        ranConfigurationStructureName=EnergySaving.name,
        oldValuesOfAttributes=EnergySaving(saving=old, control=old).values,
        newValuesOfAttributes=EnergySaving(control=new).values,
    )
    controlled = ControlledCell(cellGlobalId=CellGlobalId.of(cell), listOfConfigurationStructures=[structure])
    header = ControlHeader(controlHeaderFormat=HeaderFormat(ricStyleType=CELL_LEVEL))
    message = ControlMessage(controlMessageFormat=MessageFormat(listOfCellsControlled=[controlled]))
    return write(header), write(message)


def decode_control(header: bytes, message: bytes) -> list[CellControl]:
    """Every structure of every cell that a style 2 control names; empty for a node-level control."""
    style = read(ControlHeader, header).controlHeaderFormat.ricStyleType
    format_ = read(ControlMessage, message).controlMessageFormat
    if (style == CELL_LEVEL) != (format_.listOfCellsControlled is not None):
        raise DecodeError(f"style {style} does not fit the message's format", path="ControlHeader.ricStyleType")
    controls: list[CellControl] = []
    for number, entry in enumerate(format_.listOfCellsControlled or ()):
        path = f"ControlMessage.controlMessageFormat.listOfCellsControlled[{number}]"
        cell = entry.cellGlobalId.cell
        if cell is None:
            raise DecodeError("an E-UTRA cell is not one of an NR node", path=f"{path}.cellGlobalId")
        controls += (_control(cell, structure, path) for structure in entry.listOfConfigurationStructures)
    return controls


def _control(cell: CellId, structure: ControlledStructure, path: str) -> CellControl:
    old, new = structure.oldValuesOfAttributes, structure.newValuesOfAttributes
    name = structure.ranConfigurationStructureName
    if fold(name) != fold(EnergySaving.name):
        return CellControl(cell, name, None, None, old, new)
    was, shall = EnergySaving.read(old, f"{path}.old"), EnergySaving.read(new, f"{path}.new")
    believed = was.saving if was.saving is not None else was.control
    return CellControl(cell, EnergySaving.name, believed, shall.control, old, new)


def encode_outcome(
    accepted: Iterable[CellControl],
    failed: Iterable[tuple[CellControl, Cause]] = (),
    *,
    received_unix_ns: int | None = None,
) -> bytes:
    """Format 2: what became of each control."""
    lists: dict[CellId, tuple[list[Accepted], list[Failed]]] = {}
    for one in accepted:
        lists.setdefault(one.cell, ([], []))[0].append(
            Accepted(
                ranConfigurationStructureName=one.structure,
                oldValuesOfAttributes=dict(one.old_values),
                currentValuesOfAttributes=dict(one.new_values),
            )
        )
    for one, cause in failed:
        lists.setdefault(one.cell, ([], []))[1].append(
            Failed(
                ranConfigurationStructureName=one.structure,
                oldValuesOfAttributes=dict(one.old_values),
                requestedValuesOfAttributes=dict(one.new_values),
                cause=cause,
            )
        )
    cells = [
        CellOutcome(
            cellGlobalId=CellGlobalId.of(cell),
            ranConfigurationStructuresAcceptedList=yes or None,
            ranConfigurationStructuresFailedList=no or None,
        )
        for cell, (yes, no) in lists.items()
    ]
    received = None if received_unix_ns is None else f"{to_ntp(received_unix_ns):016X}"
    return write(
        ControlOutcome(
            controlOutcomeFormat=OutcomeFormat(receivedTimestamp=received, listOfCellsForControlOutcome=cells)
        )
    )


def decode_outcome(data: bytes) -> ControlOutcome:
    return read(ControlOutcome, data)
