"""xApps apart from their RIC, message by message: what they are asked, and what becomes of their answers."""

from __future__ import annotations

from typing import Any

import pytest

from ricloop import (
    ms,
)
from ricloop.e2sm import ccc
from ricloop_xapps.energy_saving.xapp import EnergySaving
from ricloop_xapps.minimal.xapp import Minimal
from tests.rpc.far import FarWorld
from tests.rpc.sleepers import Patient, Sleeper, Urgent, as_written, capacity, plain
from tests.runtime.world import World

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
