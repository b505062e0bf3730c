"""A node changes what it offers, or gives up what it promised, while it is subscribed: the rest goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ricloop import Decision, Latest, XApp, hold, ms, on
from ricloop.core.ids import NodeKind
from ricloop.e2ap import messages as m
from ricloop.e2sm import ccc, kpm
from ricloop.e2sm.kpm import codec
from ricloop.session.events import ModificationRefused, RicEvent, SubscriptionModified
from ricloop_e2sim.e2node.ccc.watches import CCC_ID
from ricloop_e2sim.e2node.kpm.reports import KPM_ID
from ricloop_e2sim.e2node.node import SimNode
from tests.runtime.world import World

PRB = kpm.Metric("RRU.PrbTotDl")
LOAD = kpm.every(ms(100), PRB)
STATE = ccc.watch(ccc.EnergySaving)
BUSY = m.Cause("misc", "control-processing-overload")
FOR_GOOD = m.Cause("ricRequest", "action-not-supported")


class Looks(XApp[None]):
    """Holds, and remembers what it saw."""

    @on(LOAD, STATE, deadline=ms(10), late=hold, error=hold)
    def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        return hold(report, states)


@pytest.fixture
def world() -> Iterator[World]:
    world = World(Looks())
    world.step(20)
    yield world
    world.ric.check()


def the_du(world: World) -> SimNode:
    return next(node for node in world.simulation.nodes if node.id.kind is not NodeKind.GNB_CU_UP and node.role.du)


def received(world: World) -> int:
    return world.ric.account.received


def test_a_function_goes_and_comes_while_another_reports(world: World) -> None:
    du = the_du(world)
    function = next(f for f in du.session.setup.functions if f.id == CCC_ID)
    before, active = received(world), world.ric.subscriber.active()
    du.session.update_services(world.clock.now(), deleted=(CCC_ID,))
    world.step(20)
    assert world.ric.subscriber.active() == active - 1
    assert received(world) > before
    node = world.ric.nodes.get(du.id)
    assert node is not None
    assert "ccc" not in [f.model.name for f in node.functions]
    du.session.update_services(world.clock.now(), added=(function,))
    world.step(20)
    assert world.ric.subscriber.active() == active


def test_a_modified_function_is_subscribed_anew(world: World) -> None:
    du = the_du(world)
    function = next(f for f in du.session.setup.functions if f.id == KPM_ID)
    old = set(du.session.subscriptions)
    du.session.update_services(world.clock.now(), modified=(function,))
    world.step(20)
    assert len(du.session.subscriptions) == len(old)
    assert set(du.session.subscriptions) != old


@pytest.mark.parametrize(("cause", "again"), [(BUSY, True), (FOR_GOOD, False)])
def test_what_a_node_gives_up_is_asked_for_again_where_the_cause_can_pass(
    world: World, cause: m.Cause, again: bool
) -> None:
    du = the_du(world)
    active = world.ric.subscriber.active()
    one = next(s for s in du.session.subscriptions.values() if s.function_id == KPM_ID)
    du.session.require_deletion((m.SubscriptionCause(one.request_id, KPM_ID, cause),), world.clock.now())
    world.exchange()
    assert world.ric.subscriber.active() == active - 1
    world.step(20)
    assert world.ric.subscriber.active() == (active if again else active - 1)


def test_actions_that_a_node_requires_to_be_removed_are_waited_for_no_longer(world: World) -> None:
    du = the_du(world)
    one = next(s for s in du.session.subscriptions.values() if s.function_id == KPM_ID)
    first = min(one.admitted)
    gone = (m.ActionNotAdmitted(first, FOR_GOOD),)
    required = m.RicSubscriptionModificationRequired(request_id=one.request_id, function_id=KPM_ID, remove=gone)
    du.session.require_modification(required, world.clock.now())
    world.exchange()
    node = world.ric.nodes.get(du.id)
    assert node is not None
    (subscribed,) = world.ric.subscriber.readers(node, one.request_id)
    assert first not in subscribed.admitted
    decided = len(world.decisions())
    world.step(20)
    assert len(world.decisions()) > decided


def test_e2_removal_by_the_node_ends_its_association(world: World) -> None:
    du = the_du(world)
    du.session.remove(world.clock.now())
    world.exchange()
    assert world.pairs[du].session.should_close == "the peer asked for E2 Removal"


def test_the_simulated_node_modifies_a_subscription(world: World) -> None:
    du = the_du(world)
    association = world.pairs[du]
    one = next(s for s in du.session.subscriptions.values() if s.function_id == KPM_ID)
    first, *_ = sorted(one.admitted)
    definition = next(a.definition for a in one.request.actions if a.id == first)
    events: list[RicEvent] = []
    for change in (
        m.RicSubscriptionModificationRequest(
            request_id=one.request_id,
            function_id=KPM_ID,
            remove=(first, 99),
            add=(m.ActionToBeSetup(id=77, definition=definition, execution_order=1),),
            modify=(m.ActionToBeModified(id=98),),
        ),
        m.RicSubscriptionModificationRequest(
            request_id=one.request_id, function_id=KPM_ID, event_trigger=codec.encode_event_trigger(7)
        ),
    ):
        association.session.modify(change, world.clock.now())
        for data in association.data_to_send():
            du.session.receive(data, world.clock.now())
        for event in du.session.events():
            du.handle(event, world.clock.now())
        for data in du.session.data_to_send():
            association.session.receive(data, world.clock.now())
        events += association.session.events()
    done, refused = events
    assert isinstance(done, SubscriptionModified)
    assert (done.answer.removed, done.answer.added) == ((first,), (77,))
    assert [item.id for item in (*done.answer.not_removed, *done.answer.not_modified)] == [99, 98]
    assert isinstance(refused, ModificationRefused)
    assert refused.cause.value == "eventTriggerNotSupported"
