"""How a message is refused whose IEs make it unusable (E2AP 10.3.4, 10.3.5): by its procedure's own failure."""

from __future__ import annotations

from typing import Any

from ricloop.e2ap import V1, AbstractSyntaxError, Fault, Version
from ricloop.e2ap.convert import CONVERTERS
from ricloop.e2ap.messages import Cause, CriticalityDiagnostics, Message
from ricloop.e2ap.procedures import Row

REJECTED = Cause("protocol", "abstract-syntax-error-reject")
NOTED = Cause("protocol", "abstract-syntax-error-ignore-and-notify")
MAX_FAULTS = 256
"""maxnoofErrors."""
_TRIGGERING = {
    "initiatingMessage": "initiating-message",
    "successfulOutcome": "successful-outcome",
    "unsuccessfulOutcome": "unsuccessful-outcome",
}
_TRANSACTION, _REQUEST, _FUNCTION = 49, 29, 5


def failure_of(error: AbstractSyntaxError, version: Version) -> Message | None:
    """The failure that answers a request; None where it has none, or does not say whom to answer."""
    row = version.by_code.get(("unsuccessfulOutcome", error.row.code))
    if error.row.kind != "initiatingMessage" or row is None:
        return None
    ids = {name: ids_of(error)[name] for name, ie in _IDS.items() if ie in row.mandatory}
    if None in ids.values():
        return None
    if version is V1 and _REQUEST not in row.mandatory:
        ids["transaction_id"] = 0
    failure: Message = row.cls(**ids, cause=REJECTED, diagnostics=diagnostics(error.row, error.faults))
    return failure


def ids_of(error: AbstractSyntaxError) -> dict[str, Any]:
    """Transaction, request and function id as far as they were understood, else None."""
    return {
        name: CONVERTERS[ie].from_asn(error.values[ie]) if ie in CONVERTERS and ie in error.values
        else error.values.get(ie)
        for name, ie in _IDS.items()
    }  # fmt: skip


def diagnostics(row: Row, faults: tuple[Fault, ...]) -> CriticalityDiagnostics:
    return CriticalityDiagnostics(
        procedure_code=row.code,
        triggering_message=_TRIGGERING[row.kind],
        procedure_criticality=row.criticality,
        ies=tuple((fault.criticality, fault.ie_id, fault.type) for fault in faults[:MAX_FAULTS]),
    )


_IDS = {"transaction_id": _TRANSACTION, "request_id": _REQUEST, "function_id": _FUNCTION}
