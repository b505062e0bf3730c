"""RIC Subscription and Delete, from both ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import encode
from ricloop.e2ap.messages import (
    ActionNotAdmitted,
    ActionToBeSetup,
    Cause,
    ErrorIndication,
    RicSubscriptionDeleteRequest,
    RicSubscriptionFailure,
    RicSubscriptionRequest,
    RicSubscriptionResponse,
)
from ricloop.session.endpoint import NO_ANSWER
from ricloop.session.events import (
    PeerMisbehaved,
    SubscriptionAdmitted,
    SubscriptionDeleted,
    SubscriptionDeleteRequested,
    SubscriptionRefused,
    SubscriptionRequested,
)
from ricloop.testing.pair import KPM, SessionPair
from tests.session.scenes import ACTIONS, ONE, active, asked

NOT_SUPPORTED = Cause("ricRequest", "action-not-supported")
UNKNOWN_FUNCTION = Cause("ricRequest", "ran-function-id-invalid")


def test_a_subscription_is_asked_for_and_admitted() -> None:
    pair = asked()
    assert pair.node_event(SubscriptionRequested).request.actions == ACTIONS
    assert pair.node.admit(ONE, (1, 2), (), pair.now)
    pair.exchange()
    assert pair.ric_event(SubscriptionAdmitted) == SubscriptionAdmitted(ONE, (1, 2), ())
    assert list(pair.ric.subscriptions) == list(pair.node.subscriptions) == [ONE]
    assert pair.ric.timer_at() is None


def test_a_subscription_can_be_admitted_in_part() -> None:
    pair = asked()
    pair.node.admit(ONE, (2,), (ActionNotAdmitted(1, NOT_SUPPORTED),), pair.now)
    pair.exchange()
    told = pair.ric_event(SubscriptionAdmitted)
    assert told.admitted == (2,)
    assert told.not_admitted == (ActionNotAdmitted(1, NOT_SUPPORTED),)


def test_a_subscription_of_which_nothing_is_admitted_is_refused() -> None:
    pair = asked()
    pair.node.admit(ONE, (), (ActionNotAdmitted(1, NOT_SUPPORTED), ActionNotAdmitted(2, NOT_SUPPORTED)), pair.now)
    pair.exchange()
    assert pair.ric_event(SubscriptionRefused) == SubscriptionRefused(ONE, NOT_SUPPORTED)
    assert not pair.ric.subscriptions
    assert not pair.node.subscriptions


def test_a_refused_subscription_is_a_value_and_its_id_is_free_again() -> None:
    pair = asked()
    pair.node.refuse(ONE, NOT_SUPPORTED)
    pair.exchange()
    assert pair.ric_event(SubscriptionRefused).cause == NOT_SUPPORTED
    pair.ric.subscribe(ONE, KPM.id, b"trigger", ACTIONS, pair.now)


def test_an_unanswered_subscription_is_refused_after_ten_seconds_and_deleted_to_be_sure() -> None:
    pair = asked()
    pair.advance(timedelta(seconds=10))
    assert pair.ric_event(SubscriptionRefused) == SubscriptionRefused(ONE, NO_ANSWER)
    pair.node.admit(ONE, (1, 2), (), pair.now)
    pair.exchange()
    assert pair.node_event(SubscriptionDeleteRequested).request_id == ONE
    assert not pair.node.subscriptions
    assert not pair.ric.subscriptions
    assert [type(event) for event in pair.ric_events] == [SubscriptionRefused]
    assert pair.ric.timer_at() is None


def test_a_duplicate_request_id_is_our_own_mistake() -> None:
    pair = active()
    with pytest.raises(LocalProtocolError, match="subscription 10/1 is active: no subscribe now"):
        pair.ric.subscribe(ONE, KPM.id, b"trigger", ACTIONS, pair.now)


def test_a_node_refuses_a_duplicate_request_id_and_keeps_the_first() -> None:
    pair = active()
    again = RicSubscriptionRequest(request_id=ONE, function_id=KPM.id, event_trigger=b"", actions=ACTIONS)
    pair.node.receive(encode(again), pair.now)
    pair.node_events += pair.node.events()
    assert pair.node_event(PeerMisbehaved).reason == "subscription 10/1: it is active already"
    pair.exchange()
    assert list(pair.node.subscriptions) == [ONE]
    # Our own RIC never asks twice: to it the refusal answers nothing.
    assert list(pair.ric.subscriptions) == [ONE]
    assert pair.ric_event(PeerMisbehaved).kind == "unexpected"


def test_a_node_refuses_a_function_that_it_does_not_have() -> None:
    pair = SessionPair.connected()
    pair.to_node(encode(RicSubscriptionRequest(request_id=ONE, function_id=9, event_trigger=b"", actions=ACTIONS)))
    assert pair.node_event(PeerMisbehaved) == PeerMisbehaved(
        "unknown_function", "subscription 10/1: RAN function 9 is not one of [2, 3]"
    )


def test_a_node_refuses_an_action_id_that_comes_twice() -> None:
    pair = SessionPair.connected()
    twice = (ActionToBeSetup(id=1), ActionToBeSetup(id=1))
    pair.to_node(encode(RicSubscriptionRequest(request_id=ONE, function_id=2, event_trigger=b"", actions=twice)))
    assert pair.node_event(PeerMisbehaved).reason == "subscription 10/1: an action id is there twice"


@pytest.mark.parametrize("count", [0, 17])
def test_a_subscription_has_one_to_sixteen_actions(count: int) -> None:
    pair = SessionPair.connected()
    with pytest.raises(LocalProtocolError, match="1 to 16"):
        pair.ric.subscribe(ONE, KPM.id, b"", [ActionToBeSetup(id=i) for i in range(count)], pair.now)


def test_a_subscription_is_deleted() -> None:
    pair = active()
    pair.ric.unsubscribe(ONE, pair.now)
    pair.exchange()
    assert pair.node_event(SubscriptionDeleteRequested).request_id == ONE
    assert pair.ric_event(SubscriptionDeleted).request_id == ONE
    assert not pair.ric.subscriptions
    assert not pair.node.subscriptions


def test_a_deletion_that_is_never_answered_ends_after_five_seconds() -> None:
    pair = active()
    pair.ric.unsubscribe(ONE, pair.now)
    pair.ric.data_to_send()
    pair.advance(timedelta(seconds=5))
    assert pair.ric_event(SubscriptionDeleted).request_id == ONE
    assert pair.ric.counters["deletes_timed_out"] == 1


def test_a_subscription_can_be_deleted_before_it_was_answered() -> None:
    pair = asked()
    pair.ric.unsubscribe(ONE, pair.now)
    pair.exchange()
    pair.node.refuse(ONE, NOT_SUPPORTED)
    pair.exchange()
    assert [type(event) for event in pair.ric_events] == [SubscriptionDeleted]


def test_what_does_not_exist_cannot_be_deleted() -> None:
    pair = SessionPair.connected()
    with pytest.raises(LocalProtocolError, match="subscription 10/1 is absent"):
        pair.ric.unsubscribe(ONE, pair.now)
    pair.to_node(encode(RicSubscriptionDeleteRequest(request_id=ONE, function_id=KPM.id)))
    assert pair.node_event(PeerMisbehaved).kind == "unknown_request"


def test_answers_to_unknown_requests_are_told_and_answered() -> None:
    pair = SessionPair.connected()
    pair.to_ric(encode(RicSubscriptionResponse(request_id=ONE, function_id=KPM.id, admitted=(1,))))
    assert pair.ric_event(PeerMisbehaved).kind == "unknown_request"


def test_an_answer_that_names_another_function_is_told_and_answered() -> None:
    pair = asked()
    pair.to_ric(encode(RicSubscriptionFailure(request_id=ONE, function_id=3, cause=UNKNOWN_FUNCTION)))
    assert pair.ric_event(PeerMisbehaved).kind == "unknown_function"


def test_a_node_that_answers_with_an_error_indication_has_refused() -> None:
    pair = asked()
    pair.to_ric(encode(ErrorIndication(request_id=ONE, function_id=KPM.id, cause=NOT_SUPPORTED)))
    assert pair.ric_event(SubscriptionRefused).cause == NOT_SUPPORTED


def test_a_node_answers_each_subscription_once_and_only_with_its_own_actions() -> None:
    pair = asked()
    with pytest.raises(LocalProtocolError, match=r"has the actions \[1, 2\], not \[3\]"):
        pair.node.admit(ONE, (3,), (), pair.now)
    pair.node.admit(ONE, (1,), (), pair.now)
    with pytest.raises(LocalProtocolError, match="answer it once"):
        pair.node.refuse(ONE, NOT_SUPPORTED)


def test_the_answer_to_a_subscription_that_is_gone_goes_nowhere() -> None:
    pair = SessionPair.connected()
    assert not pair.node.admit(ONE, (1,), (), pair.now)
    assert not pair.node.refuse(ONE, NOT_SUPPORTED)
    assert pair.node.data_to_send() == []
