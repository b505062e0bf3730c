"""xApps that do as they are told, and what their RIC made of them: for the tests of xApps apart."""

from __future__ import annotations

from typing import Any

import orjson

from ricloop import (
    Decision,
    KeepCoverage,
    Latest,
    Outcomes,
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
from ricloop.core.ids import NodeId
from ricloop.e2sm import ccc, kpm
from ricloop.runtime.books.audit import line
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
