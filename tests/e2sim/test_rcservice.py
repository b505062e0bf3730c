"""The simulated nodes' RC function, asked as a foreign RIC would ask it."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop.core.dialect import FLEXRIC, STANDARD, Dialect
from ricloop.e2ap.messages import (
    AckRequest,
    ActionToBeModified,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicControlRequest,
    RicIndication,
    RicQueryRequest,
    RicSubscriptionModificationRequest,
    SubsequentAction,
)
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.mobility import cell_octets
from ricloop.session.events import (
    ControlAcknowledged,
    ControlFailed,
    ModificationRefused,
    QueryAnswered,
    QueryFailed,
    RicEvent,
    SubscriptionAdmitted,
    SubscriptionModified,
    SubscriptionRefused,
)
from ricloop.session.ric import RicSession
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.function import CELL, FORMER_STATE, NR_CGI, RC_ID, STATE, TARGET
from ricloop_e2sim.e2node.rc.service import RcService
from ricloop_e2sim.e2node.service import Scope
from ricloop_e2sim.energy.cellstate import Depth
from tests.e2sim.network import Network, indications

REQUEST = RequestId(1, 1)
BREAKPOINT = rc.OnCallProcess(3, 1)
MOVED = rc.OnUeChange((rc.UeChange(7, rc.UeContext((rc.ParameterTest(CELL, rc.Compare("value-change")),))),))
STATES = rc.OnUeChange((rc.UeChange(8, rc.RrcState((("any", None),))),))
BAD_TRIGGER = Cause("ricRequest", "eventTriggerNotSupported")
NOT_SUPPORTED = Cause("ricRequest", "action-not-supported")


@pytest.fixture
def network() -> Network:
    network = Network.of("three-sites")
    network.tick(3)
    return network


def the_cu(network: Network) -> SimNode:
    return next(node for node in network.simulation.nodes if node.role.cp)


def ask(
    network: Network,
    trigger: Any,
    action: Any,
    kind: ActionType = ActionType.REPORT,
    wait: SubsequentAction | None = None,
    request: RequestId = REQUEST,
) -> RicEvent:
    node = the_cu(network)
    definition = action if isinstance(action, bytes) else rc.encode_action_definition(action)
    asked = ActionToBeSetup(id=1, type=kind, definition=definition, subsequent=wait)
    network.rics[node.name].subscribe(request, RC_ID, rc.encode_event_trigger(trigger), [asked], 0)
    (answer,) = network.exchange()[node.name]
    return answer


def send_away(network: Network) -> tuple[int, int, int]:
    w = the_cu(network).world
    for user in range(w.layout.user_count):
        source = int(w.serving[user])
        for target in range(w.layout.cell_count):
            if source >= 0 and target != source and w.hand_over(user, target) == "":
                return user, source, target
    raise AssertionError("nobody can be moved")


def policy(*rules: rc.PolicyRule, style: int = 3) -> rc.PolicyAction:
    return rc.PolicyAction(style, rules)


def about(cell: int, accept: bool) -> rc.PolicyRule:
    return rc.PolicyRule(1, {}, (rc.ParameterTest(NR_CGI, rc.Compare("equal", cell_octets(cell))),), accept)


def test_a_move_is_reported_with_its_condition_and_what_was_asked_for(network: Network) -> None:
    asked = rc.ReportAction(4, rc.asked(FORMER_STATE, CELL))
    assert ask(network, MOVED, asked) == SubscriptionAdmitted(REQUEST, (1,), ())
    user, _, target = send_away(network)
    node = the_cu(network)
    (said,) = indications(network.tick(3)[node.name])
    assert rc.decode_indication_header(said.header) == rc.ReportHeader(7)
    message = rc.decode_indication_message(said.message)
    assert isinstance(message, rc.UeMessage)
    ((ue, parameters),) = message.ues
    assert ue == node.names.of(user)
    here = cell_octets(int(node.world.layout.cells[target]))
    assert parameters == {FORMER_STATE: rc.Element(0), CELL: rc.Element(here)}


def test_a_ue_that_loses_its_cell_is_idle_and_connected_again_later(network: Network) -> None:
    assert isinstance(ask(network, STATES, rc.ReportAction(4, rc.asked(STATE, CELL))), SubscriptionAdmitted)
    node = the_cu(network)
    w = node.world
    cell = int(w.serving[w.serving >= 0][0])
    w.cells.sleep(cell, Depth.DEEP)
    seen: list[int] = []
    for said in indications(network.tick(60)[node.name]):
        message = rc.decode_indication_message(said.message)
        assert isinstance(message, rc.UeMessage)
        for _, parameters in message.ues:
            state = parameters[STATE]
            assert isinstance(state, rc.Element)
            assert (CELL in parameters) is (state.value == 0)
            seen.append(state.value)
    assert {0, 2} <= set(seen)


@pytest.mark.parametrize(
    ("trigger", "action", "kind", "cause"),
    [
        (rc.OnCallProcess(3, 2), rc.InsertAction(3, 1, rc.asked(TARGET)), ActionType.INSERT, BAD_TRIGGER),
        (rc.OnNodeChange((rc.NodeChange(1, 1),)), rc.ReportAction(4, rc.asked(STATE)), ActionType.REPORT, BAD_TRIGGER),
        (
            rc.OnUeChange((rc.UeChange(1, rc.UeIdChange(1)),)),
            rc.ReportAction(4, rc.asked(STATE)),
            ActionType.REPORT,
            BAD_TRIGGER,
        ),
        (
            rc.OnUeChange((rc.UeChange(1, rc.UeContext((rc.ParameterTest(3, rc.Compare("present")),))),)),
            rc.ReportAction(4, rc.asked(STATE)),
            ActionType.REPORT,
            BAD_TRIGGER,
        ),
        (BREAKPOINT, rc.ReportAction(4, rc.asked(STATE)), ActionType.REPORT, BAD_TRIGGER),
        (STATES, rc.InsertAction(3, 1, rc.asked(TARGET)), ActionType.INSERT, BAD_TRIGGER),
        (
            STATES,
            rc.ReportAction(4, rc.asked(99)),
            ActionType.REPORT,
            Cause("ricRequest", "requested-information-unavailable"),
        ),
        (BREAKPOINT, rc.InsertAction(3, 9, rc.asked(TARGET)), ActionType.INSERT, NOT_SUPPORTED),
        (
            BREAKPOINT,
            rc.InsertAction(3, 1, rc.asked(9)),
            ActionType.INSERT,
            Cause("ricRequest", "requested-information-unavailable"),
        ),
        (BREAKPOINT, policy(rc.PolicyRule(1, {1: rc.Element(5)}, (), True)), ActionType.POLICY, NOT_SUPPORTED),
        (BREAKPOINT, policy(rc.PolicyRule(1, {})), ActionType.POLICY, NOT_SUPPORTED),
        (BREAKPOINT, policy(rc.PolicyRule(1, {}, (), True), style=2), ActionType.POLICY, NOT_SUPPORTED),
        (
            BREAKPOINT,
            policy(rc.PolicyRule(1, {}, (rc.ParameterTest(4, rc.Compare("equal", b"x")),), True)),
            ActionType.POLICY,
            NOT_SUPPORTED,
        ),
        (BREAKPOINT, rc.InsertAction(3, 1, rc.asked(TARGET)), ActionType.POLICY, NOT_SUPPORTED),
        (BREAKPOINT, b"\xff", ActionType.POLICY, Cause("protocol", "transfer-syntax-error")),
    ],
)
def test_what_it_does_not_serve_is_refused_with_its_cause(
    network: Network, trigger: Any, action: Any, kind: ActionType, cause: Cause
) -> None:
    assert ask(network, trigger, action, kind) == SubscriptionRefused(REQUEST, cause)


@pytest.mark.parametrize(("then", "home"), [("continue", True), ("wait", False)])
def test_a_node_that_hears_nothing_does_what_it_was_told_to(network: Network, then: str, home: bool) -> None:
    asked = rc.InsertAction(3, 1, rc.asked(TARGET))
    wait = SubsequentAction(type=then, time_to_wait="w200ms")
    assert isinstance(ask(network, BREAKPOINT, asked, ActionType.INSERT, wait), SubscriptionAdmitted)
    user, source, target = send_away(network)
    node = the_cu(network)
    said = indications(network.tick(30)[node.name])
    assert said
    assert all(one.type is ActionType.INSERT and one.call_process_id is not None for one in said)
    assert rc.decode_indication_header(said[0].header) == rc.InsertHeader(node.names.of(user), 3, 1)
    assert int(node.world.serving[user]) == (source if home else target)
    assert node.world.returns.counts.unanswered >= 1


def answer(network: Network, said: RicIndication, *, accept: bool, process: bytes | None) -> RicEvent:
    node = the_cu(network)
    header = rc.decode_indication_header(said.header)
    assert isinstance(header, rc.InsertHeader)
    ric: RicSession = network.rics[node.name]
    ric.control(
        RicControlRequest(
            request_id=RequestId(9, 77),
            function_id=RC_ID,
            call_process_id=process,
            header=rc.encode_control_header(rc.ControlHeader(header.ue, 3, 1, accept)),
            message=rc.encode_control_message(rc.ControlMessage()),
            ack=AckRequest.ACK,
        ),
        0,
    )
    (event,) = network.exchange()[node.name]
    return event


def test_an_answer_must_name_a_process_that_waits(network: Network) -> None:
    ask(network, BREAKPOINT, rc.InsertAction(3, 1, rc.asked(TARGET)), ActionType.INSERT)
    send_away(network)
    node = the_cu(network)
    said: list[RicIndication] = []
    while not said:
        said = indications(network.tick()[node.name])
    wrong = Cause("ricRequest", "ric-call-process-id-invalid")
    for process, cause in (
        (None, Cause("protocol", "transfer-syntax-error")),
        (rc.encode_call_process_id(999), wrong),
    ):
        event = answer(network, said[0], accept=True, process=process)
        assert isinstance(event, ControlFailed)
        assert event.cause == cause
    process = said[0].call_process_id
    assert isinstance(answer(network, said[0], accept=True, process=process), ControlAcknowledged)
    again = answer(network, said[0], accept=False, process=process)
    assert isinstance(again, ControlFailed)
    assert again.cause == wrong


def test_a_policy_is_modified_and_what_it_cannot_become_is_refused(network: Network) -> None:
    node = the_cu(network)
    cell = int(node.world.layout.cells[0])
    ask(network, BREAKPOINT, policy(about(cell, False)), ActionType.POLICY)
    assert node.world.returns.policies[REQUEST](0) is False

    def modify(**what: Any) -> RicEvent:
        request = RicSubscriptionModificationRequest(request_id=REQUEST, function_id=RC_ID, **what)
        network.rics[node.name].modify(request, 0)
        (event,) = network.exchange()[node.name]
        return event

    new = rc.encode_action_definition(policy(about(cell, True)))
    event = modify(modify=(ActionToBeModified(id=1, definition=new),))
    assert isinstance(event, SubscriptionModified)
    assert event.answer.modified == (1,)
    assert node.world.returns.policies[REQUEST](0) is True
    odd = rc.encode_action_definition(policy(rc.PolicyRule(5, {}, (), True)))
    event = modify(modify=(ActionToBeModified(id=1, definition=odd),))
    assert isinstance(event, SubscriptionModified)
    assert [one.cause for one in event.answer.not_modified] == [NOT_SUPPORTED]
    assert node.world.returns.policies[REQUEST](0) is True
    assert isinstance(modify(event_trigger=b"x"), ModificationRefused)


def test_a_query_is_answered_for_those_who_were_asked_for(network: Network) -> None:
    node = the_cu(network)
    ric = network.rics[node.name]

    def query(header: rc.QueryHeader, *parameters: int, instance: int) -> RicEvent:
        definition = rc.encode_query_definition(rc.asked(*parameters))
        request = RicQueryRequest(
            request_id=RequestId(4, instance),
            function_id=RC_ID,
            header=rc.encode_query_header(header),
            definition=definition,
        )
        ric.query(request, 0)
        (event,) = network.exchange()[node.name]
        return event

    connected = [int(user) for user in (node.world.serving >= 0).nonzero()[0]]
    event = query(rc.QueryHeader(4), STATE, CELL, instance=1)
    assert isinstance(event, QueryAnswered)
    outcome = rc.decode_query_outcome(event.outcome)
    assert isinstance(outcome, rc.UeAnswers)
    assert [one.ue for one in outcome.ues] == [node.names.of(user) for user in connected]
    one = node.names.of(connected[0])
    event = query(rc.QueryHeader(4, ues=(rc.UeSelection(5, one),)), STATE, instance=2)
    assert isinstance(event, QueryAnswered)
    expected = rc.UeAnswers((rc.UeAnswer(one, {STATE: rc.Element(0)}, 5),))
    assert rc.decode_query_outcome(event.outcome) == expected
    for header, parameter in ((rc.QueryHeader(9), STATE), (rc.QueryHeader(4), 99)):
        event = query(header, parameter, instance=3)
        assert isinstance(event, QueryFailed)
        assert event.cause == Cause("ricRequest", "invalid-information-request")


@pytest.mark.parametrize("dialect", [STANDARD, FLEXRIC])
def test_it_speaks_the_dialect_that_it_is_given(dialect: Dialect, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network.of("three-sites")
    node = the_cu(network)
    scope = Scope(node.world, node.role, node.names, dialect)
    monkeypatch.setitem(node.services, RC_ID, RcService(scope))
    asked = rc.encode_action_definition(rc.ReportAction(4, rc.asked(STATE, CELL)), dialect)
    assert isinstance(ask(network, MOVED, asked), SubscriptionAdmitted)
    network.tick(3)
    send_away(network)
    (said,) = indications(network.tick(3)[node.name])
    assert said.header[:1] == (b"\x08" if dialect is STANDARD else b"\x04")
    assert rc.decode_indication_header(said.header, dialect) == rc.ReportHeader(7)
