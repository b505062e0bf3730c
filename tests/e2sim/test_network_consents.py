"""Policies and inserts in the handovers that a network's measurements ask for (E2SM-RC style 3), over the codec."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ricloop.core.ids import UeId
from ricloop.e2ap.messages import (
    AckRequest,
    ActionToBeSetup,
    ActionType,
    Cause,
    RequestId,
    RicControlRequest,
    RicIndication,
    SubsequentAction,
)
from ricloop.e2sm.rc import codec as rc
from ricloop.e2sm.rc.mobility import cell_octets, target_in
from ricloop.session.events import ControlAcknowledged, ControlFailed, RicEvent, SubscriptionAdmitted
from ricloop_e2sim.e2node import returns
from ricloop_e2sim.e2node.rc.function import NR_CGI, RC_ID, TARGET
from ricloop_e2sim.e2node.returns import Insert, Returns
from ricloop_e2sim.network.consents import Consents
from ricloop_e2sim.network.population import Group
from ricloop_e2sim.rrc.counters import ROW
from tests.e2sim.network import Network, indications
from tests.e2sim.networks import TWO_TOWNS
from tests.e2sim.street import STREET, cell_id, node, started, world

CARS = replace(
    STREET, groups=(Group(40, "full-buffer", "waypoint", speed_kmh=120, hours="always", disc=(250.0, 0.0, 350.0)),)
)
STALE = Cause("ricRequest", "ric-call-process-id-invalid")
ASKED = [ROW["MM.HoPrepIntraReq"], ROW["MM.HoPrepInterReq"]]
OWN = slice(0, 6)
"""Cells of the first gNB."""


def subscribe(
    network: Network, kind: ActionType, action: Any, wait: SubsequentAction | None = None, instance: int = 1
) -> RicEvent:
    definition = rc.encode_action_definition(action)
    wanted = ActionToBeSetup(id=1, type=kind, definition=definition, subsequent=wait)
    trigger = rc.encode_event_trigger(rc.OnCallProcess(3, 1))
    whom = node(network)
    network.rics[whom.name].subscribe(RequestId(5, instance), RC_ID, trigger, [wanted], 0)
    (answer,) = network.exchange()[whom.name]
    return answer


def ask_me(network: Network, then: str = "wait", wait: str = "w500ms") -> None:
    asked = rc.InsertAction(3, 1, rc.asked(TARGET))
    subsequent = SubsequentAction(type=then, time_to_wait=wait)
    assert isinstance(subscribe(network, ActionType.INSERT, asked, subsequent), SubscriptionAdmitted)


def rule(accept: bool, cell: int | None = None) -> rc.PolicyAction:
    when = () if cell is None else (rc.ParameterTest(NR_CGI, rc.Compare("equal", cell_octets(cell))),)
    return rc.PolicyAction(3, (rc.PolicyRule(1, {}, when, accept),))


def first_question(network: Network) -> tuple[int, int, RicIndication]:
    """User, target by its number in the network, and what was said."""
    for _ in range(100):
        if said := indications(network.tick()[node(network).name]):
            header = rc.decode_indication_header(said[0].header)
            message = rc.decode_indication_message(said[0].message)
            assert isinstance(header, rc.InsertHeader)
            assert isinstance(message, rc.InsertMessage)
            assert (header.style, header.indication, said[0].type) == (3, 1, ActionType.INSERT)
            user = header.ue.amf_ue_ngap_id
            target = target_in(message.parameters)
            assert user is not None
            assert target is not None
            return user, int(np.flatnonzero(world(network).deployment.cells == target)[0]), said[0]
    raise AssertionError("nobody is asked about")


def answer(network: Network, about: RicIndication, ue: UeId, accept: bool) -> RicEvent:
    whom = node(network)
    network.rics[whom.name].control(
        RicControlRequest(
            request_id=RequestId(9, 7_000),
            function_id=RC_ID,
            call_process_id=about.call_process_id,
            header=rc.encode_control_header(rc.ControlHeader(ue, 3, 1, accept)),
            message=rc.encode_control_message(rc.ControlMessage()),
            ack=AckRequest.ACK,
        ),
        0,
    )
    (event,) = network.exchange()[whom.name]
    return event


def prepared(network: Network) -> int:
    """Handovers that the first gNB has begun."""
    return int(world(network).totals.rrc[ASKED, OWN].sum())


def test_a_policy_forbids_all_handovers_of_its_gnb_and_of_no_other() -> None:
    network, other = started(CARS), started(CARS)
    before = prepared(network)
    theirs = world(network).totals.rrc[ASKED, 6:].sum()
    assert isinstance(subscribe(network, ActionType.POLICY, rule(False)), SubscriptionAdmitted)
    network.tick(60)
    other.tick(60)
    assert prepared(network) == before
    assert prepared(other) > before + 5
    assert world(network).totals.rrc[ASKED, 6:].sum() > theirs
    assert node(network).world.returns.counts.by_policy > 5


def test_a_policy_forbids_one_target_and_leaves_the_others() -> None:
    network, other = started(CARS), started(CARS)
    arrivals = [into(other, 60)]
    cell = int(np.argmax(arrivals[0]))
    assert arrivals[0][cell] > 0
    subscribe(network, ActionType.POLICY, rule(False, cell_id(network, cell)))
    arrivals.append(into(network, 60))
    assert arrivals[1][cell] == 0
    assert arrivals[1].sum() > 0


def into(network: Network, ticks: int) -> np.ndarray[Any, Any]:
    """[c] users that came from a cell of the first gNB, by where they came to."""
    state = world(network)
    came = np.zeros(state.deployment.cell_count, dtype=np.int64)
    for _ in range(ticks):
        before = state.serving.copy()
        network.tick()
        moved = (before != state.serving) & (before >= 0) & (before < 6) & (state.serving >= 0)
        came += np.bincount(state.serving[moved], minlength=len(came))
    return came


@pytest.mark.parametrize(("then", "goes"), [("continue", True), ("wait", False)])
def test_without_an_answer_a_user_waits_for_the_time_to_wait_and_then_does_as_it_was_told(
    then: str, goes: bool
) -> None:
    network = started(CARS)
    ask_me(network, then, "w500ms")
    user, target, _ = first_question(network)
    state, source = world(network), int(world(network).serving[user])
    # It left at the end of its tick; 500 ms later the answer counts no more.
    for _ in range(5):
        network.tick()
        assert state.serving[user] == source
        assert state.roaming.handovers.phase[user] == 0
    network.tick()
    assert bool(state.roaming.handovers.phase[user] != 0 or state.serving[user] == target) is goes
    network.tick(2)
    assert state.serving[user] == (target if goes else source)
    assert node(network).world.returns.counts.unanswered >= 1


def test_an_answer_moves_a_user_or_keeps_it_and_counts_once() -> None:
    for accept in (True, False):
        network = started(CARS)
        ask_me(network)
        user, target, said = first_question(network)
        state, source = world(network), int(world(network).serving[user])
        name = node(network).names.of(user)
        assert isinstance(answer(network, said, name, accept), ControlAcknowledged)
        again = answer(network, said, name, accept)
        assert isinstance(again, ControlFailed)
        assert again.cause == STALE
        network.tick(2)
        assert state.serving[user] == (target if accept else source)
        counts = node(network).world.returns.counts
        assert (counts.accepted, counts.denied) == (int(accept), int(not accept))


def test_a_command_ends_the_wait() -> None:
    network = started(CARS)
    ask_me(network, "continue", "w5s")
    user, target, said = first_question(network)
    name = node(network).names.of(user)
    assert isinstance(network.hand_over(node(network), name, cell_id(network, target)), ControlAcknowledged)
    network.tick(2)
    assert world(network).serving[user] == target
    late = answer(network, said, name, False)
    assert isinstance(late, ControlFailed)
    assert late.cause == STALE


def test_a_policy_has_its_say_before_anybody_is_asked() -> None:
    network = started(CARS)
    ask_me(network)
    subscribe(network, ActionType.POLICY, rule(True), instance=2)
    before = prepared(network)
    said = indications(network.tick(40)[node(network).name])
    assert said == []
    assert prepared(network) > before


def test_the_next_town_does_not_notice_and_a_run_repeats_itself() -> None:
    network, again, free = started(TWO_TOWNS), started(TWO_TOWNS), started(TWO_TOWNS)
    for one in (network, again):
        ask_me(one)
        subscribe(one, ActionType.POLICY, rule(False, cell_id(one, 9)), instance=2)
    for one in (network, again, free):
        one.tick(60)
    digests = [one.simulation.result()["digest"] for one in (network, again, free)]
    assert digests[0] == digests[1] != digests[2]
    mine, theirs = world(network), world(free)
    np.testing.assert_array_equal(mine.totals.cell[:, 24:], theirs.totals.cell[:, 24:])
    np.testing.assert_array_equal(mine.totals.rrc[:, 24:], theirs.totals.rrc[:, 24:])


def test_who_asked_and_went_away_leaves_no_trace() -> None:
    network, untouched = started(CARS), started(CARS)
    ask_me(network)
    subscribe(network, ActionType.POLICY, rule(False), instance=2)
    ric = network.rics[node(network).name]
    for instance in (1, 2):
        ric.unsubscribe(RequestId(5, instance), 0)
        network.exchange()
    network.tick(30)
    untouched.tick(30)
    assert network.simulation.result()["digest"] == untouched.simulation.result()["digest"]


def test_a_user_that_left_its_cell_is_waited_for_no_more_and_one_of_another_gnb_is_not_asked_about() -> None:
    consents = Consents(np.array([0, 0, 1, 1]), 100_000)
    say = consents.of[0]
    say.inserts[RequestId(1, 1)] = Insert(RequestId(1, 1), 1, 1_000_000, goes_on=True)
    serving, free = np.array([0, 1, 2, 0]), np.ones(4, dtype=np.bool_)
    targets = np.array([1, 0, 3, 2])
    free[3] = False

    def given(start_us: int, *reports: int) -> list[tuple[int, int, int]]:
        who = np.array(reports, dtype=np.int64)
        went = consents.given(who, targets[who], np.full(len(who), start_us + 1), serving, free, start_us)
        return list(zip(*(row.tolist() for row in went), strict=True))

    # User 3 is being handed over already.
    assert given(0, 0, 1, 2, 3) == [(2, 3, 1)]
    assert [one.user for one in say.waiting] == [0, 1]
    serving[1] = 3
    assert given(100_000, 0) == []
    assert [one.user for one in say.waiting] == [0]
    assert say.answer(say.waiting[0].process, True)
    assert given(200_000) == [(0, 1, 200_000)]
    assert not consents.of[0].waiting


def test_no_more_wait_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "MOST_QUESTIONS", 2)
    say = Returns(100_000)
    say.inserts[RequestId(1, 1)] = Insert(RequestId(1, 1), 1, 1_000_000, goes_on=True)
    users = np.arange(5)
    assert say.allow(users, users + 10, users + 20, 0).tolist() == [False, False, True, True, True]
    assert [(one.user, one.source, one.target) for one in say.waiting] == [(0, 10, 20), (1, 11, 21)]
    assert say.counts.unanswered == 3
