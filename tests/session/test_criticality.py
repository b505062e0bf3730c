"""IEs that are unknown or missing: reject, ignore and notify, in requests, answers and errors (E2AP 10.3)."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop.asn1 import E2AP
from ricloop.e2ap import V2, AbstractSyntaxError, decode, encode
from ricloop.e2ap import messages as m
from ricloop.e2ap.procedures import Row
from ricloop.session.events import ErrorReceived, PeerMisbehaved, SubscriptionAdmitted, SubscriptionRequested
from ricloop.session.rejection import NOTED, REJECTED
from ricloop.testing.pair import SessionPair
from tests.session.scenes import asked
from tests.vectors.messages import MESSAGES

UNKNOWN = 999
REQUESTS = [
    message
    for message in MESSAGES
    if V2.by_class[type(message)].kind == "initiatingMessage"
    and ("unsuccessfulOutcome", V2.by_class[type(message)].code) in V2.by_code
]
"""A message of every procedure that has a failure."""
BY_NODE = (m.E2SetupRequest, m.RicServiceUpdate, m.E2NodeConfigurationUpdate, m.RicSubscriptionModificationRequired)


def rebuilt(message: m.Message, change: Any) -> bytes:
    """The PDU of a message after `change` was applied to the list of its IEs."""
    kind, procedure = E2AP.decode("E2AP-PDU", encode(message))
    ies = E2AP.decode("E2AP-Message", procedure["value"])["protocolIEs"]
    procedure["value"] = E2AP.encode("E2AP-Message", {"protocolIEs": change(ies)})
    return E2AP.encode("E2AP-PDU", (kind, procedure))


def with_unknown(message: m.Message, criticality: str) -> bytes:
    extra = {"id": UNKNOWN, "criticality": criticality, "value": b"\x00"}
    return rebuilt(message, lambda ies: [*ies, extra])


def without(message: m.Message, ie: int) -> bytes:
    return rebuilt(message, lambda ies: [found for found in ies if found["id"] != ie])


def answers(pair: SessionPair, message: m.Message, data: bytes) -> list[m.Message]:
    end = pair.ric if isinstance(message, BY_NODE) else pair.node
    end.receive(data, pair.now)
    return [decode(octets) for octets in end.data_to_send()]


def named(answer: Any) -> list[tuple[str, int, str]]:
    assert answer.cause == REJECTED
    assert answer.diagnostics.triggering_message == "initiating-message"
    return list(answer.diagnostics.ies)


def failure_row(message: m.Message) -> Row:
    return V2.by_code["unsuccessfulOutcome", V2.by_class[type(message)].code]


@pytest.mark.parametrize("message", REQUESTS, ids=lambda message: type(message).__name__)
def test_a_request_with_an_unknown_ie_to_reject_is_answered_by_its_own_failure(message: m.Message) -> None:
    pair = SessionPair.connected()
    [answer] = answers(pair, message, with_unknown(message, "reject"))
    assert type(answer) is failure_row(message).cls
    assert named(answer) == [("reject", UNKNOWN, "not-understood")]
    assert answer.diagnostics.procedure_code == V2.by_class[type(message)].code
    for name in ("transaction_id", "request_id", "function_id"):
        assert getattr(answer, name, None) == getattr(message, name, None)


@pytest.mark.parametrize("message", REQUESTS, ids=lambda message: type(message).__name__)
def test_a_request_that_misses_an_ie_is_answered_by_its_own_failure_where_it_says_to_whom(message: m.Message) -> None:
    for field in V2.by_class[type(message)].fields:
        if not field.mandatory:
            continue
        pair = SessionPair.connected()
        [answer] = answers(pair, message, without(message, field.id))
        told = field.id not in failure_row(message).mandatory
        assert type(answer) is (failure_row(message).cls if told else m.ErrorIndication)
        assert named(answer) == [("reject", field.id, "missing")]


def test_every_fault_of_a_message_is_named_at_once() -> None:
    pair = SessionPair.connected()
    message = next(message for message in REQUESTS if isinstance(message, m.RicControlRequest))
    extra = [{"id": id, "criticality": how, "value": b""} for id, how in ((900, "reject"), (901, "notify"))]
    data = rebuilt(message, lambda ies: [found for found in ies if found["id"] not in (22, 23)] + extra)
    [answer] = answers(pair, message, data)
    assert named(answer) == [
        ("reject", 900, "not-understood"),
        ("notify", 901, "not-understood"),
        ("reject", 22, "missing"),
        ("reject", 23, "missing"),
    ]


def test_a_message_with_an_ie_to_notify_is_used_and_its_sender_told() -> None:
    pair = SessionPair.connected()
    request = m.RicSubscriptionRequest(
        request_id=m.RequestId(10, 1), function_id=2, event_trigger=b"t", actions=(m.ActionToBeSetup(id=1),)
    )
    pair.to_node(with_unknown(request, "notify"))
    assert pair.node_event(SubscriptionRequested).request == request
    error = pair.ric_event(ErrorReceived).error
    assert error.cause == NOTED
    assert error.request_id == request.request_id
    assert error.diagnostics is not None
    assert error.diagnostics.ies == (("notify", UNKNOWN, "not-understood"),)


def test_an_unknown_ie_to_ignore_changes_nothing() -> None:
    pair = asked()
    response = m.RicSubscriptionResponse(request_id=m.RequestId(10, 1), function_id=2, admitted=(1, 2))
    pair.to_ric(with_unknown(response, "ignore"))
    assert pair.ric_event(SubscriptionAdmitted)
    assert not [event for event in pair.ric_events if isinstance(event, PeerMisbehaved)]


def test_an_answer_that_cannot_be_used_is_an_error_about_its_request() -> None:
    pair = asked()
    response = m.RicSubscriptionResponse(request_id=m.RequestId(10, 1), function_id=2, admitted=(1, 2))
    pair.to_ric(with_unknown(response, "reject"))
    error = pair.node_event(ErrorReceived).error
    assert (error.request_id, error.cause) == (m.RequestId(10, 1), REJECTED)
    assert error.diagnostics is not None
    assert error.diagnostics.triggering_message == "successful-outcome"


def test_an_error_that_cannot_be_used_is_never_answered() -> None:
    pair = SessionPair.connected()
    error = m.ErrorIndication(cause=REJECTED)
    for criticality in ("reject", "notify"):
        pair.ric.receive(with_unknown(error, criticality), pair.now)
    assert pair.ric.data_to_send() == []
    assert pair.ric.counters["unusable"] == 1


def test_a_missing_ie_to_ignore_does_not_cost_the_message() -> None:
    failure = m.E2SetupFailure(transaction_id=1, cause=REJECTED)
    assert decode(without(failure, 1)) == m.E2SetupFailure(transaction_id=1, cause=m.Cause("misc", "unspecified"))
    with pytest.raises(AbstractSyntaxError, match="IE 49 is mandatory and missing"):
        decode(without(failure, 49))
