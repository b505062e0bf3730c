"""Reset (E2AP 8.3.3), the same from either side: both ends forget every subscription and pending control."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap.messages import Cause, ResetRequest, ResetResponse
from ricloop.session.endpoint import WRONG_STATE, Endpoint
from ricloop.session.events import ResetCompleted, ResetReceived
from ricloop.session.table import Table, step
from ricloop.session.timers import SessionTimers

_TIMER = "reset"


class State(Member):
    IDLE = "idle"
    WAITING = "waiting for the answer to our Reset"


class Input(Member):
    START = "start"
    REQUEST = "ResetRequest"
    RESPONSE = "ResetResponse"
    TIMEOUT = "timeout"


class Reset:
    """`forget` drops what a Reset ends."""

    def __init__(self, end: Endpoint[Any], timers: SessionTimers, forget: Callable[[], None]) -> None:
        self._end, self._timers, self._forget = end, timers, forget
        self.state = State.IDLE
        self._transaction = 0

    @property
    def waiting(self) -> bool:
        return self.state is State.WAITING

    def start(self, cause: Cause) -> None:
        if not step(TABLE, self, self, Input.START, cause):
            raise LocalProtocolError(f"the association is {self.state.value}: it cannot be reset again before that")

    def requested(self, message: ResetRequest) -> None:
        step(TABLE, self, self, Input.REQUEST, message)

    def answered(self, message: ResetResponse) -> None:
        ours = self._end.same_transaction(message.transaction_id, self._transaction)
        if not ours or not step(TABLE, self, self, Input.RESPONSE, message):
            reason = f"ResetResponse of transaction {message.transaction_id} answers nothing that we asked"
            self._end.error("unexpected", reason, WRONG_STATE)

    def release(self) -> None:
        """The association is over: nothing is left to drop."""
        self._forget = _nothing

    # ------------------------------------------------------------------------------------------------ handlers

    def _send(self, _: Reset, cause: Cause) -> None:
        transaction = (self._transaction + 1) % 256
        self._end.send(ResetRequest(transaction_id=transaction, cause=cause))
        self._transaction = transaction
        self._forget()
        self._end.arm(_TIMER, self._timers.reset, lambda: step(TABLE, self, self, Input.TIMEOUT))

    def _answer(self, _: Reset, message: ResetRequest) -> None:
        self._forget()
        self._end.send(ResetResponse(transaction_id=message.transaction_id))
        self._end.tell(ResetReceived(message.cause))

    def _complete(self, _: Reset, __: ResetResponse) -> None:
        self._end.disarm(_TIMER)
        self._end.tell(ResetCompleted())

    def _give_up(self, _: Reset, __: None) -> None:
        self._end.request_close(f"no answer to Reset in {self._timers.reset.total_seconds():g} s")


def _nothing() -> None:
    """There is nothing to drop any more."""


TABLE: Table[State, Input] = {
    (State.IDLE, Input.START): (Reset._send, State.WAITING),
    (State.IDLE, Input.REQUEST): (Reset._answer, State.IDLE),
    (State.WAITING, Input.REQUEST): (Reset._answer, State.WAITING),
    (State.WAITING, Input.RESPONSE): (Reset._complete, State.IDLE),
    (State.WAITING, Input.TIMEOUT): (Reset._give_up, State.WAITING),
}
"""Two Resets that cross are both answered."""
