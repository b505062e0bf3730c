"""Indication header and message (9.2.1.3, 9.2.1.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import StringConstraints

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.attributes import spelled
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.checks import decoded, encodable, of_node
from ricloop.e2sm.ccc.configuration import Entries, Entry
from ricloop.e2sm.ccc.values import Values
from ricloop.e2sm.ccc.wire import OneOf, Wire, read, write
from ricloop.e2sm.ntp import from_ntp, to_ntp

Reason: TypeAlias = Literal["uponSubscription", "uponChange", "periodic"]
ChangeType: TypeAlias = Literal["none", "modification", "addition", "deletion"]


class HeaderFormat(Wire):
    indicationReason: Reason
    eventTime: Annotated[str, StringConstraints(pattern=r"^(0[xX])?[0-9A-Fa-f]{1,16}$")]
    """64-bit NTP time in hexadecimal (9.3.10)."""


class IndicationHeader(Wire):
    indicationHeaderFormat: HeaderFormat

    @property
    def reason(self) -> Reason:
        return self.indicationHeaderFormat.indicationReason

    @property
    def time(self) -> int:
        """Nanoseconds since the Unix epoch."""
        return from_ntp(int(self.indicationHeaderFormat.eventTime, 16))


class ReportedStructure(Wire):
    changeType: ChangeType
    ranConfigurationStructureName: str
    valuesOfAttributes: Values
    oldValuesOfAttributes: Values | None = None


class ReportedCell(Wire):
    cellGlobalId: CellGlobalId
    listOfConfigurationStructuresReported: list[ReportedStructure]


class MessageFormat(OneOf):
    listOfConfigurationStructuresReported: list[ReportedStructure] | None = None
    listOfCellsReported: list[ReportedCell] | None = None


class IndicationMessage(Wire):
    indicationMessageFormat: MessageFormat

    def entries(self) -> Entries:
        """Every structure of the node and of every NR cell. Raises DecodeError for a value that cannot be."""
        found = []
        format_ = self.indicationMessageFormat
        for one in format_.listOfConfigurationStructuresReported or ():
            found.append(_entry(None, one, "IndicationMessage"))
        for number, entry in enumerate(format_.listOfCellsReported or ()):
            cell = entry.cellGlobalId.cell
            if cell is not None:
                path = f"IndicationMessage.listOfCellsReported[{number}]"
                found += (_entry(cell, one, path) for one in entry.listOfConfigurationStructuresReported)
        return Entries(found)


def _entry(cell: CellId | None, one: ReportedStructure, path: str) -> Entry:
    name = one.ranConfigurationStructureName
    return Entry(cell, spelled(name), decoded(name, one.valuesOfAttributes, path), deleted=one.changeType == "deletion")


@dataclass(frozen=True, slots=True)
class Told:
    """One structure of one target, to be reported."""

    cell: CellId | None
    """None: the node."""
    structure: str
    values: Mapping[str, Any]
    old: Mapping[str, Any] | None = None
    """As it was told last; None: never, or it is not said."""
    change: ChangeType | None = None
    """None: a modification where `old` differs, else none."""


def encode_indication(reason: Reason, time_unix_ns: int, told: Sequence[Told]) -> tuple[bytes, bytes]:
    """Header and message: Format 1 of the node, Format 2 of cells, in the order they come.

    Raises EncodeError for a value that its attribute cannot hold, and for node and cells in one.
    """
    header = HeaderFormat(indicationReason=reason, eventTime=f"{to_ntp(time_unix_ns):016X}")
    node = of_node((one.cell for one in told), "indication message")
    targets: dict[CellId | None, list[ReportedStructure]] = {}
    for one in told:
        changed = one.old is not None and one.old != one.values
        reported = ReportedStructure(
            changeType=one.change or ("modification" if changed else "none"),
            ranConfigurationStructureName=one.structure,
            valuesOfAttributes=encodable(one.structure, one.values),
            oldValuesOfAttributes=None if one.old is None else encodable(one.structure, one.old),
        )
        targets.setdefault(one.cell, []).append(reported)
    if node:
        format_ = MessageFormat(listOfConfigurationStructuresReported=targets[None])
    else:
        listed = [
            ReportedCell(cellGlobalId=CellGlobalId.of(cell), listOfConfigurationStructuresReported=structures)
            for cell, structures in targets.items()
            if cell is not None
        ]
        format_ = MessageFormat(listOfCellsReported=listed)
    message = IndicationMessage(indicationMessageFormat=format_)
    return write(IndicationHeader(indicationHeaderFormat=header)), write(message)


def decode_indication_header(data: bytes) -> IndicationHeader:
    return read(IndicationHeader, data)


def decode_indication_message(data: bytes) -> IndicationMessage:
    return read(IndicationMessage, data)
