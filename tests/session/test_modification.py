"""Subscription Modification, from either side, required deletion, and RIC Query (E2AP v3)."""

from __future__ import annotations

import pytest

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import decode, encode
from ricloop.e2ap import messages as m
from ricloop.e2ap.messages import RicIndication
from ricloop.session.endpoint import NO_ANSWER, UNKNOWN_FUNCTION, UNKNOWN_REQUEST
from ricloop.session.events import (
    ModificationConfirmed,
    ModificationRefused,
    ModificationRequested,
    PeerMisbehaved,
    QueryAnswered,
    QueryFailed,
    QueryRequested,
    RequiredModificationRefused,
    SubscriptionDeleteRequested,
    SubscriptionEnded,
    SubscriptionModified,
    SubscriptionModifiedByNode,
)
from ricloop.session.timers import SessionTimers
from ricloop.testing.pair import KPM, RC, SessionPair
from tests.session.scenes import ONE, REPORT, active

WHY = m.Cause("ricRequest", "function-resource-limit")
CHANGE = m.RicSubscriptionModificationRequest(
    request_id=ONE,
    function_id=KPM.id,
    remove=(2,),
    modify=(m.ActionToBeModified(id=1, definition=b"c"),),
    add=(m.ActionToBeSetup(id=3, definition=b"d", execution_order=1),),
)
QUERY = m.RicQueryRequest(request_id=m.RequestId(30, 1), function_id=RC.id, header=b"h", definition=b"d")
TIMERS = SessionTimers()


def changing() -> SessionPair:
    """A pair whose node was asked for CHANGE and has not answered."""
    pair = active()
    pair.ric.modify(CHANGE, pair.now)
    pair.exchange()
    return pair


def test_a_subscription_is_modified_and_reports_go_on_meanwhile() -> None:
    pair = changing()
    assert pair.node_event(ModificationRequested).request == CHANGE
    assert pair.node.indicate(REPORT)
    pair.exchange()
    assert pair.ric_event(RicIndication)
    answer = m.RicSubscriptionModificationResponse(
        request_id=ONE, function_id=KPM.id, removed=(2,), modified=(1,), added=(3,)
    )
    assert pair.node.modify(answer)
    pair.exchange()
    assert pair.ric_event(SubscriptionModified).answer == answer
    assert pair.ric.subscriptions[ONE].admitted == pair.node.subscriptions[ONE].admitted == {1, 3}
    assert pair.ric.timer_at() is None


def test_a_refused_modification_leaves_everything_as_it_was() -> None:
    pair = changing()
    assert pair.node.refuse_modification(ONE, WHY)
    pair.exchange()
    assert pair.ric_event(ModificationRefused).cause == WHY
    assert pair.ric.subscriptions[ONE].admitted == {1, 2}


def test_an_unanswered_modification_counts_as_refused() -> None:
    pair = changing()
    pair.advance(TIMERS.modification)
    assert pair.ric_event(ModificationRefused).cause == NO_ANSWER
    assert ONE in pair.ric.subscriptions


def test_one_modification_at_a_time() -> None:
    pair = changing()
    with pytest.raises(LocalProtocolError, match="being modified"):
        pair.ric.modify(CHANGE, pair.now)


def test_a_subscription_is_deleted_while_it_is_modified() -> None:
    pair = changing()
    pair.ric.unsubscribe(ONE, pair.now)
    pair.exchange()
    assert pair.node_event(SubscriptionDeleteRequested)
    assert not pair.node.modify(m.RicSubscriptionModificationResponse(request_id=ONE, function_id=KPM.id))
    assert not pair.ric.subscriptions


@pytest.mark.parametrize(
    ("request_id", "function_id", "cause"), [((9, 9), KPM.id, UNKNOWN_REQUEST), ((10, 1), RC.id, UNKNOWN_FUNCTION)]
)
def test_a_modification_of_nothing_is_answered_by_its_failure(
    request_id: tuple[int, int], function_id: int, cause: m.Cause
) -> None:
    pair = active()
    pair.node.receive(
        encode(m.RicSubscriptionModificationRequest(request_id=m.RequestId(*request_id), function_id=function_id)),
        pair.now,
    )
    answer = decode(pair.node.data_to_send()[0])
    assert isinstance(answer, m.RicSubscriptionModificationFailure)
    assert answer.cause == cause


def test_a_modification_that_the_node_requires_is_confirmed_action_by_action() -> None:
    pair = active()
    required = m.RicSubscriptionModificationRequired(
        request_id=ONE,
        function_id=KPM.id,
        modify=(m.ActionTimeToWait(2, "w50ms"), m.ActionTimeToWait(7, "w1s")),
        remove=(m.ActionNotAdmitted(1, WHY),),
    )
    pair.node.require_modification(required, pair.now)
    pair.exchange()
    confirmed = pair.node_event(ModificationConfirmed).answer
    assert (confirmed.modified, confirmed.removed) == ((2,), (1,))
    assert [refused.id for refused in confirmed.not_modified] == [7]
    told = pair.ric_event(SubscriptionModifiedByNode)
    assert (told.waits, told.removed) == ((m.ActionTimeToWait(2, "w50ms"),), (m.ActionNotAdmitted(1, WHY),))
    assert pair.ric.subscriptions[ONE].admitted == pair.node.subscriptions[ONE].admitted == {2}
    assert not pair.node.indicate(REPORT)


def test_a_required_modification_of_nothing_is_refused() -> None:
    pair = SessionPair.connected()
    required = m.RicSubscriptionModificationRequired(request_id=ONE, function_id=KPM.id)
    pair.ric.receive(encode(required), pair.now)
    answer = decode(pair.ric.data_to_send()[0])
    assert isinstance(answer, m.RicSubscriptionModificationRefuse)
    assert answer.cause == UNKNOWN_REQUEST


def test_a_required_modification_that_nobody_answers_is_over_in_time() -> None:
    pair = active()
    required = m.RicSubscriptionModificationRequired(request_id=ONE, function_id=KPM.id)
    pair.node.require_modification(required, pair.now)
    pair.node.data_to_send()
    with pytest.raises(LocalProtocolError, match="cannot be modified now"):
        pair.node.require_modification(required, pair.now)
    pair.advance(TIMERS.modification)
    assert pair.node_event(RequiredModificationRefused).cause == NO_ANSWER


def test_what_the_node_gives_up_is_told_and_deleted() -> None:
    pair = active()
    unknown = m.SubscriptionCause(m.RequestId(9, 9), KPM.id, WHY)
    pair.node.require_deletion((m.SubscriptionCause(ONE, KPM.id, WHY), unknown), pair.now)
    pair.exchange()
    assert pair.ric_event(SubscriptionEnded) == SubscriptionEnded(ONE, WHY)
    assert pair.node_event(SubscriptionDeleteRequested).request_id == ONE
    assert not pair.ric.subscriptions
    assert pair.ric.counters["unknown_request"] == 1
    assert pair.ric.timer_at() is None


def test_a_query_is_answered() -> None:
    pair = SessionPair.connected()
    pair.ric.query(QUERY, pair.now)
    pair.exchange()
    assert pair.node_event(QueryRequested).request == QUERY
    assert pair.node.answer_query(QUERY.request_id, RC.id, b"outcome")
    assert not pair.node.answer_query(QUERY.request_id, RC.id, b"again")
    pair.exchange()
    assert pair.ric_event(QueryAnswered) == QueryAnswered(QUERY.request_id, RC.id, b"outcome")
    assert pair.ric.timer_at() is None


def test_a_query_is_refused_or_not_answered_in_time() -> None:
    pair = SessionPair.connected()
    pair.ric.query(QUERY, pair.now)
    pair.exchange()
    pair.node.fail_query(QUERY.request_id, RC.id, WHY)
    pair.exchange()
    assert pair.ric_event(QueryFailed).cause == WHY
    pair.forget_events()
    pair.ric.query(QUERY, pair.now)
    pair.exchange()
    pair.advance(TIMERS.query)
    assert pair.ric_event(QueryFailed).cause == NO_ANSWER
    assert pair.node.answer_query(QUERY.request_id, RC.id, b"late")
    pair.exchange()
    assert pair.ric.counters["late_answers"] == 1
    assert not [event for event in pair.ric_events if isinstance(event, PeerMisbehaved)]


def test_a_query_of_an_unknown_function_or_again_is_answered_by_its_failure() -> None:
    pair = SessionPair.connected()
    stranger = encode(m.RicQueryRequest(request_id=QUERY.request_id, function_id=77, header=b"", definition=b""))
    for data, cause in ((stranger, "ran-function-id-invalid"), (encode(QUERY), None), (encode(QUERY), "duplicate")):
        pair.node.receive(data, pair.now)
        answers = [decode(octets) for octets in pair.node.data_to_send()]
        assert [type(answer) for answer in answers] == ([] if cause is None else [m.RicQueryFailure])
        for answer in answers:
            assert isinstance(answer, m.RicQueryFailure)
            assert answer.cause.value.startswith(cause or "")


def test_a_reset_ends_queries_and_modifications() -> None:
    pair = changing()
    pair.ric.query(QUERY, pair.now)
    pair.exchange()
    pair.ric.reset(WHY, pair.now)
    pair.exchange()
    assert pair.ric.timer_at() is None
    assert not pair.node.answer_query(QUERY.request_id, RC.id, b"late")
    assert not pair.node.refuse_modification(ONE, WHY)
