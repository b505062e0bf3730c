"""Reset, from either side: both ends forget the same things."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import encode
from ricloop.e2ap.messages import Cause, ResetResponse
from ricloop.session.events import (
    PeerMisbehaved,
    ResetCompleted,
    ResetReceived,
)
from ricloop.testing.pair import KPM
from tests.session.scenes import ACTIONS, CONTROL, ONE, REPORT, active

WHY = Cause("misc", "om-intervention")


def test_a_reset_by_the_ric_clears_both_ends() -> None:
    pair = active()
    pair.ric.control(CONTROL, pair.now)
    pair.ric.reset(WHY, pair.now)
    assert not pair.ric.ready
    pair.exchange()
    assert pair.node_events == [ResetReceived(WHY)]
    assert pair.ric_event(ResetCompleted)
    assert not pair.ric.subscriptions
    assert not pair.node.subscriptions
    assert pair.ric.controls_in_flight == 0
    assert pair.ric.timer_at() is None
    assert pair.ric.ready
    assert not pair.node.acknowledge(CONTROL.request_id, CONTROL.function_id)


def test_a_reset_by_the_node_clears_both_ends() -> None:
    pair = active()
    pair.node.reset(WHY, pair.now)
    pair.exchange()
    assert pair.ric_event(ResetReceived).cause == WHY
    assert pair.node_event(ResetCompleted)
    assert not pair.ric.subscriptions
    assert not pair.node.subscriptions


def test_after_a_reset_the_same_request_id_can_be_subscribed_again() -> None:
    pair = active()
    pair.ric.reset(WHY, pair.now)
    pair.exchange()
    pair.ric.subscribe(ONE, KPM.id, b"trigger", ACTIONS, pair.now)
    pair.exchange()
    pair.node.admit(ONE, (1, 2), (), pair.now)
    pair.exchange()
    assert list(pair.ric.subscriptions) == [ONE]


def test_what_crosses_a_reset_is_only_counted() -> None:
    pair = active()
    pair.node.indicate(REPORT)
    pair.ric.reset(WHY, pair.now)
    pair.exchange()
    assert [type(event) for event in pair.ric_events] == [ResetCompleted]
    assert pair.ric.counters["crossed"] == 1


def test_two_resets_that_cross_are_both_answered() -> None:
    pair = active()
    pair.ric.reset(WHY, pair.now)
    pair.node.reset(WHY, pair.now)
    pair.exchange()
    assert pair.ric_event(ResetReceived)
    assert pair.ric_event(ResetCompleted)
    assert pair.node_event(ResetReceived)
    assert pair.node_event(ResetCompleted)
    assert pair.ric.ready
    assert pair.node.ready


def test_nothing_new_begins_while_a_reset_is_unanswered() -> None:
    pair = active()
    pair.ric.reset(WHY, pair.now)
    with pytest.raises(LocalProtocolError, match="RESETTING"):
        pair.ric.control(CONTROL, pair.now)
    with pytest.raises(LocalProtocolError, match="RESETTING"):
        pair.ric.reset(WHY, pair.now)


def test_a_reset_that_is_never_answered_ends_the_association() -> None:
    pair = active()
    pair.ric.reset(WHY, pair.now)
    pair.ric.data_to_send()
    pair.advance(timedelta(seconds=5))
    assert pair.ric.should_close == "no answer to Reset in 5 s"


def test_an_answer_to_a_reset_that_nobody_sent_is_misbehaviour() -> None:
    pair = active()
    pair.to_ric(encode(ResetResponse(transaction_id=0)))
    assert pair.ric_event(PeerMisbehaved).kind == "unexpected"
