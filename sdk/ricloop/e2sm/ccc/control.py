"""Control header, message and outcome (9.2.1.5 to 9.2.1.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from ricloop.core.errors import DecodeError
from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.attributes import spelled
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.subscription import CELL_LEVEL, NODE_LEVEL
from ricloop.e2sm.ccc.values import Values
from ricloop.e2sm.ccc.wire import OneOf, Wire, read, write
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

    def accepted(self) -> list[tuple[CellId | None, Accepted]]:
        """What was accepted, with its target: an NR cell, or None for the node."""
        found: list[tuple[CellId | None, Accepted]] = [
            (None, one) for one in self.controlOutcomeFormat.ranConfigurationStructuresAcceptedList or ()
        ]
        for entry in self.controlOutcomeFormat.listOfCellsForControlOutcome or ():
            found += ((entry.cellGlobalId.cell, one) for one in entry.ranConfigurationStructuresAcceptedList or ())
        return found

    def failed(self) -> list[tuple[CellId | None, Failed]]:
        """What failed, with its target."""
        found: list[tuple[CellId | None, Failed]] = [
            (None, one) for one in self.controlOutcomeFormat.ranConfigurationStructuresFailedList or ()
        ]
        for entry in self.controlOutcomeFormat.listOfCellsForControlOutcome or ():
            found += ((entry.cellGlobalId.cell, one) for one in entry.ranConfigurationStructuresFailedList or ())
        return found


@dataclass(frozen=True, slots=True)
class Controlled:
    """One structure of one target, as a node finds it in a control message."""

    cell: CellId | None
    """None: the node."""
    structure: str
    """In the spelling of the clauses where it is one we know, else the sender's."""
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)

    def saving(self) -> tuple[bool | None, bool | None]:
        """Energy saving as the sender believes it is, and as it shall be; None where it does not say. Raises
        DecodeError for values of no meaning."""
        was, shall = EnergySaving.read(self.old, "old"), EnergySaving.read(self.new, "new")
        return was.saving if was.saving is not None else was.control, shall.control


def encode_control(controls: Sequence[Controlled]) -> tuple[bytes, bytes]:
    """Header and message: style 1, Format 1, where the first is of the node, else style 2, Format 2."""
    cells: dict[CellId, list[ControlledStructure]] = {}
    node: list[ControlledStructure] = []
    for one in controls:
        structure = ControlledStructure(
            ranConfigurationStructureName=one.structure,
            oldValuesOfAttributes=dict(one.old),
            newValuesOfAttributes=dict(one.new),
        )
        (node if one.cell is None else cells.setdefault(one.cell, [])).append(structure)
    if node:
        format_ = MessageFormat(listOfConfigurationStructures=node)
    else:
        listed = [
            ControlledCell(cellGlobalId=CellGlobalId.of(cell), listOfConfigurationStructures=structures)
            for cell, structures in cells.items()
        ]
        format_ = MessageFormat(listOfCellsControlled=listed)
    style = NODE_LEVEL if node else CELL_LEVEL
    header = ControlHeader(controlHeaderFormat=HeaderFormat(ricStyleType=style))
    return write(header), write(ControlMessage(controlMessageFormat=format_))


def decode_control(header: bytes, message: bytes) -> list[Controlled]:
    """Every structure of every target that a control names. What it may hold, the node says in its outcome."""
    style = read(ControlHeader, header).controlHeaderFormat.ricStyleType
    format_ = read(ControlMessage, message).controlMessageFormat
    of_cells = format_.listOfCellsControlled is not None
    if style != (CELL_LEVEL if of_cells else NODE_LEVEL):
        raise DecodeError(f"style {style} does not fit the message's format", path="ControlHeader.ricStyleType")
    found = [_control(None, one) for one in format_.listOfConfigurationStructures or ()]
    for number, entry in enumerate(format_.listOfCellsControlled or ()):
        cell = entry.cellGlobalId.cell
        if cell is None:
            path = f"ControlMessage.controlMessageFormat.listOfCellsControlled[{number}].cellGlobalId"
            raise DecodeError("an E-UTRA cell is not one of an NR node", path=path)
        found += (_control(cell, one) for one in entry.listOfConfigurationStructures)
    return found


def _control(cell: CellId | None, one: ControlledStructure) -> Controlled:
    name = spelled(one.ranConfigurationStructureName)
    return Controlled(cell, name, one.oldValuesOfAttributes, one.newValuesOfAttributes)


def encode_outcome(
    accepted: Iterable[Controlled],
    failed: Iterable[tuple[Controlled, Cause]] = (),
    *,
    received_unix_ns: int | None = None,
) -> bytes:
    """What became of each control: Format 1 for those of the node, Format 2 per cell."""
    lists: dict[CellId | None, tuple[list[Accepted], list[Failed]]] = {}
    for one in accepted:
        lists.setdefault(one.cell, ([], []))[0].append(
            Accepted(
                ranConfigurationStructureName=one.structure,
                oldValuesOfAttributes=dict(one.old),
                currentValuesOfAttributes=dict(one.new),
            )
        )
    for one, cause in failed:
        lists.setdefault(one.cell, ([], []))[1].append(
            Failed(
                ranConfigurationStructureName=one.structure,
                oldValuesOfAttributes=dict(one.old),
                requestedValuesOfAttributes=dict(one.new),
                cause=cause,
            )
        )
    yes, no = lists.pop(None, ([], []))
    cells = [
        CellOutcome(
            cellGlobalId=CellGlobalId.of(cell),
            ranConfigurationStructuresAcceptedList=done or None,
            ranConfigurationStructuresFailedList=not_done or None,
        )
        for cell, (done, not_done) in lists.items()
        if cell is not None
    ]
    format_ = OutcomeFormat(
        receivedTimestamp=None if received_unix_ns is None else f"{to_ntp(received_unix_ns):016X}",
        ranConfigurationStructuresAcceptedList=yes or None,
        ranConfigurationStructuresFailedList=no or None,
        listOfCellsForControlOutcome=cells if cells or not (yes or no) else None,
    )
    return write(ControlOutcome(controlOutcomeFormat=format_))


def decode_outcome(data: bytes) -> ControlOutcome:
    return read(ControlOutcome, data)
