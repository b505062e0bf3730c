"""RIC Control at the RIC (E2AP 8.2.4): one state per request id in flight.

The answer is awaited where an acknowledgement was asked for (`AckRequest.ACK`). Otherwise what arrives is told and
nothing is missed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ricloop.core.errors import LocalProtocolError
from ricloop.core.member import Member
from ricloop.e2ap import V1, V2, encode
from ricloop.e2ap.fast_control import encode_control
from ricloop.e2ap.messages import (
    AckRequest,
    ErrorIndication,
    RequestId,
    RicControlAcknowledge,
    RicControlFailure,
    RicControlRequest,
)
from ricloop.session.endpoint import OVERLOAD, UNKNOWN_REQUEST, UNSPECIFIED, WRONG_STATE, Endpoint
from ricloop.session.entries import Entries
from ricloop.session.events import ControlAcknowledged, ControlFailed, ControlTimedOut, RicEvent
from ricloop.session.table import Table
from ricloop.session.timers import SessionTimers

MAX_CONTROLS = 4096
"""Controls in flight; one more fails at once with `misc: control-processing-overload`."""


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
    key: RequestId
    state: State = State.ABSENT


class RicControls:
    """All controls in flight of one association."""

    def __init__(self, end: Endpoint[RicEvent], timers: SessionTimers) -> None:
        self._end = end
        waits = dict.fromkeys((State.AWAITED, State.UNAWAITED, State.EXPIRED), timers.control)
        self._entries: Entries[Control] = Entries(end, TABLE, State.ABSENT, waits=waits, timeout=Input.TIMEOUT)

    @property
    def in_flight(self) -> int:
        return len(self._entries.live)

    def send(self, message: RicControlRequest) -> None:
        request_id = message.request_id
        entry = self._entries.live.get(request_id)
        if entry is None:
            if len(self._entries.live) >= MAX_CONTROLS:
                self._end.counters["controls_refused"] += 1
                self._end.tell(ControlFailed(request_id, OVERLOAD, None))
                return
            entry = Control(request_id)
        given = Input.SEND if message.ack is AckRequest.ACK else Input.SEND_UNAWAITED
        if not self._entries.step(entry, given, message):
            raise LocalProtocolError(f"control {request_id} is {entry.state.value}: give each control its own id")

    def forget(self) -> None:
        self._entries.forget()

    # ------------------------------------------------------------------------------------------- what arrives

    def acknowledged(self, message: RicControlAcknowledge) -> None:
        self._given(message, Input.ACKNOWLEDGED)

    def failed(self, message: RicControlFailure) -> None:
        self._given(message, Input.FAILED)

    def error_about(self, error: ErrorIndication) -> None:
        entry = self._entries.live.get(error.request_id)
        if entry is not None:
            self._entries.step(entry, Input.ERROR, error)

    def _given(self, message: RicControlAcknowledge | RicControlFailure, given: Input) -> None:
        entry = self._entries.live.get(message.request_id)
        if entry is None or not self._entries.step(entry, given, message):
            known = entry is not None
            self._end.error(
                "unexpected" if known else "unknown_request",
                f"{given.value} for control {message.request_id}, which is not in flight",
                WRONG_STATE if known else UNKNOWN_REQUEST,
                request_id=message.request_id,
                function_id=message.function_id,
            )


def _send(end: Endpoint[RicEvent], entry: Control, message: RicControlRequest) -> None:
    # The fast encoder writes what v2 and v3 share; v1's RICcontrolAckRequest is longer.
    end.send_encoded(encode_control(message) if end.version is V2 else encode(message, V1))
    end.counters["controls"] += 1


def _tell_acknowledged(end: Endpoint[RicEvent], entry: Control, message: RicControlAcknowledge) -> None:
    end.tell(ControlAcknowledged(entry.key, message.outcome))


def _tell_failed(end: Endpoint[RicEvent], entry: Control, message: RicControlFailure) -> None:
    end.tell(ControlFailed(entry.key, message.cause, message.outcome))


def _tell_error(end: Endpoint[RicEvent], entry: Control, error: ErrorIndication) -> None:
    end.tell(ControlFailed(entry.key, error.cause or UNSPECIFIED, None))


def _tell_timed_out(end: Endpoint[RicEvent], entry: Control, _: None) -> None:
    end.counters["controls_timed_out"] += 1
    end.tell(ControlTimedOut(entry.key))


def _late(end: Endpoint[RicEvent], _: Control, __: object) -> None:
    end.counters["late_answers"] += 1


def _drop(end: Endpoint[RicEvent], _: Control, __: object) -> None:
    """Nothing came, and nothing had to."""


TABLE: Table[State, Input] = {
    (State.ABSENT, Input.SEND): (_send, State.AWAITED),
    (State.ABSENT, Input.SEND_UNAWAITED): (_send, State.UNAWAITED),
    (State.AWAITED, Input.ACKNOWLEDGED): (_tell_acknowledged, State.ABSENT),
    (State.AWAITED, Input.FAILED): (_tell_failed, State.ABSENT),
    (State.AWAITED, Input.ERROR): (_tell_error, State.ABSENT),
    (State.AWAITED, Input.TIMEOUT): (_tell_timed_out, State.EXPIRED),
    (State.UNAWAITED, Input.ACKNOWLEDGED): (_tell_acknowledged, State.ABSENT),
    (State.UNAWAITED, Input.FAILED): (_tell_failed, State.ABSENT),
    (State.UNAWAITED, Input.ERROR): (_tell_error, State.ABSENT),
    (State.UNAWAITED, Input.TIMEOUT): (_drop, State.ABSENT),
    (State.EXPIRED, Input.SEND): (_send, State.AWAITED),
    (State.EXPIRED, Input.SEND_UNAWAITED): (_send, State.UNAWAITED),
    (State.EXPIRED, Input.ACKNOWLEDGED): (_late, State.ABSENT),
    (State.EXPIRED, Input.FAILED): (_late, State.ABSENT),
    (State.EXPIRED, Input.ERROR): (_late, State.ABSENT),
    (State.EXPIRED, Input.TIMEOUT): (_drop, State.ABSENT),
}
"""A timed-out control is remembered for one more timer, so that its late answer is not called misbehaviour."""
