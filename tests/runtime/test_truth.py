"""What the RIC holds for true of the cells: only their own node's last word, and doubt where there was no answer."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop import Decision, Latest, XApp, hold, ms, on
from ricloop.core.feeds import Feed
from ricloop.core.ids import CellId
from ricloop.decide.guards import GuardView, Refusal
from ricloop.decide.topology import Coverage, Place, Topology
from ricloop.e2ap.fast_indication import encode_indication
from ricloop.e2ap.messages import RicIndication
from ricloop.e2sm import ccc, kpm
from ricloop.e2sm.base import Part
from ricloop.e2sm.ccc import codec
from ricloop.e2sm.ccc.states import Changes
from ricloop.runtime.nodes.cellstates import CellStates
from ricloop.runtime.nodes.controls import Control
from ricloop.runtime.nodes.nodes import Node
from tests.runtime.world import TICK_NS, World

load = kpm.every(ms(100), kpm.Metric("RRU.PrbTotDl"))
state = ccc.watch(ccc.EnergySaving)
again = ccc.watch(ccc.EnergySaving)

LATER = 2_000_000_000 * 10**9
"""Nanoseconds since 1970: after everything that the simulator says by itself."""


class Told(XApp):
    """Does what it is told, by its reports."""

    def __init__(self) -> None:
        super().__init__()
        self.to_do: list[Any] = []
        self.states: Latest[ccc.States] = Latest.unknown()

    @on(load, state, again)
    def decide(self, report: kpm.Report, states: Latest[ccc.States], too: Latest[ccc.States]) -> Decision:
        self.states = states
        actions, self.to_do = self.to_do, []
        return Decision.of(actions, reason="told to")


class Pair:
    """Two cells of gNB 1 that cover each other, and a node that can hang."""

    def __init__(self, **options: Any) -> None:
        self.app = Told()
        cells = sorted(next(iter(World(Told()).ric.nodes)).own_cells)
        self.a, self.b = cells[:2]
        relations = {(self.a, self.b): Coverage.FULL, (self.b, self.a): Coverage.FULL}
        plan = Topology({cell: Place("gnb1") for cell in cells}, relations, "the test")
        self.world = World(self.app, topology=plan, **options)
        self.world.step(2)
        self.node = self.world.simulation.nodes[0]
        self.held: list[bytes] = []

    def hang(self, ticks: int) -> None:
        """The node reports, and what is sent to it waits in its receive buffer."""
        world = self.world
        association = world.pairs[self.node]
        for _ in range(ticks):
            world.clock.set(world.simulation.time_us * 1000 + TICK_NS)
            world.ric.handle_timer(world.clock.now())
            world.simulation.advance()
            self.node.release()
            for data in self.node.session.data_to_send():
                association.receive(data)
            world.ric.turn()
            self.held += association.data_to_send()

    def go_on(self, ticks: int = 5) -> None:
        """The node reads what it was sent."""
        for data in self.held:
            self.node.session.receive(data, self.world.clock.now())
        self.held.clear()
        for event in self.node.session.events():
            self.node.handle(event, self.world.clock.now())
        self.world.step(ticks)

    def may_sleep(self, cell: CellId) -> bool:
        """Would the guards admit it now? Refused or not, the question leaves no control behind."""
        self.world.ric.quiesce()
        self.app.to_do = [ccc.sleep(cell)]
        self.world.step(1)
        (refused,) = [r for d in self.world.decisions()[-1:] for r in d["refused"]]
        return bool(refused["by"] == "runtime")


def timed_out(pair: Pair) -> Pair:
    pair.app.to_do = [ccc.sleep(pair.a)]
    pair.hang(60)
    assert pair.world.outcomes() == ["sent", "timed_out"]
    return pair


def test_a_control_without_an_answer_may_still_be_carried_out_so_two_covers_never_both_sleep() -> None:
    pair = timed_out(Pair())
    ric = pair.world.ric
    assert ric.controls.pending() == (ccc.sleep(pair.a),)
    pair.app.to_do = [ccc.sleep(pair.b)]
    pair.hang(1)
    assert pair.world.decisions()[-1]["refused"][0]["by"] == "KeepCoverage"
    pair.go_on()
    assert (ric.states.state_of(pair.a), ric.states.state_of(pair.b)) == (True, False)
    assert ric.controls.pending() == (), "the cell's own report ends the doubt"
    assert not pair.may_sleep(pair.b)


def test_the_answer_to_a_later_control_of_the_cell_ends_the_doubt() -> None:
    pair = timed_out(Pair())
    pair.held.clear()
    assert not Pair.may_sleep(timed_out(Pair()), pair.b), "nothing happened since"
    pair.app.to_do = [ccc.wake(pair.a)]
    pair.world.step(2)
    assert ccc.sleep(pair.a) not in pair.world.ric.controls.pending()
    assert pair.may_sleep(pair.b)


def test_a_lost_node_takes_its_doubts_with_it() -> None:
    pair = timed_out(Pair())
    pair.world.disconnect(pair.node)
    assert pair.world.ric.controls.pending() == ()
    pair.world.connect(pair.node)
    pair.world.step(2)
    assert pair.may_sleep(pair.b)


def test_what_a_reset_left_open_is_in_doubt_until_the_cell_reports() -> None:
    pair = Pair()
    pair.app.to_do = [ccc.sleep(pair.a)]
    pair.hang(2)
    controls = pair.world.ric.controls
    controls.lost(next(iter(pair.world.ric.nodes)), "the association was reset")
    assert controls.pending() == (ccc.sleep(pair.a),)
    pair.held.clear()
    say(pair.world, 0, {pair.a: False})
    assert controls.pending() == ()


def test_an_accepted_control_that_no_report_confirms_stays_in_doubt() -> None:
    pair = Pair(confirm_within=ms(300))
    controls = pair.world.ric.controls
    node, action = next(iter(pair.world.ric.nodes)), ccc.sleep(pair.a)
    send = controls.prepare(action, "told", 1)
    assert callable(send)
    control: Control = send()
    pair.world.pairs[pair.node].data_to_send()
    controls.acknowledged(node, control.request_id, None)
    pair.world.step(10)
    assert controls.counts.unconfirmed == 1
    assert controls.pending() == (action,)
    assert not pair.may_sleep(pair.b)


# ------------------------------------------------------------------------------------------------ whose word it is


def say(
    world: World, which: int, changes: dict[CellId, bool], feed: Feed[Any] = state, time: int | None = None
) -> None:
    """A node's CCC function reports these cells."""
    name = world.simulation.nodes[which].name
    node: Node = next(node for node in world.ric.nodes if node.name == name)
    subscribed = next(s for s in world.ric.subscriber.at(node) if s.feed is feed)
    at = LATER + (world.clock.now() if time is None else time)
    header, message = codec.encode_saving_indication(
        "uponChange", at, {cell: (None, to) for cell, to in changes.items()}
    )
    indication = RicIndication(
        request_id=subscribed.request_id,
        function_id=next(f.id for f in node.functions if f.model.name == "ccc"),
        action_id=1,
        sequence=1,
        header=header,
        message=message,
    )
    node.association.receive(encode_indication(indication))
    world.ric.turn()


def cells_of(world: World, which: int) -> tuple[CellId, ...]:
    name = world.simulation.nodes[which].name
    return next(node.own_cells for node in world.ric.nodes if node.name == name)


def test_another_gnbs_event_does_not_bring_back_a_lost_gnbs_states() -> None:
    app = Told()
    world = World(app, gnb=None)
    world.step(2)
    gone, other = cells_of(world, 0), cells_of(world, 1)
    assert app.states.value.known(list(gone)).all()
    world.disconnect(world.simulation.nodes[0])
    say(world, 1, {other[0]: False})
    world.step(1)
    assert [world.ric.states.state_of(cell) for cell in gone] == [None] * len(gone)
    assert not app.states.value.known(list(gone)).any()
    assert app.states.value.known(list(other)).all()


def test_an_event_that_waits_when_its_node_is_lost_is_refused() -> None:
    world = World(Told(), gnb=None)
    world.step(2)
    gone = cells_of(world, 0)
    ric, node = world.ric, world.simulation.nodes[0]
    turn, ric.turn = ric.turn, lambda: 0  # type: ignore[method-assign]
    say(world, 0, {gone[0]: True})
    world.disconnect(node)
    ric.turn = turn  # type: ignore[method-assign]
    ric.turn()
    assert ric.states.state_of(gone[0]) is None
    assert ric.account.reasons["the node was lost"] == 2, "two feeds read it"
    ric.check()


def test_one_watch_does_not_overwrite_what_another_brought_later() -> None:
    a, b = cells_of(World(Told()), 0)[:2]
    cells = CellStates()
    cells.note(state, Changes({a: True}), 10)
    assert cells.states.state_of(a) is True
    cells.note(again, Changes({b: True}), 11)
    assert cells.states.state_of(a) is True
    cells.note(again, Changes({a: False}), 5)
    assert cells.states.state_of(a) is True, "an older copy"
    cells.note(state, Changes({a: False}), 3)
    assert cells.states.state_of(a) is False, "a clock set back stops nothing within a feed"


def test_an_effect_is_confirmed_by_the_cells_own_change_only() -> None:
    app = Told()
    world = World(app)
    world.step(1)
    a, b = cells_of(world, 0)[:2]
    app.to_do = [ccc.wake(a)]
    world.step(2)
    assert world.outcomes() == ["sent", "acknowledged", "accepted"]
    say(world, 0, {b: False})
    assert "effect_confirmed" not in world.outcomes()
    say(world, 0, {a: False})
    assert world.outcomes()[-1] == "effect_confirmed"


def test_a_node_speaks_of_its_own_cells_only(capsys: pytest.CaptureFixture[str]) -> None:
    app = Told()
    world = World(app, gnb=None)
    world.step(1)
    mine, theirs = cells_of(world, 1)[0], cells_of(world, 0)
    for _ in range(2):
        say(world, 1, {theirs[0]: True})
    assert world.ric.account.reasons["not the node's cells"] == 2
    say(world, 1, {theirs[0]: True, mine: True})
    assert world.ric.states.state_of(theirs[0]) is False
    assert world.ric.states.state_of(mine) is True
    world.step(1)
    assert app.states.value.state_of(theirs[0]) is False
    assert world.ric.territory.dropped == 3
    assert capsys.readouterr().out.count("not its own") == 1
    world.ric.check()


def test_a_cell_that_two_gnbs_claim_is_the_one_whose_id_it_carries() -> None:
    world = World(Told(), gnb=None)
    first, second = (next(n for n in world.ric.nodes if n.name == s.name) for s in world.simulation.nodes[:2])
    cell = second.own_cells[0]
    world.disconnect(world.simulation.nodes[1])
    first.own_cells = (*first.own_cells, cell)
    world.ric.territory.claim(first)
    say(world, 0, {cell: True})
    assert world.ric.states.state_of(cell) is True, "as yet nobody knows better"
    world.connect(world.simulation.nodes[1])
    assert world.ric.states.state_of(cell) is None, "what was believed is unknown again"
    world.step(1)
    say(world, 0, {cell: True})
    assert world.ric.states.state_of(cell) is False
    assert world.ric.account.reasons["not the node's cells"] == 1
    send = world.ric.controls.prepare(ccc.wake(cell), "told", 1)
    assert callable(send)
    assert send().node.name == second.name
    loads = [Part(0, c, None) for c in (cell, first.own_cells[0], None)]
    assert [world.ric.territory.own(first, part) for part in loads] == [None, *loads[1:]], "a report of its load too"


# ---------------------------------------------------------------------------------------- authors' mistakes, silence


def test_a_guard_that_raises_does_not_end_the_turn(capsys: pytest.CaptureFixture[str]) -> None:
    class Bad:
        def admit(self, action: Any, view: GuardView) -> Refusal | None:
            raise ZeroDivisionError("guard")

    class Guarded(XApp):
        guards = (Bad(),)

        @on(load, state)
        def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
            return Decision.of(map(ccc.wake, report.cells[:2]), reason="because")

    world = World(Guarded())
    world.step(3)
    assert [r["by"] for d in world.decisions() for r in d["refused"]] == ["Bad"] * 6
    assert world.ric.controls.counts.sent == 0
    assert capsys.readouterr().out.count("guard failed") == 1


def test_silence_before_any_report_holds_and_is_audited() -> None:
    class Patient(XApp):
        asked = 0

        def quiet(self, report: kpm.Report) -> Decision:
            self.asked += 1
            return Decision.none("quiet")

        @on(load, silent=(3, quiet))
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    class Holding(XApp):
        @on(load, silent=(3, hold))
        def decide(self, report: kpm.Report) -> Decision:
            return Decision.none()

    app = Patient()
    world = World(app, Holding())
    for _ in range(5):
        world.clock.advance(ms(100))
        world.ric.handle_timer(world.clock.now())
    said = [(d["xapp"], d["source"], d["cause"], d["gnb"]) for d in world.decisions()]
    assert said == [("patient", "hold", "silent", "gnb-00101-1"), ("holding", "hold", "silent", "gnb-00101-1")]
    assert app.asked == 0
    while world.simulation.time_us * 1000 < world.clock.now():
        world.simulation.advance()
    world.step(2)
    for _ in range(5):
        world.clock.advance(ms(100))
        world.ric.handle_timer(world.clock.now())
    assert app.asked == 1
