"""The demo over real sockets: one process for the RIC, one per gNB, each the command a person could run by hand."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from ricloop_e2sim.scenarios import find
from ricloop_xapps.children import Child, ChildError, family
from ricloop_xapps.demo.options import DemoOptions, Pace

Status = Callable[[dict[str, Any], list[dict[str, Any]], float], None]
"""Called a few times a second with the RIC's status, each world's status and the share of the run that is done."""

STATUS_EVERY_S = 0.25
STATUS_EVERY_TICKS = 2
SETTLE_ROUNDS = 2000
"""Rounds of counting after which a step that does not settle is given up on."""


def run_over_sockets(options: DemoOptions, status: Status) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The RIC's summary and one result per gNB. Raises ChildError when a process ends before its time."""
    scenario = find(options.scenario)
    topology = options.run_dir / "topology.json"
    topology.write_text(json.dumps(scenario.topology(), indent=1))
    clock = "real" if options.pace is Pace.REAL else "lockstep"
    with family() as children:
        ric = Child("the RIC", _ric_arguments(options, clock), options.run_dir / "ric.log")
        children.append(ric)
        address = ric.answer()["ready"]["listen"][0]
        worlds = []
        for gnb in scenario.gnbs():
            worlds.append(Child(gnb, _sim_arguments(options, gnb, address, clock), options.run_dir / f"{gnb}.log"))
            children.append(worlds[-1])
        for world in worlds:
            world.answer()
        if options.pace is Pace.REAL:
            _paced(options, ric, worlds, status)
        else:
            _stepped(options, ric, worlds, status)
        # The RIC first: it deletes its subscriptions while the nodes are there to answer.
        summary = ric.ask("finish")["result"]
        return summary, [world.ask("finish")["result"] for world in worlds]


def _ric_arguments(options: DemoOptions, clock: str) -> list[str]:
    arguments = [
        "ric",
        "--harness",
        "--listen",
        f"{options.wire.value}://127.0.0.1:0",
        "--clock",
        clock,
    ]
    for xapp in options.xapps:
        arguments += ["--xapp", xapp]
    if options.policies is not None:
        arguments += ["--policies", str(options.policies)]
    arguments += ["--topology", str(options.run_dir / "topology.json")]
    arguments += ["--audit", str(options.run_dir / "audit.jsonl")]
    if options.pcap is not None:
        arguments += ["--pcap", str(options.pcap.resolve())]
    if options.settings_file:
        arguments += ["--settings", str(options.settings_file)]
    for override in options.overrides:
        arguments += ["--set", override]
    return arguments


def _sim_arguments(options: DemoOptions, gnb: str, address: str, clock: str) -> list[str]:
    arguments = [
        "sim",
        "run",
        options.scenario,
        "--harness",
        "--only",
        gnb,
        "--connect",
        address,
        "--seed",
        str(options.seed),
    ]
    for surge in options.surges:
        arguments += ["--surge", str(surge)]
    return [*arguments, "--seconds", str(options.seconds), "--clock", clock]


def _paced(options: DemoOptions, ric: Child, worlds: list[Child], status: Status) -> None:
    """Wall clock: the processes run by themselves; this one only looks on, and ends it in order."""
    begin = time.monotonic()
    told = False
    while (gone := time.monotonic() - begin) < options.seconds:
        if not told and gone >= options.seconds - options.quiet_seconds:
            ric.ask("quiesce")
            told = True
        for world in worlds:
            world.tell("status")
        status(ric.ask("status"), [world.answer() for world in worlds], gone / options.seconds)
        time.sleep(max(0.0, min(STATUS_EVERY_S, begin + options.seconds - time.monotonic())))


def _stepped(options: DemoOptions, ric: Child, worlds: list[Child], status: Status) -> None:
    """Lockstep: gNB by gNB, a tick ends when every message of it was consumed on both sides."""
    tick_us = find(options.scenario).tick_us
    ticks = max(1, round(options.seconds * 1e6 / tick_us))
    quiet_from = ticks - round(options.quiet_seconds * 1e6 / tick_us)
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
