"""The demo over real sockets: one process for the RIC, one per gNB, each the command a person could run by hand."""

from __future__ import annotations

import json
import time
from typing import Any

from ricloop_xapps.children import Child, ChildError, family
from ricloop_xapps.demo.options import Pace
from ricloop_xapps.demo.plan import STATUS_EVERY_TICKS, DemoPlan, Status

STATUS_EVERY_S = 0.25
SETTLE_ROUNDS = 2000
"""Rounds of counting after which a step that does not settle is given up on."""


def run_over_sockets(plan: DemoPlan, status: Status) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The RIC's summary and one result per gNB. Raises ChildError when a process ends before its time."""
    scenario = plan.scenario
    topology = plan.run_dir / "topology.json"
    topology.write_text(json.dumps(scenario.topology(), indent=1))
    clock = "real" if plan.pace is Pace.REAL else "lockstep"
    with family() as children:
        ric = Child("the RIC", _ric_arguments(plan, clock), plan.run_dir / "ric.log")
        children.append(ric)
        address = ric.answer()["ready"]["listen"][0]
        worlds = []
        for gnb in scenario.gnbs():
            worlds.append(Child(gnb, _sim_arguments(plan, gnb, address, clock), plan.run_dir / f"{gnb}.log"))
            children.append(worlds[-1])
        for world in worlds:
            world.answer()
        if plan.pace is Pace.REAL:
            _paced(plan, ric, worlds, status)
        else:
            _stepped(plan, ric, worlds, status)
        # The RIC first: it deletes its subscriptions while the nodes are there to answer.
        summary = ric.ask("finish")["result"]
        return summary, [world.ask("finish")["result"] for world in worlds]


def _ric_arguments(plan: DemoPlan, clock: str) -> list[str]:
    arguments = [
        "ric",
        "--harness",
        "--listen",
        f"{plan.wire.value}://127.0.0.1:0",
        "--clock",
        clock,
    ]
    for xapp in plan.xapps:
        arguments += ["--xapp", xapp]
    if plan.policies is not None:
        arguments += ["--policies", str(plan.policies)]
    arguments += ["--topology", str(plan.run_dir / "topology.json")]
    arguments += ["--audit", str(plan.run_dir / "audit.jsonl")]
    if plan.pcap is not None:
        arguments += ["--pcap", str(plan.pcap.resolve())]
    if plan.settings_file:
        arguments += ["--settings", str(plan.settings_file)]
    for override in plan.overrides:
        arguments += ["--set", override]
    return arguments


def _sim_arguments(plan: DemoPlan, gnb: str, address: str, clock: str) -> list[str]:
    arguments = [
        "sim",
        "run",
        plan.scenario.name,
        "--harness",
        "--only",
        gnb,
        "--connect",
        address,
        "--seed",
        str(plan.seed),
    ]
    for surge in plan.surges:
        arguments += ["--surge", str(surge)]
    return [*arguments, "--seconds", str(plan.seconds), "--clock", clock]


def _paced(plan: DemoPlan, ric: Child, worlds: list[Child], status: Status) -> None:
    """Wall clock: the processes run by themselves; this one only looks on, and ends it in order."""
    begin = time.monotonic()
    told = False
    while (gone := time.monotonic() - begin) < plan.seconds:
        if not told and gone >= plan.seconds - plan.quiet_seconds:
            ric.ask("quiesce")
            told = True
        for world in worlds:
            world.tell("status")
        status(ric.ask("status"), [world.answer() for world in worlds], gone / plan.seconds)
        time.sleep(max(0.0, min(STATUS_EVERY_S, begin + plan.seconds - time.monotonic())))


def _stepped(plan: DemoPlan, ric: Child, worlds: list[Child], status: Status) -> None:
    """Lockstep: gNB by gNB, a tick ends when every message of it was consumed on both sides."""
    tick_us = plan.scenario.tick_us
    ticks = max(1, round(plan.seconds * 1e6 / tick_us))
    quiet_from = ticks - round(plan.quiet_seconds * 1e6 / tick_us)
    _settle(ric, worlds)
    for tick in range(1, ticks + 1):
        if tick == quiet_from:
            ric.ask("quiesce")
        ric.ask("clock", now=tick * tick_us * 1000)
        for world in worlds:
            world.ask("step")
            _settle(ric, worlds)
        if tick % STATUS_EVERY_TICKS == 0:
            status(ric.ask("status"), [world.ask("status") for world in worlds], tick / ticks)


def _settle(ric: Child, worlds: list[Child]) -> None:
    """Wait until nothing is on its way: two equal countings in a row with sent = received (Mattern 1987)."""
    before: object = None
    for _ in range(SETTLE_ROUNDS):
        mine = ric.ask("counts")
        theirs: dict[str, dict[str, int]] = {"sent": {}, "received": {}}
        for world in worlds:
            counts = world.ask("counts")
            theirs["sent"].update(counts["sent"])
            theirs["received"].update(counts["received"])
        still = mine["sent"] == theirs["received"] and mine["received"] == theirs["sent"]
        now = (mine, theirs)
        if still and now == before:
            return
        before = now
    raise ChildError(f"a step did not settle: the RIC counts {mine}, the nodes {theirs}")
