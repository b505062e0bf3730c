"""Class-1 procedures that carry a TransactionID, from the side that begins them (E2AP 8.3): RIC Service Update, E2 Node
Configuration Update, E2 Connection Update and E2 Removal. Several may be under way at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeAlias

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap import V1
from ricloop.e2ap import messages as m
from ricloop.session.endpoint import NO_ANSWER, WRONG_STATE, Endpoint
from ricloop.session.events import TransactionAnswered, TransactionFailed
from ricloop.session.table import Table, step
from ricloop.session.timers import SessionTimers

TRANSACTION_IDS = 256
"""TransactionID is 0..255: as many procedures may be under way at once."""
UNSPECIFIED = m.Cause("misc", "unspecified")

Request: TypeAlias = m.RicServiceUpdate | m.E2NodeConfigurationUpdate | m.E2ConnectionUpdate | m.E2RemovalRequest
Response: TypeAlias = (
    m.RicServiceUpdateAcknowledge
    | m.E2NodeConfigurationUpdateAcknowledge
    | m.E2ConnectionUpdateAcknowledge
    | m.E2RemovalResponse
)
Failure: TypeAlias = (
    m.RicServiceUpdateFailure | m.E2NodeConfigurationUpdateFailure | m.E2ConnectionUpdateFailure | m.E2RemovalFailure
)

ANSWERS: Mapping[type[Any], type[Any]] = {
    m.RicServiceUpdateAcknowledge: m.RicServiceUpdate,
    m.RicServiceUpdateFailure: m.RicServiceUpdate,
    m.E2NodeConfigurationUpdateAcknowledge: m.E2NodeConfigurationUpdate,
    m.E2NodeConfigurationUpdateFailure: m.E2NodeConfigurationUpdate,
    m.E2ConnectionUpdateAcknowledge: m.E2ConnectionUpdate,
    m.E2ConnectionUpdateFailure: m.E2ConnectionUpdate,
    m.E2RemovalResponse: m.E2RemovalRequest,
    m.E2RemovalFailure: m.E2RemovalRequest,
}
"""Which request each answer belongs to."""


class State(Member):
    IDLE = "idle"
    WAITING = "waiting for the answer"
    HOLDING = "asked by the peer to wait before trying again"


class Input(Member):
    START = "start"
    RESPONSE = "the procedure's acknowledge or response"
    FAILURE = "the procedure's failure"
    HOLD = "the procedure's failure, with a time to wait"
    REPEAT = "timeout, with attempts left"
    EXPIRE = "timeout, after the last attempt"


@dataclass(slots=True)
class Transaction:
    """One procedure under way."""

    request: Request
    attempts: int = 0
    state: State = State.IDLE


class Transactions:
    """All procedures of one association that we began. `done` is told each one that the peer answered."""

    def __init__(
        self, end: Endpoint[Any], timers: SessionTimers, done: Callable[[Request, Response], None] | None = None
    ) -> None:
        self._end, self._timers, self._done = end, timers, done
        self._live: dict[int, Transaction] = {}
        self._last = 0

    def start(self, request: Request) -> int:
        """Begin with a TransactionID of our own choice, which is returned; that of `request` does not count.

        Raises LocalProtocolError where nothing would tell its answer from another's: with all ids in use, and in v1,
        which has none, while one of its kind is under way.
        """
        if self._end.version is V1 and self.under_way(type(request)):
            raise LocalProtocolError(f"E2AP v1 carries one {type(request).__name__} at a time, and one is under way")
        if len(self._live) >= TRANSACTION_IDS:
            raise LocalProtocolError(f"{TRANSACTION_IDS} procedures are under way already, one for each TransactionID")
        number = (self._last + 1) % TRANSACTION_IDS
        while number in self._live:
            number = (number + 1) % TRANSACTION_IDS
        self._step(Transaction(replace(request, transaction_id=number)), Input.START)
        self._last = number
        return number

    def under_way(self, kind: type[Any]) -> bool:
        """True while a request of this kind is unanswered."""
        return any(type(entry.request) is kind for entry in self._live.values())

    def responded(self, message: Response) -> None:
        self._given(message, Input.RESPONSE)

    def failed(self, message: Failure) -> None:
        wait = getattr(message, "time_to_wait_s", None)
        entry = self._asked(message)
        again = wait is not None and entry is not None and entry.attempts < self._timers.attempts
        self._given(message, Input.HOLD if again else Input.FAILURE)

    def error_about(self, error: m.ErrorIndication) -> None:
        entry = None if error.transaction_id is None else self._live.get(error.transaction_id)
        if entry is not None:
            self._step(entry, Input.FAILURE, error)

    def forget(self) -> None:
        for number in self._live:
            self._end.disarm(("transaction", number))
        self._live.clear()

    def release(self) -> None:
        self._done = None

    def _given(self, message: Response | Failure, given: Input) -> None:
        entry = self._asked(message)
        if entry is None or not self._step(entry, given, message):
            name = type(message).__name__
            reason = f"{name} of transaction {message.transaction_id} answers nothing that we asked"
            self._end.error("unexpected", reason, WRONG_STATE)

    def _asked(self, message: Response | Failure) -> Transaction | None:
        """What a message answers."""
        kind = ANSWERS[type(message)]
        for number, entry in self._live.items():
            if type(entry.request) is kind and self._end.same_transaction(message.transaction_id, number):
                return entry
        return None

    def _step(self, entry: Transaction, given: Input, argument: object = None) -> bool:
        number = entry.request.transaction_id
        found = step(TABLE, self, entry, given, argument)
        if entry.state is State.IDLE:
            self._end.disarm(("transaction", number))
            self._live.pop(number, None)
        else:
            self._live[number] = entry
        return found

    def _arm(self, entry: Transaction, after: timedelta) -> None:
        def fire() -> None:
            left = entry.state is State.HOLDING or entry.attempts < self._timers.attempts
            self._step(entry, Input.REPEAT if left else Input.EXPIRE)

        self._end.arm(("transaction", entry.request.transaction_id), after, fire)

    # ------------------------------------------------------------------------------------------------ handlers

    def _send(self, entry: Transaction, _: None) -> None:
        self._end.send(entry.request)
        entry.attempts += 1
        if entry.attempts > 1:
            self._end.counters["requests_repeated"] += 1
        self._arm(entry, self._timers.update)

    def _complete(self, entry: Transaction, message: Response) -> None:
        self._end.tell(TransactionAnswered(entry.request, message))
        if self._done is not None:
            self._done(entry.request, message)

    def _hold(self, entry: Transaction, message: Failure) -> None:
        self._arm(entry, timedelta(seconds=getattr(message, "time_to_wait_s", None) or 0))

    def _fail(self, entry: Transaction, message: Failure | m.ErrorIndication) -> None:
        self._end.tell(TransactionFailed(entry.request, message.cause or UNSPECIFIED))

    def _expire(self, entry: Transaction, _: None) -> None:
        self._end.counters["requests_timed_out"] += 1
        self._end.tell(TransactionFailed(entry.request, NO_ANSWER))


TABLE: Table[State, Input] = {
    (State.IDLE, Input.START): (Transactions._send, State.WAITING),
    (State.WAITING, Input.RESPONSE): (Transactions._complete, State.IDLE),
    (State.WAITING, Input.FAILURE): (Transactions._fail, State.IDLE),
    (State.WAITING, Input.HOLD): (Transactions._hold, State.HOLDING),
    (State.WAITING, Input.REPEAT): (Transactions._send, State.WAITING),
    (State.WAITING, Input.EXPIRE): (Transactions._expire, State.IDLE),
    (State.HOLDING, Input.REPEAT): (Transactions._send, State.WAITING),
    (State.HOLDING, Input.FAILURE): (Transactions._fail, State.IDLE),
}
"""A repeated request keeps its TransactionID, so that an answer to the first attempt ends it as well."""
