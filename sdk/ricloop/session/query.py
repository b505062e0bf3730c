"""RIC Query at the RIC (E2AP v3, 8.2.9): one question of a service model, one answer."""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap.messages import (
    Cause,
    ErrorIndication,
    RequestId,
    RicQueryFailure,
    RicQueryRequest,
    RicQueryResponse,
)
from ricloop.session.endpoint import NO_ANSWER, UNKNOWN_REQUEST, WRONG_STATE, Endpoint
from ricloop.session.events import QueryAnswered, QueryFailed, RicEvent
from ricloop.session.table import Table, step
from ricloop.session.timers import SessionTimers

MAX_QUERIES = 256
"""Queries in flight at once; one more raises."""
UNSPECIFIED = Cause("ricRequest", "unspecified")


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
    request_id: RequestId
    function_id: int
    state: State = State.ABSENT


class RicQueries:
    """All queries of one association."""

    def __init__(self, end: Endpoint[RicEvent], timers: SessionTimers) -> None:
        self._end, self._timers = end, timers
        self._live: dict[RequestId, Query] = {}

    def ask(self, request: RicQueryRequest) -> None:
        entry = self._live.get(request.request_id) or Query(request.request_id, request.function_id)
        if request.request_id not in self._live and len(self._live) >= MAX_QUERIES:
            raise LocalProtocolError(f"{MAX_QUERIES} queries are in flight already")
        if not self._step(entry, Input.ASK, request):
            raise LocalProtocolError(f"query {request.request_id} is {entry.state.value}: give each query its own id")

    def answered(self, message: RicQueryResponse) -> None:
        self._given(message, Input.ANSWERED)

    def failed(self, message: RicQueryFailure) -> None:
        self._given(message, Input.FAILED)

    def error_about(self, error: ErrorIndication) -> None:
        entry = self._live.get(error.request_id) if error.request_id is not None else None
        if entry is not None:
            self._step(entry, Input.ERROR, error)

    def forget(self) -> None:
        for request_id in self._live:
            self._end.disarm(("query", request_id))
        self._live.clear()

    def _given(self, message: RicQueryResponse | RicQueryFailure, given: Input) -> None:
        entry = self._live.get(message.request_id)
        if entry is None or entry.function_id != message.function_id or not self._step(entry, given, message):
            known = entry is not None
            self._end.error(
                "unexpected" if known else "unknown_request",
                f"{given.value} for query {message.request_id} of RAN function {message.function_id}: not in flight",
                WRONG_STATE if known else UNKNOWN_REQUEST,
                request_id=message.request_id,
                function_id=message.function_id,
            )

    def _step(self, entry: Query, given: Input, argument: object = None) -> bool:
        found = step(TABLE, self, entry, given, argument)
        if entry.state is State.ABSENT:
            self._end.disarm(("query", entry.request_id))
            self._live.pop(entry.request_id, None)
        else:
            self._live[entry.request_id] = entry
        return found

    def _arm(self, entry: Query) -> None:
        self._end.arm(("query", entry.request_id), self._timers.query, lambda: self._step(entry, Input.TIMEOUT))

    # ------------------------------------------------------------------------------------------------ handlers

    def _send(self, entry: Query, message: RicQueryRequest) -> None:
        self._end.send(message)
        self._arm(entry)

    def _tell_answered(self, entry: Query, message: RicQueryResponse) -> None:
        self._end.tell(QueryAnswered(entry.request_id, entry.function_id, message.outcome))

    def _tell_failed(self, entry: Query, message: RicQueryFailure | ErrorIndication) -> None:
        self._end.tell(QueryFailed(entry.request_id, entry.function_id, message.cause or UNSPECIFIED))

    def _tell_timed_out(self, entry: Query, _: None) -> None:
        self._end.counters["queries_timed_out"] += 1
        self._end.tell(QueryFailed(entry.request_id, entry.function_id, NO_ANSWER))
        self._arm(entry)

    def _late(self, _: Query, __: object) -> None:
        self._end.counters["late_answers"] += 1

    def _drop(self, _: Query, __: object) -> None:
        """Nothing came: now its id is free again."""


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.ASK): (RicQueries._send, State.ASKED),
    (State.ASKED, Input.ANSWERED): (RicQueries._tell_answered, State.ABSENT),
    (State.ASKED, Input.FAILED): (RicQueries._tell_failed, State.ABSENT),
    (State.ASKED, Input.ERROR): (RicQueries._tell_failed, State.ABSENT),
    (State.ASKED, Input.TIMEOUT): (RicQueries._tell_timed_out, State.EXPIRED),
    (State.EXPIRED, Input.ANSWERED): (RicQueries._late, State.ABSENT),
    (State.EXPIRED, Input.FAILED): (RicQueries._late, State.ABSENT),
    (State.EXPIRED, Input.ERROR): (RicQueries._late, State.ABSENT),
    (State.EXPIRED, Input.TIMEOUT): (RicQueries._drop, State.ABSENT),
}
