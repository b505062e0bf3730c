"""RIC Control at the node (E2AP 8.2.4): delivered once, answered once where the RIC asked for an answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ricloop.core.member import Member
from ricloop.e2ap import V1
from ricloop.e2ap.fast import encode_acknowledge
from ricloop.e2ap.messages import (
    AckRequest,
    Cause,
    RequestId,
    RicControlAcknowledge,
    RicControlFailure,
    RicControlRequest,
)
from ricloop.session.endpoint import DUPLICATE_REQUEST, OVERLOAD, UNKNOWN_FUNCTION, Endpoint
from ricloop.session.events import ControlRequested, NodeEvent
from ricloop.session.table import Table, step

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
    request_id: RequestId
    function_id: int
    call_process_id: bytes | None
    state: State = State.ABSENT


class NodeControls:
    """All controls of one association that were not answered yet."""

    def __init__(self, end: Endpoint[NodeEvent], functions: Collection[int]) -> None:
        self._end, self._functions = end, functions
        self._live: dict[tuple[RequestId, int], NodeControl] = {}

    def requested(self, message: RicControlRequest) -> None:
        key = (message.request_id, message.function_id)
        entry = self._live.get(key) or NodeControl(*key, message.call_process_id)
        if message.function_id not in self._functions:
            reason = f"control of RAN function {message.function_id}, which is not one of {sorted(self._functions)}"
            self._end.misbehaved("unknown_function", reason)
            self._fail_at_once(message, UNKNOWN_FUNCTION)
        elif key not in self._live and len(self._live) >= MAX_CONTROLS:
            self._end.counters["controls_refused"] += 1
            self._fail_at_once(message, OVERLOAD)
        else:
            quiet = message.ack is AckRequest.NO_ACK
            given = Input.REQUEST_UNACKNOWLEDGED if quiet else Input.REQUEST
            if self._step(entry, given, message):
                return
            self._end.misbehaved("unexpected", f"control {message.request_id} came again before it was answered")
            self._fail_at_once(message, DUPLICATE_REQUEST)

    def acknowledge(
        self, request_id: RequestId, function_id: int, outcome: bytes | None, call_process_id: bytes | None
    ) -> bool:
        entry = self._live.get((request_id, function_id))
        return entry is not None and self._step(entry, Input.ACKNOWLEDGE, (outcome, call_process_id))

    def fail(
        self,
        request_id: RequestId,
        function_id: int,
        cause: Cause,
        outcome: bytes | None,
        call_process_id: bytes | None,
    ) -> bool:
        entry = self._live.get((request_id, function_id))
        return entry is not None and self._step(entry, Input.FAIL, (cause, outcome, call_process_id))

    def forget(self) -> None:
        self._live.clear()

    def _step(self, entry: NodeControl, given: Input, argument: object) -> bool:
        found = step(TABLE, self, entry, given, argument)
        if entry.state is State.ABSENT:
            self._live.pop((entry.request_id, entry.function_id), None)
        else:
            self._live[entry.request_id, entry.function_id] = entry
        return found

    # ------------------------------------------------------------------------------------------------ handlers

    def _ask(self, _: NodeControl, message: RicControlRequest) -> None:
        self._end.counters["controls"] += 1
        self._end.tell(ControlRequested(message))

    def _acknowledge(self, entry: NodeControl, given: tuple[bytes | None, bytes | None]) -> None:
        outcome, call_process_id = given
        message = RicControlAcknowledge(
            request_id=entry.request_id,
            function_id=entry.function_id,
            call_process_id=call_process_id if call_process_id is not None else entry.call_process_id,
            outcome=outcome,
        )
        if self._end.version is V1:
            self._end.send(message)
        else:
            self._end.send_encoded(encode_acknowledge(message))

    def _fail(self, entry: NodeControl, given: tuple[Cause, bytes | None, bytes | None]) -> None:
        cause, outcome, call_process_id = given
        self._end.send(
            RicControlFailure(
                request_id=entry.request_id,
                function_id=entry.function_id,
                call_process_id=call_process_id if call_process_id is not None else entry.call_process_id,
                cause=cause,
                outcome=outcome,
            )
        )

    def _keep_quiet(self, _: NodeControl, __: object) -> None:
        """No acknowledgement was asked for."""

    def _fail_at_once(self, message: RicControlRequest, cause: Cause) -> None:
        entry = NodeControl(message.request_id, message.function_id, message.call_process_id)
        self._fail(entry, (cause, None, None))


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.REQUEST): (NodeControls._ask, State.ASKED),
    (State.ABSENT, Input.REQUEST_UNACKNOWLEDGED): (NodeControls._ask, State.ASKED_QUIETLY),
    (State.ASKED, Input.ACKNOWLEDGE): (NodeControls._acknowledge, State.ABSENT),
    (State.ASKED, Input.FAIL): (NodeControls._fail, State.ABSENT),
    (State.ASKED_QUIETLY, Input.ACKNOWLEDGE): (NodeControls._keep_quiet, State.ABSENT),
    (State.ASKED_QUIETLY, Input.FAIL): (NodeControls._fail, State.ABSENT),
}
