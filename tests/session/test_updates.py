"""Service, configuration and connection updates, and E2 Removal: both ends agree afterwards on what there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ricloop.core.errors import LocalProtocolError
from ricloop.e2ap import decode, encode
from ricloop.e2ap import messages as m
from ricloop.session.endpoint import MALFORMED, NO_ANSWER, WRONG_STATE
from ricloop.session.events import (
    ComponentsChanged,
    ConnectionsAsked,
    FunctionsChanged,
    PeerMisbehaved,
    RemovalRequested,
    SubscriptionDeleteRequested,
    SubscriptionEnded,
    TransactionAnswered,
    TransactionFailed,
)
from ricloop.session.node import NodeSession
from ricloop.session.timers import SessionTimers
from ricloop.session.transactions import TRANSACTION_IDS
from ricloop.testing.pair import KPM, RC, SessionPair
from tests.session.scenes import ONE, REPORT, active

CCC = m.RanFunction(id=4, revision=2, oid="1.3.6.1.4.1.53148.1.6.2.4", definition=b"\x03")
TNL = m.TnlUse(m.TnlInformation(bytes((192, 0, 2, 1)), 36422), "ric-service")
USELESS = m.Cause("ricService", "ran-function-not-supported")
TIMERS = SessionTimers()


def sent(node: NodeSession) -> list[m.Message]:
    return [decode(data) for data in node.data_to_send()]


def test_a_service_update_adds_and_removes_functions_while_another_is_subscribed() -> None:
    pair = active()
    pair.node.update_services(pair.now, added=(CCC,), deleted=(RC.id,))
    pair.exchange()
    assert pair.ric_event(FunctionsChanged) == FunctionsChanged((CCC,), (), (RC.id,), ())
    assert set(pair.ric.functions) == {KPM.id, CCC.id}
    assert pair.node_event(TransactionAnswered)
    assert pair.node.indicate(REPORT)
    pair.exchange()
    assert ONE in pair.ric.subscriptions
    pair.ric.subscribe(m.RequestId(10, 2), CCC.id, b"trigger", (m.ActionToBeSetup(id=1),), pair.now)
    with pytest.raises(LocalProtocolError, match="RAN function 3 was not set up"):
        pair.ric.subscribe(m.RequestId(10, 3), RC.id, b"trigger", (m.ActionToBeSetup(id=1),), pair.now)


def test_the_subscriptions_of_a_deleted_function_end_at_both_ends_without_a_deletion() -> None:
    pair = active()
    pair.node.update_services(pair.now, deleted=(KPM.id,))
    pair.exchange()
    assert pair.node_event(SubscriptionDeleteRequested).request_id == ONE
    assert pair.ric_event(SubscriptionEnded).request_id == ONE
    assert not pair.ric.subscriptions
    assert not pair.node.subscriptions
    assert not pair.node.indicate(REPORT)
    assert pair.ric.timer_at() is None


def test_a_modified_function_keeps_its_subscriptions() -> None:
    pair = active()
    newer = replace(KPM, revision=2, definition=b"\x09")
    pair.node.update_services(pair.now, modified=(newer,))
    pair.exchange()
    assert pair.ric.functions[KPM.id] == newer
    assert pair.ric_event(FunctionsChanged).modified == (newer,)
    assert ONE in pair.ric.subscriptions


def test_a_function_that_the_ric_cannot_use_is_rejected_alone() -> None:
    pair = SessionPair(function_known=lambda function: USELESS if function.id == CCC.id else None)
    pair.connect()
    pair.forget_events()
    other = replace(CCC, id=5)
    pair.node.update_services(pair.now, added=(CCC, other))
    pair.exchange()
    answer = pair.node_event(TransactionAnswered).response
    assert isinstance(answer, m.RicServiceUpdateAcknowledge)
    assert answer.rejected == (m.FunctionCause(CCC.id, USELESS),)
    assert answer.accepted == (m.FunctionId(5, 2),)
    assert set(pair.ric.functions) == {KPM.id, RC.id, 5}


def test_a_service_query_brings_both_ends_together() -> None:
    pair = SessionPair.connected()
    pair.ric._setup.functions.pop(RC.id)
    pair.ric._setup.functions[9] = replace(CCC, id=9)
    pair.ric.query_services(pair.now)
    pair.exchange()
    assert set(pair.ric.functions) == {KPM.id, RC.id}
    assert pair.ric_event(FunctionsChanged) == FunctionsChanged((RC,), (), (9,), ())


def test_service_queries_in_a_loop_start_one_update_at_a_time() -> None:
    pair = SessionPair.connected()
    query = encode(m.RicServiceQuery(transaction_id=1))
    for _ in range(2 * TRANSACTION_IDS):
        pair.node.receive(query, pair.now)
    assert len(sent(pair.node)) == 1
    assert pair.node.counters["service_queries_merged"] == 2 * TRANSACTION_IDS - 1


def test_an_unknown_function_cannot_be_deleted() -> None:
    pair = SessionPair.connected()
    with pytest.raises(LocalProtocolError, match=r"\[77\] cannot be deleted: there are \[2, 3\]"):
        pair.node.update_services(pair.now, deleted=(77,))


def test_an_update_whose_components_cannot_be_repeated_is_refused() -> None:
    pair = SessionPair.connected()
    component = m.ComponentConfig(interface="ng", component=("nG", "amf1"))
    pair.node.update_configuration(pair.now, added=(component,))
    (update,) = pair.node.data_to_send()
    pair.to_ric(update.replace(b"amf1", b"amf\xd2"))
    misbehaved = pair.ric_event(PeerMisbehaved)
    assert misbehaved.kind == "undecodable"
    assert "amf-name" in misbehaved.reason
    assert pair.node_event(TransactionFailed).cause == MALFORMED
    assert not any(isinstance(event, ComponentsChanged) for event in pair.ric_events)


def test_an_unanswered_update_is_repeated_with_its_id_and_then_counts_as_failed() -> None:
    pair = SessionPair.connected()
    number = pair.node.update_configuration(pair.now)
    heard = sent(pair.node)
    for _ in range(TIMERS.attempts):
        pair.clock.advance(TIMERS.update)
        pair.node.handle_timer(pair.now)
        heard += sent(pair.node)
    assert heard == [m.E2NodeConfigurationUpdate(transaction_id=number)] * TIMERS.attempts
    pair.exchange()
    assert pair.node_event(TransactionFailed).cause == NO_ANSWER
    assert pair.node.timer_at() is None


def test_a_failure_with_a_time_to_wait_is_tried_again_after_it() -> None:
    pair = SessionPair.connected()
    number = pair.node.update_services(pair.now, added=(CCC,))
    first = sent(pair.node)
    busy = m.Cause("misc", "control-processing-overload")
    pair.node.receive(encode(m.RicServiceUpdateFailure(transaction_id=number, cause=busy, time_to_wait_s=20)), pair.now)
    pair.clock.advance(timedelta(seconds=19))
    pair.node.handle_timer(pair.now)
    assert not sent(pair.node)
    pair.advance(timedelta(seconds=1))
    assert pair.node_event(TransactionAnswered).request == first[0]
    assert CCC.id in pair.ric.functions


def test_a_failure_without_a_time_to_wait_is_final() -> None:
    pair = SessionPair.connected()
    number = pair.node.update_services(pair.now, added=(CCC,))
    sent(pair.node)
    pair.to_node(encode(m.RicServiceUpdateFailure(transaction_id=number, cause=USELESS)))
    assert pair.node_event(TransactionFailed).cause == USELESS
    assert pair.node.timer_at() is None


def test_several_updates_are_under_way_at_once_and_answered_in_any_order() -> None:
    pair = SessionPair.connected()
    numbers = [pair.node.update_configuration(pair.now) for _ in range(3)]
    assert len(set(numbers)) == 3
    sent(pair.node)
    for number in reversed(numbers):
        pair.to_node(encode(m.E2NodeConfigurationUpdateAcknowledge(transaction_id=number)))
    answered = [e.response.transaction_id for e in pair.node_events if isinstance(e, TransactionAnswered)]
    assert answered == numbers[::-1]


def test_the_257th_update_at_once_is_refused_and_the_next_after_an_answer_is_not() -> None:
    pair = SessionPair.connected()
    for _ in range(TRANSACTION_IDS):
        pair.node.update_configuration(pair.now)
    with pytest.raises(LocalProtocolError, match="256 procedures are under way"):
        pair.node.update_configuration(pair.now)
    pair.exchange()
    pair.node.update_configuration(pair.now)


def test_an_answer_of_another_procedure_or_id_is_an_error() -> None:
    pair = SessionPair.connected()
    number = pair.node.update_configuration(pair.now)
    sent(pair.node)
    for stranger in (
        m.RicServiceUpdateAcknowledge(transaction_id=number),
        m.E2NodeConfigurationUpdateAcknowledge(transaction_id=(number + 1) % 256),
    ):
        pair.to_node(encode(stranger))
        assert pair.node_event(PeerMisbehaved).kind == "unexpected"
        pair.node_events.clear()
    pair.to_node(encode(m.ErrorIndication(transaction_id=number, cause=WRONG_STATE)))
    assert pair.node_event(TransactionFailed).cause == WRONG_STATE


def test_a_configuration_update_is_acknowledged_entry_by_entry() -> None:
    pair = SessionPair.connected()
    added = m.ComponentConfig(interface="f1", component=("f1", 7), request=b"r")
    removed = m.ComponentRemoval("ng", ("nG", "amf1"))
    pair.node.update_configuration(pair.now, added=(added,), removed=(removed,))
    pair.exchange()
    answer = pair.node_event(TransactionAnswered).response
    assert isinstance(answer, m.E2NodeConfigurationUpdateAcknowledge)
    assert [ack.component for ack in (*answer.added, *answer.removed)] == [added.component, removed.component]
    assert pair.ric_event(ComponentsChanged).update.added == (added,)


def test_a_node_without_other_addresses_refuses_each_connection() -> None:
    pair = SessionPair.connected()
    pair.ric.update_connections(pair.now, added=(TNL,))
    pair.exchange()
    answer = pair.ric_event(TransactionAnswered).response
    assert isinstance(answer, m.E2ConnectionUpdateAcknowledge)
    assert [failed.tnl for failed in answer.failed] == [TNL.tnl]
    assert pair.node_event(ConnectionsAsked).update.added == (TNL,)


@pytest.mark.parametrize("by_the_node", [True, False])
def test_either_end_removes_e2_and_both_close(by_the_node: bool) -> None:
    pair = active()
    (pair.node if by_the_node else pair.ric).remove(pair.now)
    pair.exchange()
    assert (pair.ric_event if by_the_node else pair.node_event)(RemovalRequested)
    assert pair.ric.should_close
    assert pair.node.should_close


def test_an_update_before_setup_is_refused_with_an_error() -> None:
    pair = SessionPair()
    pair.to_ric(encode(m.RicServiceUpdate(transaction_id=1, added=(CCC,))))
    assert pair.ric_event(PeerMisbehaved).kind == "unexpected"
    assert not pair.ric.functions


def test_a_lost_association_leaves_no_timer() -> None:
    pair = SessionPair.connected()
    pair.node.update_configuration(pair.now)
    pair.node.connection_lost("gone", pair.now)
    assert pair.node.timer_at() is None
