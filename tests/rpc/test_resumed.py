"""xApps apart that come back: what was lost on the way, what outlives it, who takes whose place."""

from __future__ import annotations

import pytest

from ricloop.e2sm import ccc
from tests.rpc.far import FarWorld
from tests.rpc.sleepers import Patient, Sleeper, as_written, capacity


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
