"""RIC Query at the node (E2AP v3, 8.2.9): delivered once, answered once."""

from __future__ import annotations

from collections.abc import Collection

from ricloop.e2ap.messages import Cause, RequestId, RicQueryFailure, RicQueryRequest, RicQueryResponse
from ricloop.session.endpoint import DUPLICATE_REQUEST, OVERLOAD, UNKNOWN_FUNCTION, Endpoint
from ricloop.session.events import NodeEvent, QueryRequested

MAX_QUERIES = 256
"""Queries that wait for the application; one more is answered with `misc: control-processing-overload`."""


class NodeQueries:
    """The queries of one association that were not answered yet. Each is there or not: it needs no table of states."""

    def __init__(self, end: Endpoint[NodeEvent], functions: Collection[int]) -> None:
        self._end, self._functions = end, functions
        self._live: set[tuple[RequestId, int]] = set()

    def requested(self, message: RicQueryRequest) -> None:
        key = (message.request_id, message.function_id)
        if message.function_id not in self._functions:
            reason = f"query of RAN function {message.function_id}, which is not one of {sorted(self._functions)}"
            self._end.misbehaved("unknown_function", reason)
            self._send_failure(*key, UNKNOWN_FUNCTION)
        elif key in self._live:
            self._end.misbehaved("unexpected", f"query {message.request_id} came again before it was answered")
            self._send_failure(*key, DUPLICATE_REQUEST)
        elif len(self._live) >= MAX_QUERIES:
            self._end.counters["queries_refused"] += 1
            self._send_failure(*key, OVERLOAD)
        else:
            self._live.add(key)
            self._end.tell(QueryRequested(message))

    def answer(self, request_id: RequestId, function_id: int, outcome: bytes) -> bool:
        if (request_id, function_id) not in self._live:
            return False
        self._end.send(RicQueryResponse(request_id=request_id, function_id=function_id, outcome=outcome))
        self._live.discard((request_id, function_id))
        return True

    def fail(self, request_id: RequestId, function_id: int, cause: Cause) -> bool:
        if (request_id, function_id) not in self._live:
            return False
        self._send_failure(request_id, function_id, cause)
        self._live.discard((request_id, function_id))
        return True

    def forget(self) -> None:
        self._live.clear()

    def _send_failure(self, request_id: RequestId, function_id: int, cause: Cause) -> None:
        self._end.send(RicQueryFailure(request_id=request_id, function_id=function_id, cause=cause))
