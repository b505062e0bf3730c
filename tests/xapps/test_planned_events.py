"""planned-events: its cells are awake from before an event to its end, against whoever would put them to sleep."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ricloop import Latest, XApp, ms, on
from ricloop.decide.decision import Decision
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.a1.policies import Instance
from ricloop.runtime.side.metrics import exposition
from ricloop.runtime.side.snapshot import snapshot
from ricloop.testing import TestLoop
from ricloop_e2sim.e2node.timing import EPOCH_NS
from ricloop_e2sim.scenarios import find
from ricloop_xapps.planned_events.plan import PlannedEvents
from ricloop_xapps.planned_events.xapp import PLANNED, KeepForEvents, load, state
from tests.rpc.far import FarWorld
from tests.runtime.world import World
from tests.sdk.cells import A, B, C

NAMES = {A: "00101-000004001", B: "00101-000004002", C: "00101-000004003"}
NEW_YEAR_S = EPOCH_NS // 1_000_000_000


def event(begin_s: float, end_s: float, *cells: int) -> dict[str, Any]:
    return {
        "name": "match",
        "cells": [NAMES[cell] for cell in cells],
        "begin": f"2026-01-01T00:00:{begin_s:09.6f}Z",
        "end": f"2026-01-01T00:00:{end_s:09.6f}Z",
    }


def loop_with(*events: dict[str, Any], asleep: tuple[int, ...] = (B, C)) -> TestLoop[KeepForEvents]:
    loop = TestLoop(KeepForEvents())
    loop.set(state, ccc.States.of({cell: cell in asleep for cell in (A, B, C)}))
    loop.set(PLANNED, PlannedEvents.model_validate({"events": list(events)}))
    return loop


def at(second: float) -> kpm.Report:
    return kpm.Report.of([A, B, C], {PRB: 1.0}, time=EPOCH_NS + round(second * 1e9))


PRB = kpm.Metric("RRU.PrbTotDl")


@pytest.mark.parametrize(("second", "woken"), [(8.9, ()), (9.0, (B,)), (15.0, (B,)), (19.99, (B,)), (20.0, ())])
def test_a_sleeping_cell_of_an_event_wakes_a_second_before_it_and_until_its_end(
    second: float, woken: tuple[int, ...]
) -> None:
    decided = loop_with(event(10, 20, A, B)).give(load, at(second))
    assert decided.admitted == tuple(map(ccc.wake, woken))


def test_its_cells_are_held_to_the_end_of_the_event() -> None:
    decided = loop_with(event(10, 20, B)).give(load, at(12.5))
    assert decided.answer.decision.hold == ms(7500)


def test_of_two_events_the_one_that_ends_first_is_first() -> None:
    loop = loop_with(event(10, 30, B), event(10, 20, C))
    assert loop.give(load, at(12)).admitted == (ccc.wake(C),)
    loop.set(state, ccc.States.of({A: False, B: True, C: False}))
    assert loop.give(load, at(12.5)).admitted == (ccc.wake(B),)


def test_without_a_plan_nothing_is_done() -> None:
    loop = TestLoop(KeepForEvents())
    loop.set(state, ccc.States.of({B: True}))
    assert not loop.give(load, at(12)).admitted


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cells": ["101"]}, "no cell like"),
        ({"cells": []}, "at least 1 item"),
        ({"end": "2026-01-01T00:00:01Z"}, "ends before it begins"),
        ({"begin": "2026-01-01T00:00:01"}, "timezone"),
        ({"begins": "now"}, "Extra inputs"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_the_reason(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        PlannedEvents.model_validate({"events": [event(10, 20, B) | change]})


class Sleeper(XApp):
    """Puts one cell to sleep, again and again."""

    @on(kpm.every(ms(100), PRB), ccc.watch(ccc.EnergySaving))
    def decide(self, report: kpm.Report, states: Latest[ccc.States]) -> Decision:
        cell = report.cells[1]
        asleep = not states.known or states.value.state_of(int(cell)) is not False
        return Decision.none() if asleep else Decision.of(ccc.sleep(int(cell)), reason="saving")


@pytest.mark.parametrize("apart", [False, True])
def test_the_arbiter_gives_it_the_cell_until_the_event_is_over(apart: bool) -> None:
    """In a whole RIC: one takes the cell from the other, holds it for the event, and lets go."""
    cell = find("three-sites").cell_id(0, 0, 1)
    world = FarWorld(Sleeper()) if apart else World(KeepForEvents(), Sleeper())
    if isinstance(world, FarWorld):
        world.join(KeepForEvents())
    plan = {"events": [event(1.0, 4.0, B) | {"cells": [str(cell)]}]}
    world.ric.a1.apply([Instance("match", "PlannedEvents", PlannedEvents.model_validate(plan).model_dump_json())])
    asleep = []
    for _ in range(60):
        world.step()
        asleep.append(world.ric.states.state_of(cell.packed))
    # Asleep before it, awake while it lasts, asleep again after it: the hold ends with the event.
    assert asleep[2]
    assert not any(asleep[11:39])
    assert asleep[-1]
    rows = list(world.ric.arbiter.conflicts.rows())
    assert {(row["winner"], row["loser"], row["resource"]) for row in rows} == {
        ("planned-events", "sleeper", f"cell {cell}")
    }
    told = exposition(snapshot(world.ric)).decode()
    assert 'ricloop_conflicts_total{loser="sleeper",winner="planned-events"}' in told
    tally = world.ric.summary()["by_xapp"]
    assert tally["planned-events"]["sent"] == 1
    # Once it took the cell, and then refused the other each time.
    assert sum(row["count"] for row in rows) == 1 + tally["sleeper"]["refused"] > 10
