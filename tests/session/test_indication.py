"""RIC Indication: delivered where it belongs, told and answered where it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ricloop.core.time import ms
from ricloop.e2ap import encode
from ricloop.e2ap.messages import ActionType, Cause, RequestId, RicIndication
from ricloop.session.endpoint import MAX_EVENTS, MAX_OUTBOX
from ricloop.session.events import ErrorReceived, PeerMisbehaved, SubscriptionDeleted, SubscriptionDeleteRequested
from tests.session.scenes import ONE, REPORT, active, asked

UNKNOWN_REQUEST = Cause("ricRequest", "request-id-unknown")


def test_an_indication_arrives_as_it_was_sent() -> None:
    pair = active()
    assert pair.node.indicate(REPORT)
    pair.exchange()
    assert pair.ric_event(RicIndication) == REPORT


def test_an_insert_arrives_with_its_call_process_id() -> None:
    pair = active()
    pair.node.indicate(replace(REPORT, action_id=2, type=ActionType.INSERT, call_process_id=b"call"))
    pair.exchange()
    told = pair.ric_event(RicIndication)
    assert told.type is ActionType.INSERT
    assert told.call_process_id == b"call"


def test_a_prepared_indication_is_sent_as_it_is() -> None:
    pair = active()
    assert pair.node.indicate_encoded(encode(REPORT))
    pair.exchange()
    assert pair.ric_event(RicIndication).message == b"message"


def test_an_indication_that_nobody_subscribed_to_is_not_sent_but_counted() -> None:
    pair = active()
    assert not pair.node.indicate(replace(REPORT, request_id=RequestId(1, 1)))
    assert not pair.node.indicate(replace(REPORT, action_id=9))
    assert pair.node.data_to_send() == []
    assert pair.node.counters["indications_dropped"] == 2


def test_an_indication_of_an_unknown_subscription_is_told_and_answered() -> None:
    pair = active()
    pair.to_ric(encode(replace(REPORT, request_id=RequestId(5, 5))))
    assert pair.ric_event(PeerMisbehaved).kind == "unknown_request"
    assert pair.node_event(ErrorReceived).error.request_id == RequestId(5, 5)
    assert pair.node_event(ErrorReceived).error.cause == UNKNOWN_REQUEST


def test_a_node_stops_reporting_what_the_ric_does_not_know() -> None:
    pair = active()
    pair.ric.unsubscribe(ONE, pair.now)
    pair.ric.data_to_send()
    pair.clock.advance(ms(5000))
    pair.ric.handle_timer(pair.now)
    pair.node.indicate(REPORT)
    pair.exchange()
    assert pair.node_event(SubscriptionDeleteRequested).request_id == ONE
    assert not pair.node.subscriptions


@pytest.mark.parametrize(
    ("wrong", "kind"), [({"action_id": 3}, "unexpected"), ({"function_id": 3}, "unknown_function")]
)
def test_an_indication_that_does_not_fit_its_subscription_is_told(wrong: dict[str, int], kind: str) -> None:
    pair = active()
    pair.to_ric(encode(replace(REPORT, **wrong)))  # type: ignore[arg-type]
    assert [event.kind for event in pair.ric_events if isinstance(event, PeerMisbehaved)] == [kind]


def test_an_indication_before_the_subscription_was_admitted_is_misbehaviour() -> None:
    pair = asked()
    pair.to_ric(encode(REPORT))
    assert pair.ric_event(PeerMisbehaved).kind == "unexpected"


def test_an_indication_that_crosses_the_deletion_is_only_counted() -> None:
    pair = active()
    pair.node.indicate(REPORT)
    pair.ric.unsubscribe(ONE, pair.now)
    pair.exchange()
    assert [type(event) for event in pair.ric_events] == [SubscriptionDeleted]
    assert pair.ric.counters["crossed"] == 1


def test_indications_that_nobody_reads_are_dropped_and_counted() -> None:
    pair = active()
    data = encode(REPORT)
    for _ in range(MAX_EVENTS + 3):
        pair.ric.receive(data, pair.now)
    assert pair.ric.counters["events_dropped"] == 3
    assert len(pair.ric.events()) == MAX_EVENTS
    assert pair.ric.should_close is None


def test_indications_that_nobody_sends_are_dropped_and_counted() -> None:
    pair = active()
    data = encode(REPORT)
    assert [pair.node.indicate_encoded(data) for _ in range(MAX_OUTBOX + 2)][-3:] == [True, False, False]
    assert pair.node.counters["indications_dropped"] == 2
