"""RIC Control, from both ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import encode
from ricloop.e2ap.messages import (
    AckRequest,
    Cause,
    ErrorIndication,
    RequestId,
    RicControlAcknowledge,
    RicControlRequest,
)
from ricloop.session.control import MAX_CONTROLS
from ricloop.session.events import (
    ControlAcknowledged,
    ControlFailed,
    ControlRequested,
    ControlTimedOut,
    ErrorReceived,
    PeerMisbehaved,
)
from ricloop.testing.pair import RC, SessionPair
from tests.session.scenes import CONTROL

ONE = CONTROL.request_id
FAILED = Cause("ricRequest", "control-failed-to-execute")
UNKNOWN_FUNCTION = Cause("ricRequest", "ran-function-id-invalid")


def asked(control: RicControlRequest = CONTROL) -> SessionPair:
    pair = SessionPair.connected()
    pair.ric.control(control, pair.now)
    pair.exchange()
    return pair


def test_a_control_is_delivered_and_acknowledged_with_its_outcome() -> None:
    pair = asked(replace(CONTROL, call_process_id=b"call"))
    assert pair.node_event(ControlRequested).request == replace(CONTROL, call_process_id=b"call")
    assert pair.node.acknowledge(ONE, RC.id, b"outcome", b"call")
    pair.exchange()
    assert pair.ric_event(ControlAcknowledged) == ControlAcknowledged(ONE, b"outcome")
    assert pair.ric.controls_in_flight == 0
    assert pair.ric.timer_at() is None


def test_a_control_that_fails_says_why() -> None:
    pair = asked()
    assert pair.node.fail(ONE, RC.id, FAILED, b"why", None)
    pair.exchange()
    assert pair.ric_event(ControlFailed) == ControlFailed(ONE, FAILED, b"why")


def test_a_control_without_an_answer_times_out_and_its_late_answer_is_only_counted() -> None:
    pair = asked()
    pair.advance(timedelta(seconds=5))
    assert pair.ric_event(ControlTimedOut).request_id == ONE
    pair.node.acknowledge(ONE, RC.id)
    pair.exchange()
    assert pair.ric.counters["late_answers"] == 1
    assert [type(event) for event in pair.ric_events] == [ControlTimedOut]
    assert pair.ric.controls_in_flight == 0


def test_a_timed_out_control_is_forgotten_in_the_end() -> None:
    pair = asked()
    pair.advance(timedelta(seconds=5))
    pair.advance(timedelta(seconds=5))
    assert pair.ric.controls_in_flight == 0
    assert pair.ric.timer_at() is None


@pytest.mark.parametrize("ack", [AckRequest.NO_ACK, None])
def test_a_control_that_asks_for_no_acknowledgement_never_times_out(ack: AckRequest | None) -> None:
    pair = asked(replace(CONTROL, ack=ack))
    pair.advance(timedelta(seconds=5))
    assert pair.ric_events == []
    assert pair.ric.controls_in_flight == 0


def test_a_node_keeps_quiet_where_no_acknowledgement_was_asked_for_but_not_about_a_failure() -> None:
    pair = asked(replace(CONTROL, ack=AckRequest.NO_ACK))
    assert pair.node.acknowledge(ONE, RC.id)
    assert pair.node.data_to_send() == []
    pair = asked(replace(CONTROL, ack=AckRequest.NO_ACK))
    assert pair.node.fail(ONE, RC.id, FAILED)
    pair.exchange()
    assert pair.ric_event(ControlFailed).cause == FAILED


def test_an_answer_to_an_unknown_control_is_told_and_answered() -> None:
    pair = SessionPair.connected()
    pair.to_ric(encode(RicControlAcknowledge(request_id=ONE, function_id=RC.id)))
    assert pair.ric_event(PeerMisbehaved).kind == "unknown_request"
    assert pair.node_event(ErrorReceived).error.cause == Cause("ricRequest", "request-id-unknown")


def test_a_control_is_answered_once() -> None:
    pair = asked()
    assert pair.node.acknowledge(ONE, RC.id)
    assert not pair.node.acknowledge(ONE, RC.id)
    assert not pair.node.fail(ONE, RC.id, FAILED)
    assert len(pair.node.data_to_send()) == 1


def test_a_control_of_a_function_that_the_node_does_not_have_fails() -> None:
    pair = SessionPair.connected()
    pair.to_node(encode(replace(CONTROL, function_id=9)))
    assert pair.node_event(PeerMisbehaved).kind == "unknown_function"
    assert ControlRequested not in [type(event) for event in pair.node_events]


def test_a_control_that_comes_twice_fails_the_second_time() -> None:
    pair = asked()
    pair.to_node(encode(CONTROL))
    assert pair.node_event(PeerMisbehaved).reason == "control 20/1 came again before it was answered"
    assert pair.node_event(ControlRequested).request == CONTROL


def test_a_control_id_in_flight_is_our_own_mistake() -> None:
    pair = asked()
    with pytest.raises(LocalProtocolError, match="give each control its own id"):
        pair.ric.control(CONTROL, pair.now)


def test_an_error_indication_about_a_control_fails_it() -> None:
    pair = asked()
    pair.to_ric(encode(ErrorIndication(request_id=ONE, function_id=RC.id, cause=FAILED)))
    assert pair.ric_event(ControlFailed).cause == FAILED


def test_one_control_too_many_fails_at_once() -> None:
    pair = SessionPair.connected()
    for number in range(MAX_CONTROLS + 1):
        pair.ric.control(replace(CONTROL, request_id=RequestId(number // 65536, number)), pair.now)
    assert [type(event) for event in pair.ric.events()] == [ControlFailed]
    assert pair.ric.counters["controls_refused"] == 1
    assert len(pair.ric.data_to_send()) == MAX_CONTROLS
