"""RIC Query at the RIC (E2AP v3, 8.2.9): one question of a service model, one answer."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap.messages import (
    ErrorIndication,
    RequestId,
    RicQueryFailure,
    RicQueryRequest,
    RicQueryResponse,
)
from ricloop.session.endpoint import NO_ANSWER, UNKNOWN_REQUEST, UNSPECIFIED, WRONG_STATE, Endpoint
from ricloop.session.entries import Entries
from ricloop.session.events import QueryAnswered, QueryFailed, RicEvent
from ricloop.session.table import Table
from ricloop.session.timers import SessionTimers

MAX_QUERIES = 256
"""Queries in flight at once; one more raises."""


class State(Member):
    ABSENT = "absent"
    ASKED = "asked"
    EXPIRED = "given up, and still remembered for a late answer"


class Input(Member):
    ASK = "ask"
    ANSWERED = "RICQueryResponse"
    FAILED = "RICQueryFailure"
    ERROR = "ErrorIndication about it"
    TIMEOUT = "timeout"


@dataclass(slots=True)
class Query:
    key: RequestId
    function_id: int
    state: State = State.ABSENT


class RicQueries:
    """All queries of one association."""

    def __init__(self, end: Endpoint[RicEvent], timers: SessionTimers) -> None:
        self._end = end
        waits = {State.ASKED: timers.query, State.EXPIRED: timers.query}
        self._entries: Entries[Query] = Entries(end, TABLE, State.ABSENT, waits=waits, timeout=Input.TIMEOUT)

    def ask(self, request: RicQueryRequest) -> None:
        entry = self._entries.live.get(request.request_id) or Query(request.request_id, request.function_id)
        if request.request_id not in self._entries.live and len(self._entries.live) >= MAX_QUERIES:
            raise LocalProtocolError(f"{MAX_QUERIES} queries are in flight already")
        if not self._entries.step(entry, Input.ASK, request):
            raise LocalProtocolError(f"query {request.request_id} is {entry.state.value}: give each query its own id")

    def answered(self, message: RicQueryResponse) -> None:
        self._given(message, Input.ANSWERED)

    def failed(self, message: RicQueryFailure) -> None:
        self._given(message, Input.FAILED)

    def error_about(self, error: ErrorIndication) -> None:
        entry = self._entries.live.get(error.request_id)
        if entry is not None:
            self._entries.step(entry, Input.ERROR, error)

    def forget(self) -> None:
        self._entries.forget()

    def _given(self, message: RicQueryResponse | RicQueryFailure, given: Input) -> None:
        entry = self._entries.live.get(message.request_id)
        if entry is None or entry.function_id != message.function_id or not self._entries.step(entry, given, message):
            known = entry is not None
            self._end.error(
                "unexpected" if known else "unknown_request",
                f"{given.value} for query {message.request_id} of RAN function {message.function_id}: not in flight",
                WRONG_STATE if known else UNKNOWN_REQUEST,
                request_id=message.request_id,
                function_id=message.function_id,
            )


def _send(end: Endpoint[RicEvent], entry: Query, message: RicQueryRequest) -> None:
    end.send(message)


def _tell_answered(end: Endpoint[RicEvent], entry: Query, message: RicQueryResponse) -> None:
    end.tell(QueryAnswered(entry.key, entry.function_id, message.outcome))


def _tell_failed(end: Endpoint[RicEvent], entry: Query, message: RicQueryFailure | ErrorIndication) -> None:
    end.tell(QueryFailed(entry.key, entry.function_id, message.cause or UNSPECIFIED))


def _tell_timed_out(end: Endpoint[RicEvent], entry: Query, _: None) -> None:
    end.counters["queries_timed_out"] += 1
    end.tell(QueryFailed(entry.key, entry.function_id, NO_ANSWER))


def _late(end: Endpoint[RicEvent], _: Query, __: object) -> None:
    end.counters["late_answers"] += 1


def _drop(end: Endpoint[RicEvent], _: Query, __: object) -> None:
    """Nothing came: now its id is free again."""


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.ASK): (_send, State.ASKED),
    (State.ASKED, Input.ANSWERED): (_tell_answered, State.ABSENT),
    (State.ASKED, Input.FAILED): (_tell_failed, State.ABSENT),
    (State.ASKED, Input.ERROR): (_tell_failed, State.ABSENT),
    (State.ASKED, Input.TIMEOUT): (_tell_timed_out, State.EXPIRED),
    (State.EXPIRED, Input.ANSWERED): (_late, State.ABSENT),
    (State.EXPIRED, Input.FAILED): (_late, State.ABSENT),
    (State.EXPIRED, Input.ERROR): (_late, State.ABSENT),
    (State.EXPIRED, Input.TIMEOUT): (_drop, State.ABSENT),
}
