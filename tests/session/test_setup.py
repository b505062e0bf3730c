"""E2 Setup: first, once, and refused in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ricloop.core.errors import LocalProtocolError
from ricloop.core.time import ms
from ricloop.e2ap import encode
from ricloop.e2ap.messages import (
    Cause,
    ComponentConfigAck,
    E2SetupRequest,
    E2SetupResponse,
    GlobalRicId,
    RanFunction,
    RequestId,
    RicIndication,
    RicSubscriptionDeleteRequest,
)
from ricloop.session.events import (
    AssociationLost,
    ErrorReceived,
    NodeConnected,
    NodeRefused,
    PeerMisbehaved,
    SetupAccepted,
    SetupRefused,
)
from ricloop.session.timers import SessionTimers
from ricloop.testing.pair import KPM, PLMN, RC, SessionPair, setup_request

WRONG_STATE = Cause("protocol", "message-not-compatible-with-receiver-state")
TAKEN = Cause("misc", "om-intervention")


def test_a_node_introduces_itself_and_is_let_in() -> None:
    pair = SessionPair()
    pair.connect()
    assert pair.ric_event(NodeConnected).setup == setup_request()
    response = pair.node_event(SetupAccepted).response
    assert [f.id for f in response.accepted] == [KPM.id, RC.id]
    assert [c.component for c in response.components] == [c.component for c in setup_request().components]
    assert pair.ric.ready
    assert pair.node.ready
    assert pair.ric.setup == setup_request()
    assert pair.ric.timer_at() is None
    assert pair.node.timer_at() is None


def test_a_ran_function_that_nobody_knows_is_rejected_by_name_and_cannot_be_used() -> None:
    def only_kpm(function: RanFunction) -> Cause | None:
        return None if function.id == KPM.id else Cause("ricService", "ran-function-not-supported")

    pair = SessionPair(function_known=only_kpm)
    pair.connect()
    assert [f.id for f in pair.node_event(SetupAccepted).response.rejected] == [RC.id]
    assert list(pair.ric.functions) == [KPM.id]
    with pytest.raises(LocalProtocolError, match="RAN function 3 was not set up with this node; it has 2"):
        pair.ric.subscribe(RequestId(1, 1), RC.id, b"", (), pair.now)


def test_a_node_that_may_not_come_in_is_told_why_and_for_how_long_to_stay_away() -> None:
    pair = SessionPair(admit=lambda _: TAKEN, timers=SessionTimers(time_to_wait_s=20))
    pair.connect()
    assert pair.ric_event(NodeRefused).cause == TAKEN
    assert pair.node_event(SetupRefused) == SetupRefused(TAKEN, 20)
    assert pair.node.should_close == "the RIC refused E2 Setup: misc: om-intervention"
    assert not pair.ric.ready


def test_a_duplicate_node_id_is_refused_while_the_first_one_stays() -> None:
    connected: set[object] = set()

    def once(request: E2SetupRequest) -> Cause | None:
        if request.node in connected:
            return TAKEN
        connected.add(request.node)
        return None

    first, second = SessionPair(admit=once), SessionPair(admit=once)
    first.connect()
    second.connect()
    assert first.ric.ready
    assert second.node_event(SetupRefused).cause == TAKEN


def test_a_setup_that_lists_a_function_id_twice_is_refused() -> None:
    pair = SessionPair(setup_request(functions=(KPM, replace(RC, id=KPM.id))))
    pair.connect()
    assert pair.node_event(SetupRefused).cause == Cause("protocol", "semantic-error")


def test_a_setup_whose_components_cannot_be_repeated_is_refused() -> None:
    pair = SessionPair()
    pair.node.connect(pair.now)
    (request,) = pair.node.data_to_send()
    pair.to_ric(request.replace(b"amf1", b"amf\xd2"))
    assert not pair.ric.ready
    assert not pair.node.ready


def test_anything_before_the_setup_is_answered_with_an_error_indication() -> None:
    pair = SessionPair()
    early = RicIndication(request_id=RequestId(1, 1), function_id=2, action_id=1, header=b"", message=b"")
    pair.to_ric(encode(early))
    assert pair.ric_event(PeerMisbehaved).kind == "unexpected"
    assert pair.node_event(ErrorReceived).error.cause == WRONG_STATE


def test_a_second_setup_on_one_association_is_an_error_and_changes_nothing() -> None:
    pair = SessionPair.connected()
    pair.to_ric(encode(setup_request(2)))
    assert pair.node_event(ErrorReceived).error.cause == WRONG_STATE
    assert pair.ric.setup == setup_request(1)
    assert pair.ric.ready


def test_a_refused_node_may_try_again_on_the_same_association() -> None:
    answers = [TAKEN, None]
    pair = SessionPair(admit=lambda _: answers.pop(0))
    pair.connect()
    pair.to_ric(encode(setup_request()))
    assert pair.ric.ready


def test_a_ric_that_never_answers_makes_the_node_give_up() -> None:
    pair = SessionPair()
    pair.node.connect(pair.now)
    pair.node.data_to_send()
    pair.advance(timedelta(seconds=5) - ms(1))
    assert pair.node.should_close is None
    pair.advance(ms(1))
    assert pair.node.should_close == "no answer to E2 Setup in 5 s"


def test_a_peer_that_connects_and_says_nothing_is_hung_up_on() -> None:
    pair = SessionPair()
    pair.advance(timedelta(seconds=5))
    assert pair.ric.should_close == "the peer connected and sent no E2 Setup Request in time"


def test_an_answer_to_another_transaction_is_not_ours() -> None:
    pair = SessionPair()
    pair.node.connect(pair.now)
    ack = ComponentConfigAck(interface="ng", component=("nG", "amf1"))
    stray = E2SetupResponse(transaction_id=77, ric=GlobalRicId(PLMN, 1), components=(ack,))
    pair.to_node(encode(stray))
    assert pair.node_events[0] == PeerMisbehaved(
        "unexpected", "E2SetupResponse of transaction 77 while waiting for E2 Setup"
    )


def test_a_message_of_the_other_role_is_an_error() -> None:
    pair = SessionPair.connected()
    pair.to_ric(encode(RicSubscriptionDeleteRequest(request_id=RequestId(1, 1), function_id=2)))
    assert pair.ric_event(PeerMisbehaved).reason == "RicSubscriptionDeleteRequest while ready"


def test_nothing_can_be_asked_before_the_setup_or_after_the_end() -> None:
    pair = SessionPair()
    with pytest.raises(LocalProtocolError, match="SETTING_UP"):
        pair.ric.subscribe(RequestId(1, 1), 2, b"", (), pair.now)
    pair.connect()
    pair.ric.connection_lost("cable cut", pair.now)
    pair.ric.connection_lost("again", pair.now)
    assert pair.ric.events() == [AssociationLost("cable cut")]
    with pytest.raises(LocalProtocolError, match="CLOSED"):
        pair.ric.subscribe(RequestId(1, 1), 2, b"", (), pair.now)


def test_a_session_serves_one_association_only() -> None:
    pair = SessionPair.connected()
    with pytest.raises(LocalProtocolError, match="begun already"):
        pair.node.connect(pair.now)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [({"control": timedelta(0)}, "session timer control"), ({"time_to_wait_s": 3}, "1, 2, 5, 10, 20 and 60")],
)
def test_timers_that_cannot_be_are_refused(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        SessionTimers(**values)  # type: ignore[arg-type]
