"""RIC Control at the RIC (E2AP 8.2.4): one state per request id in flight.

The answer is awaited where an acknowledgement was asked for (`AckRequest.ACK`). Otherwise what arrives is told and
nothing is missed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap import V1, V2, encode
from ricloop.e2ap.fast import encode_control
from ricloop.e2ap.messages import (
    AckRequest,
    Cause,
    ErrorIndication,
    RequestId,
    RicControlAcknowledge,
    RicControlFailure,
    RicControlRequest,
)
from ricloop.session.endpoint import OVERLOAD, UNKNOWN_REQUEST, WRONG_STATE, Endpoint
from ricloop.session.events import ControlAcknowledged, ControlFailed, ControlTimedOut, RicEvent
from ricloop.session.table import Table, step
from ricloop.session.timers import SessionTimers

MAX_CONTROLS = 4096
"""Controls in flight; one more fails at once with `misc: control-processing-overload`."""
UNSPECIFIED = Cause("ricRequest", "unspecified")


class State(Member):
    ABSENT = "absent"
    AWAITED = "waiting for its acknowledgement"
    UNAWAITED = "sent without asking for an acknowledgement"
    EXPIRED = "timed out"


class Input(Member):
    SEND = "send, acknowledgement asked for"
    SEND_UNAWAITED = "send, acknowledgement not asked for"
    ACKNOWLEDGED = "RICcontrolAcknowledge"
    FAILED = "RICcontrolFailure"
    ERROR = "ErrorIndication about it"
    TIMEOUT = "timeout"


@dataclass(slots=True)
class Control:
    request_id: RequestId
    state: State = State.ABSENT


class RicControls:
    """All controls in flight of one association."""

    def __init__(self, end: Endpoint[RicEvent], timers: SessionTimers) -> None:
        self._end, self._timers = end, timers
        self._live: dict[RequestId, Control] = {}

    @property
    def in_flight(self) -> int:
        return len(self._live)

    def send(self, message: RicControlRequest) -> None:
        request_id = message.request_id
        entry = self._live.get(request_id)
        if entry is None:
            if len(self._live) >= MAX_CONTROLS:
                self._end.counters["controls_refused"] += 1
                self._end.tell(ControlFailed(request_id, OVERLOAD, None))
                return
            entry = Control(request_id)
        given = Input.SEND if message.ack is AckRequest.ACK else Input.SEND_UNAWAITED
        if not self._step(entry, given, message):
            raise LocalProtocolError(f"control {request_id} is {entry.state.value}: give each control its own id")
        self._live[request_id] = entry

    def forget(self) -> None:
        for request_id in self._live:
            self._end.disarm(("control", request_id))
        self._live.clear()

    # ------------------------------------------------------------------------------------------- what arrives

    def acknowledged(self, message: RicControlAcknowledge) -> None:
        self._given(message, Input.ACKNOWLEDGED)

    def failed(self, message: RicControlFailure) -> None:
        self._given(message, Input.FAILED)

    def error_about(self, error: ErrorIndication) -> None:
        entry = self._live.get(error.request_id) if error.request_id is not None else None
        if entry is not None:
            self._step(entry, Input.ERROR, error)

    def _given(self, message: RicControlAcknowledge | RicControlFailure, given: Input) -> None:
        entry = self._live.get(message.request_id)
        if entry is None or not self._step(entry, given, message):
            known = entry is not None
            self._end.error(
                "unexpected" if known else "unknown_request",
                f"{given.value} for control {message.request_id}, which is not in flight",
                WRONG_STATE if known else UNKNOWN_REQUEST,
                request_id=message.request_id,
                function_id=message.function_id,
            )

    # --------------------------------------------------------------------------------------------------- steps

    def _step(self, entry: Control, given: Input, argument: object = None) -> bool:
        found = step(TABLE, self, entry, given, argument)
        if found and entry.state is State.ABSENT:
            self._end.disarm(("control", entry.request_id))
            self._live.pop(entry.request_id, None)
        return found

    def _arm(self, entry: Control) -> None:
        self._end.arm(("control", entry.request_id), self._timers.control, lambda: self._step(entry, Input.TIMEOUT))

    # ------------------------------------------------------------------------------------------------ handlers

    def _send(self, entry: Control, message: RicControlRequest) -> None:
        # The fast encoder writes what v2 and v3 share; v1's RICcontrolAckRequest is longer.
        self._end.send_encoded(encode_control(message) if self._end.version is V2 else encode(message, V1))
        self._end.counters["controls"] += 1
        self._arm(entry)

    def _tell_acknowledged(self, entry: Control, message: RicControlAcknowledge) -> None:
        self._end.tell(ControlAcknowledged(entry.request_id, message.outcome))

    def _tell_failed(self, entry: Control, message: RicControlFailure) -> None:
        self._end.tell(ControlFailed(entry.request_id, message.cause, message.outcome))

    def _tell_error(self, entry: Control, error: ErrorIndication) -> None:
        self._end.tell(ControlFailed(entry.request_id, error.cause or UNSPECIFIED, None))

    def _tell_timed_out(self, entry: Control, _: None) -> None:
        self._end.counters["controls_timed_out"] += 1
        self._end.tell(ControlTimedOut(entry.request_id))
        self._arm(entry)

    def _late(self, _: Control, __: object) -> None:
        self._end.counters["late_answers"] += 1

    def _drop(self, _: Control, __: object) -> None:
        """Nothing came, and nothing had to."""


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.SEND): (RicControls._send, State.AWAITED),
    (State.ABSENT, Input.SEND_UNAWAITED): (RicControls._send, State.UNAWAITED),
    (State.AWAITED, Input.ACKNOWLEDGED): (RicControls._tell_acknowledged, State.ABSENT),
    (State.AWAITED, Input.FAILED): (RicControls._tell_failed, State.ABSENT),
    (State.AWAITED, Input.ERROR): (RicControls._tell_error, State.ABSENT),
    (State.AWAITED, Input.TIMEOUT): (RicControls._tell_timed_out, State.EXPIRED),
    (State.UNAWAITED, Input.ACKNOWLEDGED): (RicControls._tell_acknowledged, State.ABSENT),
    (State.UNAWAITED, Input.FAILED): (RicControls._tell_failed, State.ABSENT),
    (State.UNAWAITED, Input.ERROR): (RicControls._tell_error, State.ABSENT),
    (State.UNAWAITED, Input.TIMEOUT): (RicControls._drop, State.ABSENT),
    (State.EXPIRED, Input.SEND): (RicControls._send, State.AWAITED),
    (State.EXPIRED, Input.SEND_UNAWAITED): (RicControls._send, State.UNAWAITED),
    (State.EXPIRED, Input.ACKNOWLEDGED): (RicControls._late, State.ABSENT),
    (State.EXPIRED, Input.FAILED): (RicControls._late, State.ABSENT),
    (State.EXPIRED, Input.ERROR): (RicControls._late, State.ABSENT),
    (State.EXPIRED, Input.TIMEOUT): (RicControls._drop, State.ABSENT),
}
"""A timed-out control is remembered for one more timer, so that its late answer is not called misbehaviour."""
