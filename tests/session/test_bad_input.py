"""Bytes that are no message, procedures that nobody knows, and errors about errors."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ricloop.e2ap import encode
from ricloop.e2ap.messages import (
    Cause,
    ErrorIndication,
    RequestId,
    ResetRequest,
    ResetResponse,
    RicControlAcknowledge,
    RicControlFailure,
    RicIndication,
    RicSubscriptionDeleteFailure,
    RicSubscriptionDeleteRequest,
    RicSubscriptionDeleteResponse,
    RicSubscriptionFailure,
    RicSubscriptionRequest,
    RicSubscriptionResponse,
)
from ricloop.session.endpoint import ERRORS_PER_SECOND
from ricloop.session.events import AssociationLost, ErrorReceived, PeerMisbehaved
from ricloop.session.faults import MAX_UNDECODABLE
from ricloop.testing.pair import SessionPair, setup_request
from tests.session.scenes import ACTIONS, CONTROL, ONE, REPORT, active

GARBAGE = bytes.fromhex("0001000fffffff")
SYNTAX = Cause("protocol", "transfer-syntax-error")
CAUSE = Cause("misc", "unspecified")
VALID = [
    encode(message)
    for message in (
        setup_request(),
        ErrorIndication(cause=CAUSE, request_id=ONE),
        ErrorIndication(cause=Cause("ricRequest", "request-id-unknown"), request_id=ONE),
        ResetRequest(transaction_id=1, cause=CAUSE),
        ResetResponse(transaction_id=1),
        RicSubscriptionRequest(request_id=ONE, function_id=2, event_trigger=b"t", actions=ACTIONS),
        RicSubscriptionResponse(request_id=ONE, function_id=2, admitted=(1,)),
        RicSubscriptionFailure(request_id=ONE, function_id=2, cause=CAUSE),
        RicSubscriptionDeleteRequest(request_id=ONE, function_id=2),
        RicSubscriptionDeleteResponse(request_id=ONE, function_id=2),
        RicSubscriptionDeleteFailure(request_id=ONE, function_id=2, cause=CAUSE),
        REPORT,
        CONTROL,
        RicControlAcknowledge(request_id=CONTROL.request_id, function_id=3, outcome=b"o"),
        RicControlFailure(request_id=CONTROL.request_id, function_id=3, cause=CAUSE),
    )
]


def unknown_procedure(criticality: int) -> bytes:
    """An initiating message of procedure code 200 with nothing in it."""
    return bytes((0x00, 200, criticality, 3, 0, 0, 0))


def test_undecodable_bytes_are_answered_and_the_association_survives() -> None:
    pair = active()
    pair.to_ric(GARBAGE)
    assert pair.ric_event(PeerMisbehaved).kind == "undecodable"
    assert pair.node_event(ErrorReceived).error.cause == SYNTAX
    pair.node.indicate(REPORT)
    pair.exchange()
    assert pair.ric_event(RicIndication)


def test_too_many_undecodable_messages_in_a_row_end_the_association() -> None:
    pair = active()
    for _ in range(MAX_UNDECODABLE - 1):
        pair.to_ric(GARBAGE)
    pair.to_ric(encode(REPORT))
    for _ in range(MAX_UNDECODABLE - 1):
        pair.to_ric(GARBAGE)
    assert pair.ric.should_close is None
    pair.to_ric(GARBAGE)
    assert pair.ric.should_close is not None
    assert pair.ric.should_close.startswith("16 undecodable messages in a row")


def test_an_unknown_procedure_with_criticality_reject_is_answered() -> None:
    pair = active()
    pair.to_node(unknown_procedure(0x00))
    assert pair.node_event(PeerMisbehaved).kind == "unexpected"
    error = pair.ric_event(ErrorReceived).error
    assert error.cause == Cause("protocol", "abstract-syntax-error-reject")
    assert error.diagnostics is not None
    assert error.diagnostics.procedure_code == 200
    assert error.diagnostics.procedure_criticality == "reject"


def test_an_unknown_procedure_with_criticality_ignore_is_dropped_and_counted() -> None:
    pair = active()
    pair.to_node(unknown_procedure(0x40))
    assert pair.node_events == []
    assert pair.ric_events == []
    assert pair.node.counters["ignored"] == 1


def test_an_unknown_procedure_with_criticality_notify_is_dropped_and_answered() -> None:
    pair = active()
    pair.to_node(unknown_procedure(0x80))
    assert pair.node.counters["ignored"] == 1
    cause = Cause("protocol", "abstract-syntax-error-ignore-and-notify")
    assert pair.ric_event(ErrorReceived).error.cause == cause


def test_unknown_procedures_are_not_garbage_and_never_end_the_association() -> None:
    pair = active()
    for _ in range(3 * MAX_UNDECODABLE):
        pair.to_node(unknown_procedure(0x00))
    assert pair.node.should_close is None


def test_an_error_is_never_answered_with_an_error() -> None:
    pair = active()
    stray = encode(ErrorIndication(cause=CAUSE, request_id=RequestId(9, 9), function_id=99))
    pair.ric.receive(stray, pair.now)
    pair.ric.receive(bytes((0x00, 2)) + b"\xff\xff\xff", pair.now)
    assert pair.ric.data_to_send() == []
    assert pair.ric.counters["undecodable"] == 1


def test_a_broken_peer_is_told_a_few_times_a_second_and_not_flooded() -> None:
    pair = active()
    stray = encode(REPORT).replace(b"header", b"HEADER")
    pair.ric.reset(CAUSE, pair.now)
    pair.exchange()
    pair.forget_events()
    for _ in range(100):
        pair.ric.receive(stray, pair.now)
    assert len(pair.ric.data_to_send()) == ERRORS_PER_SECOND
    assert pair.ric.counters["errors_suppressed"] == 100 - ERRORS_PER_SECOND
    pair.clock.advance(timedelta(seconds=1))
    pair.ric.receive(stray, pair.now)
    assert len(pair.ric.data_to_send()) == 1


def test_what_arrives_after_the_end_is_dropped() -> None:
    pair = active()
    pair.ric.connection_lost("cut", pair.now)
    for data in (*VALID, GARBAGE):
        pair.ric.receive(data, pair.now)
    assert pair.ric.events() == [AssociationLost("cut")]
    assert pair.ric.data_to_send() == []
    assert pair.ric.timer_at() is None


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A valid message, perhaps with octets changed, or cut short."""
    data = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(0, 3))):
        data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


INPUT = st.one_of(st.binary(max_size=60), st.sampled_from(VALID), mutated())
PAIRS = {"new": SessionPair, "set up": SessionPair.connected, "subscribed": active}


@pytest.mark.parametrize("state", PAIRS)
@settings(max_examples=60, deadline=None)
@given(inputs=st.lists(st.tuples(st.booleans(), INPUT), max_size=20))
def test_no_bytes_raise_out_of_a_session_and_the_two_ends_always_fall_quiet(
    state: str, inputs: list[tuple[bool, bytes]]
) -> None:
    pair = PAIRS[state]()
    for to_ric, data in inputs:
        if to_ric:
            pair.to_ric(data)
        else:
            pair.to_node(data)
        pair.advance(timedelta(milliseconds=700))
    for end in (pair.ric, pair.node):
        assert end.data_to_send() == []
        assert all(count >= 0 for count in end.counters.values())
