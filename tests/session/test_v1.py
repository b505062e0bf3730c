"""A node of E2AP v1.01: recognised by its setup, served in its own version, beside others of v2."""

from __future__ import annotations

import pytest

from ricloop.core.errors import DecodeError, EncodeError, LocalProtocolError
from ricloop.e2ap import V1, V2, decode, encode
from ricloop.e2ap import messages as m
from ricloop.e2ap.messages import RicIndication
from ricloop.session.events import (
    ControlAcknowledged,
    ControlRequested,
    FunctionsChanged,
    NodeConnected,
    NodeRefused,
    PeerMisbehaved,
    ResetReceived,
    SetupAccepted,
    SetupRefused,
    SubscriptionRefused,
    SubscriptionRequested,
    TransactionAnswered,
)
from ricloop.testing.pair import KPM, RC, SessionPair, setup_request
from tests.session.scenes import ACTIONS, CONTROL, ONE, REPORT

COMPONENT = m.ComponentUpdate(type="gNB", parts=(("ngAP", b"n"),))
BUSY = m.Cause("misc", "control-processing-overload")


def v1_setup() -> m.E2SetupRequest:
    request = setup_request()
    return m.E2SetupRequest(transaction_id=0, node=request.node, functions=request.functions, components=(COMPONENT,))


def connected() -> SessionPair:
    pair = SessionPair(v1_setup(), version=V1)
    pair.connect()
    return pair


def test_setup_is_answered_in_v1() -> None:
    pair = connected()
    assert pair.ric.version is V1
    assert pair.ric_event(NodeConnected).setup.components == (COMPONENT,)
    response = pair.node_event(SetupAccepted).response
    assert response.components == (m.ComponentUpdateAck(type="gNB"),)
    assert {function.id for function in response.accepted} == {KPM.id, RC.id}


def test_a_refused_node_of_v1_understands_why() -> None:
    pair = SessionPair(v1_setup(), version=V1, admit=lambda _: BUSY)
    pair.connect()
    assert pair.ric_event(NodeRefused).cause == BUSY
    assert pair.node_event(SetupRefused) == SetupRefused(BUSY, 5)


def test_subscription_indication_and_control_go_on_as_in_v2() -> None:
    pair = connected()
    pair.ric.subscribe(ONE, KPM.id, b"trigger", ACTIONS, pair.now)
    pair.exchange()
    assert pair.node_event(SubscriptionRequested).request.actions == ACTIONS
    pair.node.admit(ONE, (1, 2), (), pair.now)
    pair.node.indicate(REPORT)
    pair.exchange()
    assert pair.ric_event(RicIndication).message == REPORT.message
    pair.ric.control(CONTROL, pair.now)
    pair.exchange()
    assert pair.node_event(ControlRequested).request == CONTROL
    pair.node.acknowledge(CONTROL.request_id, CONTROL.function_id, b"outcome")
    pair.exchange()
    assert pair.ric_event(ControlAcknowledged).outcome == b"outcome"
    assert not [event for event in pair.ric_events + pair.node_events if isinstance(event, PeerMisbehaved)]


def test_a_refused_subscription_keeps_its_cause() -> None:
    pair = connected()
    pair.ric.subscribe(ONE, KPM.id, b"trigger", ACTIONS, pair.now)
    pair.exchange()
    pair.node.refuse(ONE, BUSY)
    pair.exchange()
    assert pair.ric_event(SubscriptionRefused).cause == BUSY


def test_a_service_update_and_a_reset_work_without_transaction_ids() -> None:
    pair = connected()
    pair.node.update_services(pair.now, deleted=(RC.id,))
    with pytest.raises(LocalProtocolError, match="one RicServiceUpdate at a time"):
        pair.node.update_services(pair.now)
    pair.exchange()
    assert pair.ric_event(FunctionsChanged).deleted == (RC.id,)
    assert pair.node_event(TransactionAnswered)
    pair.node.reset(BUSY, pair.now)
    pair.exchange()
    assert pair.ric_event(ResetReceived).cause == BUSY
    assert pair.ric.ready
    assert pair.node.ready


def test_a_request_that_cannot_be_used_is_refused_in_v1() -> None:
    pair = connected()
    data = encode(m.RicControlRequest(request_id=ONE, function_id=3, header=b"h", message=b"m"), V1)
    # The id of the header's IE, which is then unknown, and the header missing.
    pair.node.receive(data.replace(b"\x00\x16\x00", b"\x03\xe7\x00"), pair.now)
    answer = decode(pair.node.data_to_send()[0], V1)
    assert isinstance(answer, m.RicControlFailure)
    assert answer.cause == m.Cause("protocol", "abstract-syntax-error-reject")


def test_what_v1_has_not_cannot_be_asked_of_its_node() -> None:
    pair = connected()
    query = m.RicQueryRequest(request_id=ONE, function_id=RC.id, header=b"", definition=b"")
    with pytest.raises(EncodeError, match="E2AP v1 has no RICQueryRequest"):
        pair.ric.query(query, pair.now)
    pair.node.receive(encode(query), pair.now)
    error = decode(pair.node.data_to_send()[0], V1)
    assert isinstance(error, m.ErrorIndication)
    assert error.diagnostics is not None
    assert error.diagnostics.procedure_code == 16


def test_a_setup_of_v2_is_no_setup_of_v1() -> None:
    with pytest.raises(DecodeError):
        decode(encode(setup_request()), V1)
    pair = SessionPair()
    pair.connect()
    assert pair.ric.version is V2
