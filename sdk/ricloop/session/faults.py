"""What becomes of a PDU that cannot be used (E2AP 10.2, 10.3): it is counted, told and answered as the standard says,
and after too many of them the peer is shown out.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from ricloop.core.errors import DecodeError
from ricloop.core.time import NS_PER_S
from ricloop.e2ap import AbstractSyntaxError, Fault
from ricloop.e2ap.messages import CriticalityDiagnostics, ErrorIndication
from ricloop.session.endpoint import TRANSFER_SYNTAX_ERROR, WRONG_STATE, Endpoint
from ricloop.session.phase import Phase
from ricloop.session.rejection import NOTED, REJECTED, diagnostics, failure_of, ids_of

MAX_UNDECODABLE = 16
"""Undecodable messages in a row after which the session asks to be closed."""
BAD_PDUS, BAD_WITHIN = 128, 10 * NS_PER_S
"""So many PDUs in so long that are no message, or come in a wrong state, and the session asks to be closed: good ones
in between do not make up for them."""

_ERROR_INDICATION = 2
_CRITICALITY = {0x00: "reject", 0x40: "ignore", 0x80: "notify"}
_TRIGGERING = {0x00: "initiating-message", 0x20: "successful-outcome", 0x40: "unsuccessful-outcome"}


class Faults:
    """Of one association."""

    def __init__(self, end: Endpoint[Any]) -> None:
        self._end = end
        self.undecodable_in_a_row = 0
        """The session sets it back with each PDU that was a message."""
        self._bad_at: deque[int] = deque(maxlen=BAD_PDUS)
        self.shown_out = False
        """True where the session asked to be closed for what the peer sent."""

    def misplaced(self, message: object, phase: Phase) -> None:
        """A message that the association is in no state for."""
        reason = f"{type(message).__name__} while {phase.name.lower().replace('_', ' ')}"
        self._bad(f"the last: {reason}")
        self._end.error("unexpected", reason, WRONG_STATE, **_ids(message))

    def unusable(self, error: AbstractSyntaxError) -> None:
        """E2AP 10.3.4, 10.3.5: a request is answered by its procedure's failure, anything else by an error."""
        self.undecodable_in_a_row = 0
        reason = f"{error.row.name} cannot be used: {error}"
        failure = failure_of(error, self._end.version)
        if failure is not None:
            self._end.misbehaved("unusable", reason)
            self._end.send(failure)
        elif error.row.cls is ErrorIndication:
            self._end.misbehaved("unusable", reason)
        else:
            ids = ids_of(error)
            about = diagnostics(error.row, error.faults)
            self._end.error(
                "unusable",
                reason,
                REJECTED,
                request_id=ids["request_id"],
                function_id=ids["function_id"],
                diagnostics=about,
            )

    def noted(self, message: object, faults: tuple[Fault, ...]) -> None:
        """E2AP 10.3.4: the message was used, and its sender hears what was left out."""
        row = self._end.version.by_class[type(message)]
        reason = f"{row.name} has IEs that are unknown here: {', '.join(str(fault.ie_id) for fault in faults)}"
        self._end.error("noted", reason, NOTED, **_ids(message), diagnostics=diagnostics(row, faults))

    def undecodable(self, data: bytes, error: DecodeError) -> None:
        if (
            len(data) > 2
            and data[0] in _TRIGGERING
            and data[2] in _CRITICALITY
            and data[1] not in self._end.version.codes
        ):
            self._unknown_procedure(data)
            return
        self.undecodable_in_a_row += 1
        reason = f"{len(data)} octets are no E2AP message: {error}"
        if data[:2] == bytes((0x00, _ERROR_INDICATION)):
            self._end.misbehaved("undecodable", reason)
        else:
            self._end.error("undecodable", reason, TRANSFER_SYNTAX_ERROR)
        self._bad(f"the last: {error}")
        if self.undecodable_in_a_row >= MAX_UNDECODABLE:
            self._show_out(f"{MAX_UNDECODABLE} undecodable messages in a row; the last: {error}")

    def _unknown_procedure(self, data: bytes) -> None:
        """E2AP 10.3.2: reject is answered, ignore is dropped, notify is dropped and answered."""
        self.undecodable_in_a_row = 0
        criticality = _CRITICALITY[data[2]]
        if criticality != "reject":
            self._end.counters["ignored"] += 1
        if criticality == "ignore":
            return
        about = CriticalityDiagnostics(
            procedure_code=data[1], triggering_message=_TRIGGERING[data[0]], procedure_criticality=criticality
        )
        self._end.error(
            "unexpected",
            f"procedure code {data[1]} is not one of {self._end.version}",
            REJECTED if criticality == "reject" else NOTED,
            diagnostics=about,
        )

    def _bad(self, last: str) -> None:
        bad = self._bad_at
        bad.append(self._end.now)
        if len(bad) == BAD_PDUS and self._end.now - bad[0] < BAD_WITHIN:
            self._show_out(f"{BAD_PDUS} bad messages in {BAD_WITHIN // NS_PER_S} s; {last}")

    def _show_out(self, reason: str) -> None:
        self.shown_out = True
        self._end.request_close(reason)


def _ids(message: object) -> dict[str, Any]:
    """Whose request a message is about, where it says so."""
    return {name: getattr(message, name, None) for name in ("request_id", "function_id")}
