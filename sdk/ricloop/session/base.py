"""The five drivers of a session, the same for both roles: bytes in, bytes out, events, a timer, the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic

from ricloop.core.errors import DecodeError, LocalProtocolError
from ricloop.e2ap import AbstractSyntaxError, Fault, Version, read
from ricloop.e2ap.messages import (
    Cause,
    E2RemovalRequest,
    ErrorIndication,
    Message,
    ResetRequest,
    ResetResponse,
)
from ricloop.session.endpoint import Endpoint, EventT
from ricloop.session.events import AssociationLost, ErrorReceived, SharedEvent
from ricloop.session.faults import Faults
from ricloop.session.phase import KINDS, PHASES, Fate, Kind, Phase
from ricloop.session.reset import Reset
from ricloop.session.timers import SessionTimers
from ricloop.session.transactions import Request, Response, Transactions
from ricloop.session.updates import Removal


class Session(Generic[EventT]):
    """What `RicSession` and `NodeSession` have in common. A session serves one association and is then thrown away."""

    def __init__(self, timers: SessionTimers) -> None:
        self._end: Endpoint[EventT] = Endpoint()
        self._timers = timers
        self._closed = False
        self.heard = 0
        """When the last PDU came, whatever was in it."""
        self._faults = Faults(self._end)
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
        self._end.now = self.heard = now
        self._end.counters["received"] += 1
        message = self._read_fast(data)
        noted: tuple[Fault, ...] = ()
        try:
            if message is None:
                message, noted = read(data, self._end.version)
        except DecodeError as error:
            if self._closed:
                self._end.counters["crossed"] += 1
            elif isinstance(error, AbstractSyntaxError):
                self._faults.unusable(error)
            else:
                self._faults.undecodable(data, error)
            return
        self._faults.undecodable_in_a_row = 0
        self._dispatch(message)
        if noted and not self._closed and not isinstance(message, ErrorIndication):
            self._faults.noted(message, noted)

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
        return self._faults.shown_out

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

    def _read_fast(self, data: bytes) -> Message | None:
        """The message in `data` where it is one of those that come every period; None: ask the reference."""
        return None

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
            self._faults.misplaced(message, self.phase)
        else:
            route(message)

    def _error_received(self, error: ErrorIndication) -> None:
        # Never answered: two ends that answered each other's errors would not stop.
        self._end.counters["errors_received"] += 1
        self._end.tell(ErrorReceived(error))
        self._transactions.error_about(error)
        self._error_about(error)
