"""Control header and message (9.2.1.5, 9.2.1.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ricloop.core.errors import DecodeError, EncodeError
from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.attributes import spelled
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.checks import encodable, of_node
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.subscription import CELL_LEVEL, NODE_LEVEL
from ricloop.e2sm.ccc.values import Values
from ricloop.e2sm.ccc.wire import OneOf, Wire, read, write


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
    """Header and message: style 1, Format 1, of the node; style 2, Format 2, of cells.

    Raises EncodeError for a value that its attribute cannot hold, for node and cells in one, and for no control at all.
    """
    if not controls:
        raise EncodeError("a control message controls one structure at least")
    style = NODE_LEVEL if of_node((one.cell for one in controls), "control message") else CELL_LEVEL
    targets: dict[CellId | None, list[ControlledStructure]] = {}
    for one in controls:
        structure = ControlledStructure(
            ranConfigurationStructureName=one.structure,
            oldValuesOfAttributes=encodable(one.structure, one.old),
            newValuesOfAttributes=encodable(one.structure, one.new),
        )
        targets.setdefault(one.cell, []).append(structure)
    if style == NODE_LEVEL:
        format_ = MessageFormat(listOfConfigurationStructures=targets[None])
    else:
        listed = [
            ControlledCell(cellGlobalId=CellGlobalId.of(cell), listOfConfigurationStructures=structures)
            for cell, structures in targets.items()
            if cell is not None
        ]
        format_ = MessageFormat(listOfCellsControlled=listed)
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
