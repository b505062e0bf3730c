"""The demo in one process, without a network."""

from __future__ import annotations

import time
from typing import Any

from ricloop.core.time import Clock, ManualClock
from ricloop.decide.topology import Topology
from ricloop.link.clock import SystemClock
from ricloop.runtime.a1.file import PolicyFile
from ricloop.runtime.log import configure
from ricloop.runtime.process.embed import embedded_ric
from ricloop.transport.capture import CaptureWriter
from ricloop_xapps.demo.options import Pace
from ricloop_xapps.demo.plan import STATUS_EVERY_TICKS, DemoPlan, Status
from ricloop_xapps.inprocess import InProcess, step_together

_NOTHING: dict[str, Any] = {"indications": [], "controls": []}


def run_in_memory(plan: DemoPlan, status: Status) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The RIC's summary and one result per gNB."""
    configure(quiet=True)
    scenario = plan.scenario.surging(*plan.surges)
    stopwatch = SystemClock()
    clock: Clock = stopwatch if plan.pace is Pace.REAL else ManualClock()
    simulations = [scenario.simulation(plan.seed, gnb, seconds=plan.seconds) for gnb in scenario.gnbs()]
    ric = embedded_ric(
        plan.xapps,
        clock=clock,
        stopwatch=stopwatch,
        settings_file=plan.settings_file,
        overrides=plan.overrides,
        topology=Topology.of(scenario.topology(), f"scenario {scenario.name}"),
        audit=plan.run_dir / "audit.jsonl",
    )
    if plan.policies is not None:
        ric.a1.apply(PolicyFile(plan.policies).policies)
    capture = CaptureWriter(plan.pcap) if plan.pcap is not None else None
    run = InProcess(simulations, ric, stopwatch, capture)
    run.connect()
    ticks = simulations[0].ticks
    quiet_from = ticks - round(plan.quiet_seconds * 1e6 / scenario.tick_us)
    start_ns = stopwatch.now()
    for tick in range(1, ticks + 1):
        if tick == quiet_from:
            ric.quiesce()
        if isinstance(clock, ManualClock):
            step_together(run, clock, tick * scenario.tick_us * 1000)
        else:
            _step_paced(run, start_ns + tick * scenario.tick_us * 1000)
        if tick % STATUS_EVERY_TICKS == 0:
            status(ric.status(), [simulation.status() for simulation in simulations], tick / ticks)
    run.stop()
    # One journal for all nodes: it goes with the first world only.
    measured = plan.pace is Pace.REAL
    journals = [run.journal.result() if measured and not i else _NOTHING for i in range(len(simulations))]
    return ric.summary(), [s.result() | journal for s, journal in zip(simulations, journals, strict=True)]


def _step_paced(run: InProcess, instant_ns: int) -> None:
    """One tick by the wall clock: worlds first, then each node's reports at its scheduled moment."""
    for simulation in run.simulations:
        simulation.advance()
    nodes = [node for simulation in run.simulations for node in simulation.nodes]
    for node in sorted(nodes, key=lambda node: node.phase_us):
        scheduled = instant_ns + node.phase_us * 1000
        while (left := scheduled - time.monotonic_ns()) > 0:
            due = run.ric.timer_at()
            wake = scheduled if due is None else min(scheduled, due)
            time.sleep(max(0, min(left, wake - time.monotonic_ns())) / 1e9)
            run.timers(time.monotonic_ns())
        run.release(node, scheduled)
        run.exchange()
