"""xApps apart beside each other and beside those in the RIC: priorities, what they share, whose guards count."""

from __future__ import annotations

import pytest

from ricloop import (
    Bounds,
    Cooldown,
    Decision,
    Latest,
    MaxChanges,
    Tick,
    XApp,
    ms,
    on,
)
from ricloop.core.actions import Action
from ricloop.core.errors import ConfigError
from ricloop.decide.guards import GuardView, Refusal
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.stage import Stage
from tests.rpc.far import Apart, FarWorld
from tests.rpc.sleepers import PRB, Sleeper, Urgent, capacity, decided, own_load, ticks, told

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
