"""Indication header and message (9.2.1.3, 9.2.1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import StringConstraints

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.structures import EnergySaving
from ricloop.e2sm.ccc.values import Values
from ricloop.e2sm.ccc.wire import OneOf, Wire, fold, read, write
from ricloop.e2sm.ntp import from_ntp, to_ntp

Reason: TypeAlias = Literal["uponSubscription", "uponChange", "periodic"]


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
    changeType: Literal["none", "modification", "addition", "deletion"]
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

    def saving(self) -> dict[CellId, bool | None]:
        """The energySavingState of each NR cell that has one here; None where the structure is gone (`deletion`)."""
        states: dict[CellId, bool | None] = {}
        for number, entry in enumerate(self.indicationMessageFormat.listOfCellsReported or ()):
            cell = entry.cellGlobalId.cell
            for structure in entry.listOfConfigurationStructuresReported:
                if cell is None or fold(structure.ranConfigurationStructureName) != fold(EnergySaving.name):
                    continue
                path = f"IndicationMessage.listOfCellsReported[{number}]"
                saving = EnergySaving.read(structure.valuesOfAttributes, path).saving
                if structure.changeType == "deletion":
                    states[cell] = None
                elif saving is not None:
                    states[cell] = saving
        return states


def encode_indication(
    reason: Reason, time_unix_ns: int, states: Mapping[CellId, tuple[bool | None, bool]]
) -> tuple[bytes, bytes]:
    """Header and message (Format 2). `states` maps a cell to its energy saving before (None: not told) and now."""
    header = HeaderFormat(indicationReason=reason, eventTime=f"{to_ntp(time_unix_ns):016X}")
    cells = [
        ReportedCell(
            cellGlobalId=CellGlobalId.of(cell),
            listOfConfigurationStructuresReported=[
                ReportedStructure(
                    changeType="none" if old is None or old == now else "modification",
                    ranConfigurationStructureName=EnergySaving.name,
                    valuesOfAttributes=EnergySaving(saving=now).values,
                    oldValuesOfAttributes=_old(old),
                )
            ],
        )
        for cell, (old, now) in states.items()
    ]
    message = IndicationMessage(indicationMessageFormat=MessageFormat(listOfCellsReported=cells))
    return write(IndicationHeader(indicationHeaderFormat=header)), write(message)


def _old(saving: bool | None) -> dict[str, Any] | None:
    return None if saving is None else EnergySaving(saving=saving).values


def decode_indication_header(data: bytes) -> IndicationHeader:
    return read(IndicationHeader, data)


def decode_indication_message(data: bytes) -> IndicationMessage:
    return read(IndicationMessage, data)
