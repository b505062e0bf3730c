"""RIC Control at the node (E2AP 8.2.4): delivered once, answered once where the RIC asked for an answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ricloop.core.member import Member
from ricloop.e2ap import V1
from ricloop.e2ap.fast_control import encode_acknowledge
from ricloop.e2ap.messages import (
    AckRequest,
    Cause,
    RequestId,
    RicControlAcknowledge,
    RicControlFailure,
    RicControlRequest,
)
from ricloop.session.endpoint import DUPLICATE_REQUEST, OVERLOAD, UNKNOWN_FUNCTION, Endpoint
from ricloop.session.entries import Entries
from ricloop.session.events import ControlRequested, NodeEvent
from ricloop.session.table import Table

MAX_CONTROLS = 1024
"""Controls that wait for the application; one more is answered with `misc: control-processing-overload`."""


class State(Member):
    ABSENT = "absent"
    ASKED = "waiting for the node's answer"
    ASKED_QUIETLY = "waiting for the node's answer, of which only a failure is sent"


class Input(Member):
    REQUEST = "RICcontrolRequest"
    REQUEST_UNACKNOWLEDGED = "RICcontrolRequest with noAck"
    ACKNOWLEDGE = "acknowledge"
    FAIL = "fail"


@dataclass(slots=True)
class NodeControl:
    key: tuple[RequestId, int]
    """The request and the RAN function."""
    call_process_id: bytes | None
    state: State = State.ABSENT


class NodeControls:
    """All controls of one association that were not answered yet."""

    def __init__(self, end: Endpoint[NodeEvent], functions: Collection[int]) -> None:
        self._end, self._functions = end, functions
        self._entries: Entries[NodeControl] = Entries(end, TABLE, State.ABSENT)

    def requested(self, message: RicControlRequest) -> None:
        key = (message.request_id, message.function_id)
        entry = self._entries.live.get(key) or NodeControl(key, message.call_process_id)
        if message.function_id not in self._functions:
            reason = f"control of RAN function {message.function_id}, which is not one of {sorted(self._functions)}"
            self._end.misbehaved("unknown_function", reason)
            _fail_at_once(self._end, message, UNKNOWN_FUNCTION)
        elif key not in self._entries.live and len(self._entries.live) >= MAX_CONTROLS:
            self._end.counters["controls_refused"] += 1
            _fail_at_once(self._end, message, OVERLOAD)
        else:
            quiet = message.ack is AckRequest.NO_ACK
            given = Input.REQUEST_UNACKNOWLEDGED if quiet else Input.REQUEST
            if self._entries.step(entry, given, message):
                return
            self._end.misbehaved("unexpected", f"control {message.request_id} came again before it was answered")
            _fail_at_once(self._end, message, DUPLICATE_REQUEST)

    def acknowledge(
        self, request_id: RequestId, function_id: int, outcome: bytes | None, call_process_id: bytes | None
    ) -> bool:
        entry = self._entries.live.get((request_id, function_id))
        return entry is not None and self._entries.step(entry, Input.ACKNOWLEDGE, (outcome, call_process_id))

    def fail(
        self,
        request_id: RequestId,
        function_id: int,
        cause: Cause,
        outcome: bytes | None,
        call_process_id: bytes | None,
    ) -> bool:
        entry = self._entries.live.get((request_id, function_id))
        return entry is not None and self._entries.step(entry, Input.FAIL, (cause, outcome, call_process_id))

    def forget(self) -> None:
        self._entries.forget()


def _ask(end: Endpoint[NodeEvent], _: NodeControl, message: RicControlRequest) -> None:
    end.counters["controls"] += 1
    end.tell(ControlRequested(message))


def _acknowledge(end: Endpoint[NodeEvent], entry: NodeControl, given: tuple[bytes | None, bytes | None]) -> None:
    request_id, function_id = entry.key
    outcome, call_process_id = given
    message = RicControlAcknowledge(
        request_id=request_id,
        function_id=function_id,
        call_process_id=call_process_id if call_process_id is not None else entry.call_process_id,
        outcome=outcome,
    )
    if end.version is V1:
        end.send(message)
    else:
        end.send_encoded(encode_acknowledge(message))


def _fail(end: Endpoint[NodeEvent], entry: NodeControl, given: tuple[Cause, bytes | None, bytes | None]) -> None:
    request_id, function_id = entry.key
    cause, outcome, call_process_id = given
    end.send(
        RicControlFailure(
            request_id=request_id,
            function_id=function_id,
            call_process_id=call_process_id if call_process_id is not None else entry.call_process_id,
            cause=cause,
            outcome=outcome,
        )
    )


def _keep_quiet(end: Endpoint[NodeEvent], _: NodeControl, __: object) -> None:
    """No acknowledgement was asked for."""


def _fail_at_once(end: Endpoint[NodeEvent], message: RicControlRequest, cause: Cause) -> None:
    entry = NodeControl((message.request_id, message.function_id), message.call_process_id)
    _fail(end, entry, (cause, None, None))


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.REQUEST): (_ask, State.ASKED),
    (State.ABSENT, Input.REQUEST_UNACKNOWLEDGED): (_ask, State.ASKED_QUIETLY),
    (State.ASKED, Input.ACKNOWLEDGE): (_acknowledge, State.ABSENT),
    (State.ASKED, Input.FAIL): (_fail, State.ABSENT),
    (State.ASKED_QUIETLY, Input.ACKNOWLEDGE): (_keep_quiet, State.ABSENT),
    (State.ASKED_QUIETLY, Input.FAIL): (_fail, State.ABSENT),
}
