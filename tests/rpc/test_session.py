"""xApps apart from their RIC, message by message: what they are asked, what becomes of their answers, and how they come
back."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from ricloop import (
    Bounds,
    Cooldown,
    Decision,
    KeepCoverage,
    Latest,
    MaxChanges,
    Outcomes,
    Settings,
    Tick,
    Topology,
    XApp,
    every,
    ms,
    on,
    outcomes,
    shared,
    topology,
)
from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.core.ids import NodeId
from ricloop.decide.guards import GuardView, Refusal
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.books.audit import line
from ricloop.runtime.stage import Stage
from ricloop_xapps.energy_saving.xapp import EnergySaving
from ricloop_xapps.minimal.xapp import Minimal
from tests.rpc.far import Apart, FarWorld
from tests.runtime.world import World

PRB = kpm.Metric("RRU.PrbTotDl")
load = kpm.every(ms(100), PRB)
own_load = kpm.every(ms(100), PRB)
state = ccc.watch(ccc.EnergySaving)
ticks = every(ms(100))
told = shared("busy", float)


class Sleeper(XApp):
    """Asks for what it is told to, and keeps what it hears."""

    guards = (KeepCoverage(),)

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[kpm.Report] = []
        self.to_do: list[Action] = []
        self.told: list[Any] = []
        self.life: list[str] = []

    @on(load, state, topology)
    def decide(self, report: kpm.Report, states: Latest[ccc.States], plan: Latest[Topology]) -> Decision:
        self.seen.append(report)
        actions, self.to_do = self.to_do, []
        return Decision.of(actions, reason="told to")

    @on(outcomes)
    def heard(self, told: Outcomes) -> Decision:
        self.told += told
        return Decision.none()

    def node_connected(self, node: NodeId) -> None:
        self.life.append(f"+{node}")

    def node_lost(self, node: NodeId) -> None:
        self.life.append(f"-{node}")


class Urgent(Sleeper):
    priority = 10


class Patient(XApp):
    """Has all the time in the world."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    @on(ticks, deadline=ms(1000))
    def decide(self, tick: Tick) -> Decision:
        self.asked.append(tick.number)
        return Decision.none(f"tick {tick.number}")


def plain(record: dict[str, Any]) -> dict[str, Any]:
    """Without what is measured, and without numbers that another order of subscribing changes."""
    left = {
        key: value for key, value in record.items() if key not in ("loop_ms", "triggers", "id", "request", "decision")
    }
    if "controls" in left:
        left["controls"] = [control["action"] for control in left["controls"]]
    return left


def decided(world: World) -> list[dict[str, Any]]:
    """What was decided on reports."""
    return [record for record in world.decisions() if record["handler"] == "decide"]


def as_written(world: World) -> list[dict[str, Any]]:
    """The audit, as a file has it."""
    return [orjson.loads(line(record)) for record in world.audit.records]


def capacity(world: World) -> int:
    """A cell that another one covers."""
    plan = world.ric.topology
    return next(cell for cell in sorted(plan.cells) if plan.covering(cell) and plan.cells[cell].gnb == "gnb1")


# --------------------------------------------------------------------------------------------------------- the same


@pytest.mark.parametrize(
    "make",
    [
        lambda: Minimal(Minimal.settings_type(sleep_below=70.0)),
        lambda: EnergySaving(EnergySaving.settings_type(drain=False)),
        EnergySaving,
    ],
    ids=["minimal", "energy-saving without drain", "energy-saving"],
)
def test_an_xapp_decides_apart_what_it_decides_in_the_ric(make: Any) -> None:
    here = World(make(), gnb=None)
    here.step(100)
    there = FarWorld(gnb=None)
    apart = there.join(make())
    there.step(100)
    assert here.decisions()
    assert here.outcomes() or isinstance(apart.worker.app, Minimal), "its cells are never empty here"
    assert [plain(record) for record in there.decisions()] == [plain(record) for record in here.decisions()]
    assert sorted(there.outcomes()) == sorted(here.outcomes())
    assert apart.records == as_written(there)
    assert there.remotes.counts["late"] == there.remotes.counts["superseded"] == 0
    there.ric.check()


def test_it_hears_of_nodes_and_of_what_became_of_its_actions() -> None:
    app = Sleeper()
    world = FarWorld()
    world.join(app)
    world.step(2)
    cell = capacity(world)
    app.to_do = [ccc.sleep(cell), ccc.sleep(cell + 999)]
    world.step(30)
    assert app.life == ["+gnb-00101-1"]
    states = [outcome.state.value for outcome in app.told if outcome.action == ccc.sleep(cell)]
    assert states == ["sent", "acknowledged", "accepted", "effect_confirmed"]
    assert [o.state.value for o in app.told if o.action != ccc.sleep(cell)] == ["refused"]
    world.disconnect(next(iter(world.pairs)))
    world.exchange()
    assert app.life == ["+gnb-00101-1", "-gnb-00101-1"]


def test_what_a_need_holds_is_sent_once() -> None:
    world = FarWorld()
    apart = world.join(Sleeper())
    world.step(1)
    sizes = []
    for _ in range(3):
        apart.hangs = True
        world.step(1)
        sizes.append(sum(map(len, apart.line.down)))
        apart.hangs = False
        world.exchange()
    assert max(sizes) < 200, "a report alone: the topology and the states are known there"


# ------------------------------------------------------------------------------------------------- too slow, or gone


def test_one_that_hangs_is_held_at_its_deadline_and_disturbs_no_other() -> None:
    hung, other, local = Sleeper(), Urgent(), Minimal()
    world = FarWorld(local)
    apart = world.join(hung, window=2, records=False)
    world.join(other)
    world.step(3)
    apart.hangs = True
    before = len(other.seen)
    world.step(20)
    records = [r for r in world.decisions() if r["xapp"] == "sleeper"][3:]
    assert {(r["source"], r["cause"]) for r in records[:-1]} == {("hold", "late")}
    assert len(records) >= 19, "every report has its record"
    assert len(other.seen) == before + 20
    assert len([r for r in world.decisions() if r["xapp"] == "minimal"]) == 23
    session = world.remotes.find("sleeper")
    assert session is not None
    assert session.unanswered <= 3
    assert len(apart.line.down) == 2, "its credit, and no more"
    world.ric.check()
    # Awake again, it answers what it was asked: too late, and nobody acts on it.
    apart.hangs = False
    world.exchange()
    assert world.remotes.counts["late"] == 2
    seen = len(hung.seen)
    world.step(2)
    assert len(hung.seen) >= seen + 2
    assert world.decisions()[-1]["cause"] == ""


def test_while_there_is_no_credit_the_newest_waits() -> None:
    app = Patient()
    world = FarWorld()
    apart = world.join(app, window=1)
    apart.hangs = True
    world.step(6)
    assert world.remotes.counts["superseded"] == 4
    assert [r["cause"] for r in world.decisions()] == ["superseded"] * 4
    apart.hangs = False
    world.exchange()
    assert app.asked == [1, 6]
    assert [r["reason"] for r in world.decisions() if r["source"] == "handler"] == ["tick 1", "tick 6"]


def test_an_answer_after_the_deadline_is_not_acted_on() -> None:
    app = Sleeper()
    world = FarWorld()
    apart = world.join(app)
    world.step(2)
    app.to_do = [ccc.sleep(capacity(world))]
    apart.hangs = True
    world.step(1)
    # The answer is on its way when time passes.
    apart.hangs = False
    for octets in apart.line.down:
        said = apart.worker.take(octets)
        assert said is not None
        apart.line.up.append(said)
    apart.line.down.clear()
    world.clock.advance(ms(10))
    world.exchange()
    assert world.remotes.counts["late"] == 1
    assert world.decisions()[-1]["cause"] == "late"
    assert not world.outcomes()


# --------------------------------------------------------------------------------------------------------- coming back


def test_a_question_whose_answer_was_lost_is_answered_once() -> None:
    app = Patient()
    world = FarWorld()
    apart = world.join(app)
    world.step(1)
    apart.hangs = True
    world.step(1)
    for octets in apart.line.down:
        apart.worker.take(octets)
    apart.cut()
    apart.hangs = False
    apart.connect()
    world.exchange()
    assert app.asked == [1, 2], "it decided once"
    assert [r["reason"] for r in world.decisions()] == ["tick 1", "tick 2"], "and that was acted on once"
    assert world.remotes.resumed == 1


@pytest.mark.parametrize("lost", ["before it was read", "after it was read"])
def test_no_outcome_is_lost_or_told_twice_over_a_broken_stream(lost: str) -> None:
    app = Sleeper()
    world = FarWorld()
    apart = world.join(app)
    world.step(2)
    cell = capacity(world)
    app.to_do = [ccc.sleep(cell)]
    apart.hangs = True
    world.step(1)
    apart.hangs = False
    apart.deliver()
    # The answer arrives, and the outcomes that follow from it are under way when the stream breaks.
    apart.hangs = True
    world.exchange()
    assert apart.line.down
    if lost == "after it was read":
        for octets in apart.line.down:
            apart.worker.take(octets)
    apart.cut()
    world.step(4)
    apart.hangs = False
    apart.connect()
    world.step(30)
    assert [outcome.state.value for outcome in app.told] == ["sent", "acknowledged", "accepted", "effect_confirmed"]
    records = [r for r in world.audit.records if r["kind"] == "outcome"]
    assert [r for r in apart.records if r["kind"] == "outcome"] == records
    assert apart.records == as_written(world)


def test_subscriptions_outlive_a_short_absence_and_no_long_one() -> None:
    app = Sleeper()
    world = FarWorld(grace_s=2.0)
    apart = world.join(app)
    world.step(2)
    active = world.ric.subscriber.active()
    apart.cut()
    world.step(10)
    assert world.ric.subscriber.active() == active > 0
    assert world.decisions()[-1]["cause"] == "away"
    apart.connect()
    world.step(2)
    assert world.decisions()[-1]["cause"] == ""
    apart.cut()
    world.step(25)
    assert world.ric.subscriber.active() == 0
    assert not world.ric.runners
    world.ric.check()
    seen = len(app.seen)
    apart.connect()
    world.step(3)
    assert len(app.seen) > seen, "it begins anew"
    assert app.life == ["+gnb-00101-1"] * 2
    world.ric.check()


def test_a_process_that_begins_anew_takes_the_place_of_the_one_that_died() -> None:
    world = FarWorld()
    first = world.join(Sleeper())
    world.step(2)
    first.cut()
    world.far.remove(first)
    app = Sleeper()
    world.join(app)
    world.step(2)
    assert len(app.seen) == 2
    assert [runner.name for runner in world.ric.runners] == ["sleeper"]
    world.ric.check()


def test_who_comes_back_before_its_old_stream_is_known_to_be_dead_takes_over() -> None:
    app = Sleeper()
    world = FarWorld()
    apart = world.join(app)
    world.step(2)
    old, caller = apart.line, apart.caller
    apart.connect()
    world.exchange()
    assert old.closed == "taken over"
    assert caller is not None
    world.remotes.closed(caller, "the connection ended")
    world.step(2)
    assert len(app.seen) == 4
    assert world.remotes.status()["connected"] == world.remotes.resumed == 1


def test_one_that_says_goodbye_is_forgotten_at_once() -> None:
    world = FarWorld()
    apart = world.join(Sleeper())
    world.step(2)
    apart.line.up.append(apart.worker.bye())
    world.exchange()
    assert world.ric.subscriber.active() == 0
    assert world.remotes.status()["connected"] == world.remotes.status()["away"] == 0
    world.step(2)
    world.ric.check()


def test_a_stream_that_takes_no_more_is_closed_and_resumed() -> None:
    app = Sleeper()
    world = FarWorld()
    apart = world.join(app)
    world.step(2)
    apart.line.full = True
    world.step(2)
    assert apart.line.closed == "it does not read", "its record could not be sent"
    world.exchange()
    apart.connect()
    world.step(2)
    assert apart.records == as_written(world)


# ------------------------------------------------------------------------------------------------- beside each other


@pytest.mark.parametrize("apart_wins", [True, False])
def test_the_greater_priority_wins_wherever_it_runs(apart_wins: bool) -> None:
    strong, weak = Urgent(), Sleeper()
    world = FarWorld(weak if apart_wins else strong)
    world.join(strong if apart_wins else weak)
    world.step(2)
    cell = capacity(world)
    strong.to_do, weak.to_do = [ccc.sleep(cell)], [ccc.sleep(cell)]
    world.step(1)
    records = {r["xapp"]: r for r in decided(world)[-2:]}
    assert records["urgent"]["controls"]
    if not apart_wins:
        # What is apart answers later: the stronger one holds the cell by then.
        assert records["sleeper"]["refused"][0]["by"] == "arbiter"
    strong.to_do = [ccc.wake(cell)]
    weak.to_do = [ccc.wake(cell)]
    world.step(1)
    record = next(r for r in decided(world)[-2:] if r["xapp"] == "urgent")
    assert [control["action"] for control in record["controls"]] == [str(ccc.wake(cell))]


class Teller(XApp):
    @on(own_load)
    def decide(self, report: kpm.Report) -> Decision:
        return Decision.none("told").sharing(told, float(report[PRB][0]))


class Listener(XApp):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[float] = []

    @on(ticks, told, deadline=ms(50))
    def decide(self, tick: Tick, busy: Latest[float]) -> Decision:
        if busy.known:
            self.heard.append(busy.value)
        return Decision.none()


class ListensHere(Listener):
    pass


class ListensApart(Listener):
    pass


@pytest.mark.parametrize("teller_apart", [True, False])
def test_what_one_shares_reaches_the_others_wherever_they_run(teller_apart: bool) -> None:
    here, apart = ListensHere(), ListensApart()
    world = FarWorld(here) if teller_apart else FarWorld(here, Teller())
    world.join(apart)
    if teller_apart:
        world.join(Teller())
    world.step(4)
    assert here.heard
    assert here.heard == apart.heard
    assert all(type(value) is float for value in apart.heard)


# --------------------------------------------------------------------------------------------------------- guards


class Guarded(Sleeper):
    guards = (
        Cooldown(ms(5000)),
        MaxChanges(1, ms(60_000)),
        Bounds(ccc.EnergySavingControl, lambda a: a.cell % 2, 0, 0),
    )


def test_guards_are_applied_where_what_they_look_at_is() -> None:
    app = Guarded()
    world = FarWorld()
    world.join(app)
    world.step(2)
    cell = capacity(world)
    even, odd = (cell, cell + 1) if cell % 2 == 0 else (cell + 1, cell)
    app.to_do = [ccc.wake(even), ccc.wake(odd)]
    world.step(1)
    refused = {r["action"]: r["by"] for r in decided(world)[-1]["refused"]}
    assert refused[str(ccc.wake(odd))] == "Bounds"
    app.to_do = [ccc.wake(even)]
    world.step(1)
    assert decided(world)[-1]["refused"][0]["by"] == "Cooldown"


class Odd:
    def admit(self, action: Action, view: GuardView) -> Refusal | None:
        return None


class OddlyGuarded(Sleeper):
    guards = (Odd(),)


def test_a_guard_that_the_ric_has_not_got_is_an_error_where_the_xapp_starts() -> None:
    with pytest.raises(ConfigError, match="has not got the code of its guard Odd"):
        Apart(FarWorld(), OddlyGuarded()).worker.hello()


def test_the_lower_stage_holds() -> None:
    app = Sleeper()
    world = FarWorld()
    world.join(app, stage="shadow")
    world.step(2)
    app.to_do = [ccc.sleep(capacity(world))]
    world.step(2)
    assert any(r["admitted"] for r in world.decisions())
    assert not world.outcomes()
    quiet = FarWorld(stages=Stage.SHADOW)
    apart = quiet.join(Sleeper())
    quiet.step(2)
    assert quiet.decisions()[-1]["stage"] == "shadow"
    assert apart.worker.connected


# ----------------------------------------------------------------------------------------------------- who may come in


def refusal(world: FarWorld, app: XApp[Any], names: frozenset[str] | None = None) -> str:
    apart = Apart(world, app)
    world.far.append(apart)
    apart.connect(names)
    world.exchange()
    assert apart.worker.refusal is not None
    assert apart.caller is None, "its stream is closed"
    return apart.worker.refusal.reason


def test_who_is_not_who_its_certificate_says_is_refused_and_counted() -> None:
    world = FarWorld()
    assert "the certificate is that of minimal" in refusal(world, Sleeper(), frozenset({"minimal"}))
    assert "the certificate is that of nobody" in refusal(world, Sleeper(), frozenset())
    assert world.remotes.refused["name"] == 2
    assert not world.ric.runners


def test_who_is_not_on_the_list_is_refused_and_counted() -> None:
    world = FarWorld(allowed=("team-a-*", "minimal"))
    assert "none of those allowed" in refusal(world, Sleeper())
    world.join(Minimal())
    assert [runner.name for runner in world.ric.runners] == ["minimal"]
    assert world.remotes.refused["not_allowed"] == 1


def test_a_name_is_taken_once() -> None:
    world = FarWorld(Minimal())
    assert "runs in the RIC" in refusal(world, Minimal())
    world.join(Sleeper())
    assert "is connected" in refusal(world, Sleeper())
    assert world.remotes.refused["twice"] == 2
    assert world.remotes.status()["connected"] == 1


@pytest.mark.parametrize(
    "octets",
    [b"\xff\xff\xff", b"", b"\x12\x02\x08\x09", b"\x1a\x02\x08\x01", bytes(300)],
    ids=lambda octets: octets[:4].hex(),
)
@pytest.mark.parametrize("when", ["first", "later"])
def test_garbage_ends_its_stream_and_nothing_else(octets: bytes, when: str) -> None:
    world = FarWorld()
    bystander = Urgent()
    world.join(bystander)
    apart = Apart(world, Sleeper())
    world.far.append(apart)
    apart.connect()
    if when == "first":
        apart.line.up.insert(0, octets)
    else:
        world.exchange()
        apart.line.up += [octets, octets[:-1] + b"\x07"]
    world.exchange()
    world.step(3)
    assert len(bystander.seen) == 3
    world.ric.check()
    if when == "first":
        assert apart.caller is None
        assert sum(world.remotes.refused.values()) == 1


class Writer(Sleeper):
    """Answers with what no message holds."""


def test_an_answer_that_cannot_be_sent_is_an_error_of_the_xapp() -> None:
    app = Writer()
    world = FarWorld()
    world.join(app)
    world.step(2)
    app.to_do = [ccc.EnergySavingControl(1 << 70, True)]
    world.step(1)
    record = world.decisions()[-1]
    assert (record["source"], record["cause"]) == ("hold", "error")
    assert "cannot be sent" in record["error"]
    world.step(1)
    assert world.decisions()[-1]["cause"] == ""


class Failing(XApp[Settings]):
    def rule(self, report: kpm.Report) -> Decision:
        return Decision.none("by rule")

    @on(load, error=rule)
    def decide(self, report: kpm.Report) -> Decision:
        raise ValueError("broken")


def test_rules_answer_where_the_handler_is() -> None:
    world = FarWorld()
    world.join(Failing())
    world.step(2)
    record = world.decisions()[-1]
    assert (record["source"], record["cause"], record["reason"]) == ("rule", "error", "by rule")
    assert "ValueError: broken" in record["error"]
    assert world.ric.status()["handler_errors"] == 2


def test_the_end_of_a_run_answers_every_question() -> None:
    world = FarWorld()
    apart = world.join(Patient())
    apart.hangs = True
    world.step(3)
    world.ric.shutdown()
    assert [r["cause"] for r in world.decisions()] == ["the run ended"] * 3
    assert apart.line.closed == "the RIC ends"
    world.ric.check()


class Alike(Sleeper):
    pass


def test_two_that_ask_for_the_same_reports_are_given_the_same_and_one_may_go() -> None:
    first, second = Sleeper(), Alike()
    world = FarWorld()
    one = world.join(first)
    world.step(2)
    active = world.ric.subscriber.active()
    world.join(second)
    world.step(2)
    fanned = world.ric.account.fanned_out
    world.step(1)
    assert len(second.seen) == 3
    assert world.ric.subscriber.active() == active
    assert world.ric.account.fanned_out == fanned, "one report for both"
    one.line.up.append(one.worker.bye())
    world.exchange()
    world.step(2)
    assert (len(first.seen), len(second.seen)) == (5, 5)
    world.ric.check()
