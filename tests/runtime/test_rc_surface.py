"""`rc.report`, `rc.insert`, `rc.query` and `Decision.policy`, from the xApp to a simulated node's world and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ricloop import Decision, XApp, every, ms, on
from ricloop.core.actions import OutcomeState
from ricloop.e2ap import messages as m
from ricloop.e2sm import rc
from ricloop.session.events import ModificationRequested, NodeEvent
from ricloop_e2sim.e2node.node import SimNode
from ricloop_e2sim.e2node.rc.function import CELL, NR_CGI, RC_ID, STATE, TARGET
from tests.runtime.world import TICK_NS, World

MOVED = rc.UeContext((rc.ParameterTest(CELL, rc.Compare("value-change")),))
MOVES = rc.report(MOVED, STATE, CELL)
ASKED = rc.insert(3, 1, TARGET, wait=ms(200), otherwise="continue")
STATES = rc.query(ms(500), STATE, CELL, style=4)
CLOCK = every(ms(100))


class Watcher(XApp[None]):
    """Remembers what RC told it."""

    def started(self) -> None:
        self.seen: list[rc.Report] = []

    @on(MOVES)
    def moved(self, report: rc.Report) -> Decision:
        self.seen.append(report)
        return Decision.none()


class Asker(XApp[None]):
    """Remembers the answers to its queries."""

    def started(self) -> None:
        self.seen: list[rc.Report] = []

    @on(STATES)
    def told(self, report: rc.Report) -> Decision:
        self.seen.append(report)
        return Decision.none()


class Gatekeeper(XApp[None]):
    """Answers every request as it is told to; late, it denies."""

    answer: Callable[[rc.Request], Decision] = staticmethod(
        lambda request: Decision.of(rc.accept(request), reason="may")
    )

    def started(self) -> None:
        self.seen: list[rc.Request] = []

    def deny(self, request: rc.Request) -> Decision:
        return Decision.of(rc.deny(request), reason="late: stay")

    @on(ASKED, deadline=ms(50), late=deny, error=deny)
    def asked(self, request: rc.Request) -> Decision:
        self.seen.append(request)
        return self.answer(request)


class Planner(XApp[None]):
    """Makes whatever policy changes are put into `wanted`, one list per tick of its timer."""

    def started(self) -> None:
        self.wanted: list[list[Any]] = []

    @on(CLOCK)
    def tick(self, _: Any) -> Decision:
        return Decision.policy(*self.wanted.pop(0), reason="planned") if self.wanted else Decision.none()


def the_cu(world: World) -> SimNode:
    return next(node for node in world.simulation.nodes if node.role.cp)


def send_away(world: World) -> tuple[int, int, int]:
    """A user is handed to the next cell that it receives; (user, where it is from, where it goes)."""
    w = the_cu(world).world
    for user in range(w.layout.user_count):
        source = int(w.serving[user])
        for target in range(w.layout.cell_count):
            if source >= 0 and target != source and w.hand_over(user, target) == "":
                return user, source, target
    raise AssertionError("nobody can be moved")


def serving(world: World, user: int) -> int:
    return int(the_cu(world).world.serving[user])


@pytest.fixture
def worlds() -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(*xapps: XApp[Any], **options: Any) -> World:
        world = World(*xapps, **options)
        world.step(3)
        made.append(world)
        return world

    yield make
    for world in made:
        world.ric.shutdown()
        world.exchange()
        world.ric.check()


# --------------------------------------------------------------------------------------------------------- report


def test_a_report_comes_when_a_ue_moves(worlds: Callable[..., World]) -> None:
    app = Watcher()
    world = worlds(app)
    user, source, target = send_away(world)
    world.step(3)
    w = the_cu(world).world
    assert serving(world, user) == target != source
    (report,) = app.seen
    assert report.condition == 1
    assert len(report.ues) == 1
    assert report.values(STATE) == (0,)
    assert report.cells_of(CELL) == (int(w.layout.cells[target]),)
    assert world.ric.account.refused == 0


# --------------------------------------------------------------------------------------------------------- insert


def test_a_request_is_answered_inside_the_time_to_wait(worlds: Callable[..., World]) -> None:
    app = Gatekeeper()
    world = worlds(app)
    user, source, _ = send_away(world)
    world.step(40)
    counts = the_cu(world).world.returns.counts
    assert len(app.seen) == counts.accepted == 1
    assert (counts.denied, counts.unanswered) == (0, 0)
    assert serving(world, user) == source
    request = app.seen[0]
    assert request.target == int(the_cu(world).world.layout.cells[source])
    assert request.to is not None
    assert request.to.until - world.clock.now() < ms(200).total_seconds() * 1e9
    # A reply is a control with the node's own call process id, and has nothing to confirm.
    assert world.outcomes() == ["sent", "acknowledged", "accepted"]
    assert world.ric.controls.counts.unconfirmed == 0
    assert the_cu(world).refusals == {}


def test_a_denied_user_stays_and_the_node_asks_again_later(worlds: Callable[..., World]) -> None:
    app = Gatekeeper()
    app.answer = lambda request: Decision.of(rc.deny(request), reason="stay")
    world = worlds(app)
    user, source, target = send_away(world)
    world.step(60)
    assert serving(world, user) == target != source
    assert the_cu(world).world.returns.counts.denied == len(app.seen) > 1


def test_a_late_xapp_is_answered_for_by_its_fallback_in_time(worlds: Callable[..., World]) -> None:
    app = Gatekeeper()
    world = worlds(app)

    def slow(request: rc.Request) -> Decision:
        world.clock.set(world.clock.now() + 60_000_000)
        return Decision.of(rc.accept(request), reason="too late")

    app.answer = slow
    user, _, target = send_away(world)
    world.step(30)
    counts = the_cu(world).world.returns.counts
    assert counts.denied == len(app.seen) > 0
    assert (counts.accepted, counts.unanswered) == (0, 0)
    assert serving(world, user) == target
    decision = next(record for record in world.decisions() if record["source"] == "rule")
    assert decision["cause"] == "late"


def test_the_deadline_is_never_later_than_the_time_to_wait(worlds: Callable[..., World]) -> None:
    assert ASKED.answer_within == ms(180)
    assert rc.insert(3, 1, 1, wait=ms(1)).answer_within == ms(1) / 2


def test_an_answer_after_the_time_to_wait_is_not_sent_and_the_node_goes_on(worlds: Callable[..., World]) -> None:
    app = Gatekeeper()
    world = worlds(app)

    def asleep(request: rc.Request) -> Decision:
        world.clock.set(world.clock.now() + 400_000_000)
        return Decision.of(rc.accept(request), reason="far too late")

    app.answer = asleep
    user, source, _ = send_away(world)
    while not app.seen:
        world.step()
    assert world.ric.controls.counts.refused == 1
    refused = world.decisions()[-1]["refused"]
    assert "stopped waiting" in refused[0]["reason"]
    while world.simulation.time_us * 1000 + TICK_NS < world.clock.now():
        world.simulation.advance()
    world.step(3)
    assert the_cu(world).world.returns.counts.unanswered == 1
    assert serving(world, user) == source


def test_requests_are_never_merged(worlds: Callable[..., World]) -> None:
    app = Gatekeeper()
    world = worlds(app)
    for _ in range(3):
        send_away(world)
    world.step(40)
    processes = {request.to.process for request in app.seen if request.to is not None}
    assert len(processes) == len(app.seen) >= 3
    assert the_cu(world).world.returns.counts.accepted == len(app.seen)


def test_a_node_without_inserts_asks_nobody(worlds: Callable[..., World]) -> None:
    world = worlds(Watcher())
    user, source, _ = send_away(world)
    world.step(40)
    assert serving(world, user) == source
    assert the_cu(world).world.returns.counts.accepted == 0


# --------------------------------------------------------------------------------------------------------- policy


def stay_out(name: str, cell: int, away: int, *, accept: bool) -> rc.Policy:
    from ricloop.e2sm.rc.mobility import cell_octets

    test = rc.ParameterTest(NR_CGI, rc.Compare("equal", cell_octets(away)))
    return rc.policy(name, cell, rc.rule(1, when=(test,), accept=accept), style=3)


def test_a_policy_is_installed_changed_and_removed(worlds: Callable[..., World]) -> None:
    app = Planner()
    world = worlds(app)
    layout = the_cu(world).world.layout
    user, source, target = send_away(world)
    home = int(layout.cells[source])
    app.wanted.append([stay_out("keep", home, home, accept=False)])
    world.step(60)
    # Installed: the user does not come home, although its node wants it to.
    assert serving(world, user) == target
    assert len(world.ric.policies) == 1
    counts = the_cu(world).world.returns.counts
    assert counts.by_policy > 0
    (subscription,) = the_cu(world).session.subscriptions
    assert subscription.requestor == 3
    # Changed in place, by a RIC Subscription Modification: the same subscription, and the user goes home.
    app.wanted.append([stay_out("keep", home, home, accept=True)])
    world.step(4)
    assert serving(world, user) == source
    assert list(the_cu(world).session.subscriptions) == [subscription]
    # Removed: the node's own again.
    app.wanted.append([rc.no_policy("keep", home)])
    world.step(4)
    assert not the_cu(world).session.subscriptions
    assert len(world.ric.policies) == 0
    assert world.outcomes() == ["sent", "accepted"] * 3
    counted = world.ric.controls.counts
    assert (counted.sent, counted.accepted, counted.rejected, counted.timed_out) == (3, 3, 0, 0)


def test_where_a_node_changes_nothing_in_place_the_policy_is_replaced(
    worlds: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Planner()
    world = worlds(app)
    cu = the_cu(world)
    home, other = (int(cell) for cell in cu.world.layout.cells[:2])
    handle = cu.handle

    def stubborn(event: NodeEvent, now: int) -> None:
        if isinstance(event, ModificationRequested):
            cu.session.refuse_modification(event.request.request_id, m.Cause("ricRequest", "action-not-supported"))
        else:
            handle(event, now)

    monkeypatch.setattr(cu, "handle", stubborn)
    app.wanted.append([stay_out("keep", home, home, accept=False)])
    world.step(2)
    (first,) = cu.session.subscriptions
    app.wanted.append([stay_out("keep", home, other, accept=False)])
    world.step(4)
    (second,) = cu.session.subscriptions
    assert second != first
    assert cu.world.returns.policies[second](1) is False
    assert cu.world.returns.policies[second](0) is None
    assert world.outcomes() == ["sent", "accepted"] * 2


def test_a_node_that_comes_back_is_given_its_policies_again(worlds: Callable[..., World]) -> None:
    app = Planner()
    world = worlds(app)
    cu = the_cu(world)
    home = int(cu.world.layout.cells[0])
    app.wanted.append([stay_out("keep", home, home, accept=False)])
    world.step(4)
    assert len(cu.world.returns.policies) == 1
    world.disconnect(cu)
    assert not cu.world.returns.policies
    world.connect(cu)
    world.step(2)
    assert len(cu.world.returns.policies) == 1
    # Told once: what an xApp wanted, it wanted once.
    assert world.outcomes() == ["sent", "accepted"]
    assert len(world.ric.policies) == 1


def test_what_cannot_be_a_policy_is_refused_and_says_why(worlds: Callable[..., World]) -> None:
    app = Planner()
    world = worlds(app)
    home = int(the_cu(world).world.layout.cells[0])
    app.wanted += [
        [rc.policy("odd", home, rc.rule(9, accept=False), style=3)],
        [rc.no_policy("never", home)],
        [rc.policy("with a target", home, rc.rule(1, {1: 5}, accept=True), style=3)],
    ]
    world.step(8)
    reasons = [one["reason"] for record in world.decisions() for one in record["refused"]]
    assert "no node of cell" in reasons[0]
    assert "there is no policy 'never'" in reasons[1]
    # The node's own no.
    assert world.outcomes() == ["sent", OutcomeState.REJECTED.value]
    with pytest.raises(TypeError, match=r"is made of rc\.policy"):
        Decision.policy(rc.handover(1, home), reason="")


def test_the_policies_of_a_run_end_with_it(worlds: Callable[..., World]) -> None:
    app = Planner()
    world = worlds(app)
    home = int(the_cu(world).world.layout.cells[0])
    app.wanted.append([stay_out("keep", home, home, accept=False)])
    world.step(4)
    world.ric.shutdown()
    world.exchange()
    assert not the_cu(world).session.subscriptions
    assert not the_cu(world).world.returns.policies


# ---------------------------------------------------------------------------------------------------------- query


def test_a_query_is_answered_each_period(worlds: Callable[..., World]) -> None:
    app = Asker()
    world = worlds(app)
    world.step(10)
    w = the_cu(world).world
    assert len(app.seen) == pytest.approx(10 * TICK_NS / 500e6, abs=2)
    last = app.seen[-1]
    assert len(last.ues) == int((w.serving >= 0).sum())
    assert set(last.cells_of(CELL)) <= {int(cell) for cell in w.layout.cells}
    assert set(last.values(STATE)) == {0}
    assert world.ric.queries.failed == 0


def test_a_query_that_a_node_refuses_is_counted(worlds: Callable[..., World], monkeypatch: pytest.MonkeyPatch) -> None:
    app = Asker()
    world = worlds(app)
    cu = the_cu(world)
    monkeypatch.setattr(type(cu.services[RC_ID]), "query", lambda *_: m.Cause("ricRequest", "system-not-ready"))
    before = world.ric.queries.failed, len(app.seen)
    world.step(10)
    assert world.ric.queries.failed > before[0]
    assert len(app.seen) == before[1]
