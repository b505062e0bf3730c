"""The five drivers of a session, the same for both roles: bytes in, bytes out, events, a timer, the end.

Decoding, routing to the procedures, and what to do with bytes that are no message.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Generic

from ricloop.core.errors import DecodeError, LocalProtocolError
from ricloop.core.time import NS_PER_S
from ricloop.e2ap import AbstractSyntaxError, Fault, Version, read
from ricloop.e2ap.messages import (
    Cause,
    CriticalityDiagnostics,
    E2RemovalRequest,
    ErrorIndication,
    ResetRequest,
    ResetResponse,
)
from ricloop.session.endpoint import TRANSFER_SYNTAX_ERROR, WRONG_STATE, Endpoint, EventT
from ricloop.session.events import AssociationLost, ErrorReceived, SharedEvent
from ricloop.session.phase import KINDS, PHASES, Fate, Kind, Phase
from ricloop.session.rejection import NOTED, REJECTED, diagnostics, failure_of, ids_of
from ricloop.session.reset import Reset
from ricloop.session.timers import SessionTimers
from ricloop.session.transactions import Request, Response, Transactions
from ricloop.session.updates import Removal

MAX_UNDECODABLE = 16
"""Undecodable messages in a row after which the session asks to be closed."""
BAD_PDUS, BAD_WITHIN = 128, 10 * NS_PER_S
"""So many PDUs in so long that are no message, or come in a wrong state, and the session asks to be closed: good ones
in between do not make up for them."""

_ERROR_INDICATION = 2
_CRITICALITY = {0x00: "reject", 0x40: "ignore", 0x80: "notify"}
_TRIGGERING = {0x00: "initiating-message", 0x20: "successful-outcome", 0x40: "unsuccessful-outcome"}


class Session(Generic[EventT]):
    """What `RicSession` and `NodeSession` have in common. A session serves one association and is then thrown away."""

    def __init__(self, timers: SessionTimers) -> None:
        self._end: Endpoint[EventT] = Endpoint()
        self._timers = timers
        self._closed = False
        self._undecodable_in_a_row = 0
        self._bad_at: deque[int] = deque(maxlen=BAD_PDUS)
        self._shown_out = False
        self._reset = Reset(self._end, timers, self._forget_everything)
        self._removal = Removal(self._end)
        self._transactions = Transactions(self._end, timers, self._transaction_done)
        self._routes: dict[type[Any], Callable[[Any], None]] = {
            ResetRequest: self._reset.requested,
            ResetResponse: self._reset.answered,
            ErrorIndication: self._error_received,
        }

    # ------------------------------------------------------------------------------------------- five drivers

    def receive(self, data: bytes, now: int) -> None:
        """Take one PDU. Never raises because of what is in it."""
        self._end.now = now
        self._end.counters["received"] += 1
        try:
            message, noted = read(data, self._end.version)
        except AbstractSyntaxError as error:
            self._unusable(error)
            return
        except DecodeError as error:
            self._not_a_message(data, error)
            return
        self._undecodable_in_a_row = 0
        self._dispatch(message)
        if noted and not self._closed and not isinstance(message, ErrorIndication):
            self._note(message, noted)

    def data_to_send(self) -> list[bytes]:
        """The PDUs to send now, in order; asking takes them."""
        return self._end.take_outbox()

    def events(self) -> list[EventT | SharedEvent]:
        """What happened since the last call, in order; asking takes them."""
        return self._end.take_events()

    def timer_at(self) -> int | None:
        """When to call `handle_timer`, in nanoseconds; None while nothing is waited for."""
        return self._end.timer_at()

    def handle_timer(self, now: int) -> None:
        """Give up on what should have been answered by `now`. Calling it early is harmless."""
        self._end.now = now
        self._end.fire_due()

    def connection_lost(self, reason: str, now: int) -> None:
        """The transport is gone: nothing is left but one last event."""
        if self._closed:
            return
        self._end.now = now
        self._closed = True
        self._forget_everything()
        self._end.disarm_all()
        self._end.take_outbox()
        self._end.tell(AssociationLost(reason))
        # These point back at the session: without them it is freed at once, and needs no garbage collection.
        self._routes.clear()
        self._reset.release()
        self._transactions.release()
        self._release()

    # -------------------------------------------------------------------------------------------------- state

    @property
    def should_close(self) -> str | None:
        """Why the transport should be closed once what is pending was sent; None while it should not."""
        return self._end.close_reason

    @property
    def shown_out(self) -> bool:
        """True where the session asked to be closed for what the peer sent."""
        return self._shown_out

    @property
    def counters(self) -> dict[str, int]:
        """What happened how often: `received`, `sent`, `indications`, each kind of misbehaviour, each sort of drop."""
        return self._end.counters

    @property
    def version(self) -> Version:
        """The version of E2AP that the association speaks; at the RIC, known from E2 Setup on."""
        return self._end.version

    @property
    def ready(self) -> bool:
        """True from the accepted E2 Setup to the end, except while our own Reset is unanswered."""
        return self.phase is Phase.READY

    @property
    def phase(self) -> Phase:
        if self._closed:
            return Phase.CLOSED
        if not self._set_up():
            return Phase.SETTING_UP
        return Phase.RESETTING if self._reset.waiting else Phase.READY

    def reset(self, cause: Cause, now: int) -> None:
        """Drop every subscription and pending control on both sides; `ResetCompleted` follows."""
        self._start(now, "a Reset")
        self._reset.start(cause)

    def remove(self, now: int) -> int:
        """Ask the peer to end E2 here; once it has answered, the session asks to be closed."""
        self._start(now, "E2 Removal")
        return self._transactions.start(E2RemovalRequest(transaction_id=0))

    # ------------------------------------------------------------------------------------------- for the roles

    def _set_up(self) -> bool:
        """True once E2 Setup was accepted."""
        return False

    def _forget_everything(self) -> None:
        """Drop subscriptions and pending controls, as a Reset or the end of the association does."""

    def _release(self) -> None:
        """Drop what points back at the session."""

    def _transaction_done(self, request: Request, response: Response) -> None:
        """The peer answered an update or removal that we began."""
        if isinstance(request, E2RemovalRequest):
            self._end.request_close("E2 Removal is complete")

    def _error_about(self, error: ErrorIndication) -> None:
        """Draw the role's consequences from an Error Indication that was told already."""

    def _start(self, now: int, what: str) -> None:
        """Check that the association can carry a procedure that we begin."""
        self._end.now = now
        if self.phase is not Phase.READY:
            raise LocalProtocolError(f"{what} needs an association that is ready: this one is {self.phase.name}")

    # ---------------------------------------------------------------------------------------------- incoming

    def _dispatch(self, message: object) -> None:
        kind = type(message)
        fate = PHASES[self.phase, KINDS.get(kind, Kind.SERVICE)]
        route = self._routes.get(kind)
        if fate is Fate.DROP:
            self._end.counters["crossed"] += 1
        elif fate is Fate.REFUSE or route is None:
            self._refuse(message)
        else:
            route(message)

    def _refuse(self, message: object) -> None:
        name = type(message).__name__
        self._bad(f"the last: {name} while {self.phase.name.lower().replace('_', ' ')}")
        self._end.error(
            "unexpected",
            f"{name} while {self.phase.name.lower().replace('_', ' ')}",
            WRONG_STATE,
            request_id=getattr(message, "request_id", None),
            function_id=getattr(message, "function_id", None),
        )

    def _error_received(self, error: ErrorIndication) -> None:
        # Never answered: two ends that answered each other's errors would not stop.
        self._end.counters["errors_received"] += 1
        self._end.tell(ErrorReceived(error))
        self._transactions.error_about(error)
        self._error_about(error)

    def _unusable(self, error: AbstractSyntaxError) -> None:
        """E2AP 10.3.4, 10.3.5: a request is answered by its procedure's failure, anything else by an error."""
        if self._closed:
            self._end.counters["crossed"] += 1
            return
        self._undecodable_in_a_row = 0
        reason = f"{error.row.name} cannot be used: {error}"
        failure = failure_of(error, self._end.version)
        if failure is not None:
            self._end.misbehaved("unusable", reason)
            self._end.send(failure)
        elif error.row.cls is ErrorIndication:
            self._end.misbehaved("unusable", reason)
        else:
            ids = ids_of(error)
            self._end.error(
                "unusable",
                reason,
                REJECTED,
                request_id=ids["request_id"],
                function_id=ids["function_id"],
                diagnostics=diagnostics(error.row, error.faults),
            )

    def _note(self, message: object, noted: tuple[Fault, ...]) -> None:
        """E2AP 10.3.4: the message was used, and its sender hears what was left out."""
        row = self._end.version.by_class[type(message)]
        self._end.error(
            "noted",
            f"{row.name} has IEs that are unknown here: {', '.join(str(fault.ie_id) for fault in noted)}",
            NOTED,
            request_id=getattr(message, "request_id", None),
            function_id=getattr(message, "function_id", None),
            diagnostics=diagnostics(row, noted),
        )

    def _not_a_message(self, data: bytes, error: DecodeError) -> None:
        if self._closed:
            self._end.counters["crossed"] += 1
            return
        if (
            len(data) > 2
            and data[0] in _TRIGGERING
            and data[2] in _CRITICALITY
            and data[1] not in self._end.version.codes
        ):
            self._unknown_procedure(data)
            return
        self._undecodable_in_a_row += 1
        reason = f"{len(data)} octets are no E2AP message: {error}"
        if data[:2] == bytes((0x00, _ERROR_INDICATION)):
            self._end.misbehaved("undecodable", reason)
        else:
            self._end.error("undecodable", reason, TRANSFER_SYNTAX_ERROR)
        self._bad(f"the last: {error}")
        if self._undecodable_in_a_row >= MAX_UNDECODABLE:
            self._shown_out = True
            self._end.request_close(f"{MAX_UNDECODABLE} undecodable messages in a row; the last: {error}")

    def _bad(self, last: str) -> None:
        bad = self._bad_at
        bad.append(self._end.now)
        if len(bad) == BAD_PDUS and self._end.now - bad[0] < BAD_WITHIN:
            self._shown_out = True
            self._end.request_close(f"{BAD_PDUS} bad messages in {BAD_WITHIN // NS_PER_S} s; {last}")

    def _unknown_procedure(self, data: bytes) -> None:
        """E2AP 10.3.2: reject is answered, ignore is dropped, notify is dropped and answered."""
        self._undecodable_in_a_row = 0
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
