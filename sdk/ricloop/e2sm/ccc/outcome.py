"""Control outcome (9.2.1.7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from ricloop.core.ids import CellId
from ricloop.e2sm.ccc.cells import CellGlobalId
from ricloop.e2sm.ccc.checks import of_node
from ricloop.e2sm.ccc.control import Controlled
from ricloop.e2sm.ccc.values import Values
from ricloop.e2sm.ccc.wire import Wire, read, write
from ricloop.e2sm.ntp import to_ntp

Cause: TypeAlias = Literal[
    "NotSupported", "NotAvailable", "IncompatibleState", "JsonError", "SemanticError", "Unspecified"
]
"""Why a structure was not changed (9.3.35). IncompatibleState: also an old value that does not match."""


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

    def accepted(self) -> list[tuple[CellGlobalId | None, Accepted]]:
        """What was accepted, with its target: a cell, or None for the node."""
        format_ = self.controlOutcomeFormat
        found: list[tuple[CellGlobalId | None, Accepted]] = []
        found += ((None, one) for one in format_.ranConfigurationStructuresAcceptedList or ())
        for entry in format_.listOfCellsForControlOutcome or ():
            found += ((entry.cellGlobalId, one) for one in entry.ranConfigurationStructuresAcceptedList or ())
        return found

    def failed(self) -> list[tuple[CellGlobalId | None, Failed]]:
        """What failed, with its target."""
        format_ = self.controlOutcomeFormat
        found: list[tuple[CellGlobalId | None, Failed]] = []
        found += ((None, one) for one in format_.ranConfigurationStructuresFailedList or ())
        for entry in format_.listOfCellsForControlOutcome or ():
            found += ((entry.cellGlobalId, one) for one in entry.ranConfigurationStructuresFailedList or ())
        return found


def encode_outcome(
    accepted: Iterable[Controlled],
    failed: Iterable[tuple[Controlled, Cause]] = (),
    *,
    received_unix_ns: int | None = None,
) -> bytes:
    """What became of each control: Format 1 of the node, Format 2 per cell. Raises EncodeError for both in one.

    What was asked is told as it was asked, also where it could not be done for being nonsense.
    """
    accepted, failed = tuple(accepted), tuple(failed)
    node = of_node([one.cell for one in (*accepted, *(one for one, _ in failed))], "control outcome")
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
        listOfCellsForControlOutcome=None if node else cells,
    )
    return write(ControlOutcome(controlOutcomeFormat=format_))


def decode_outcome(data: bytes) -> ControlOutcome:
    return read(ControlOutcome, data)
