"""Driven by another process: one JSON object per line on stdin, one answer each on stdout.

    {"op": "counts"}   → {"sent": {node: n}, "received": {node: n}}   E2AP messages
    {"op": "status"}   → the last tick
    {"op": "step"}     → {"time_us": t, "done": bool}                 lockstep only: a tick, and its reports sent
    {"op": "quiesce"}  → {}
    {"op": "finish"}   → {"result": {…}}                              closes the associations; the process ends

The first line that it prints is {"ready": {"nodes": […]}}, when every node is associated. An operation that cannot be
done is answered with {"error": "…"}. SIGTERM and the end of stdin are a `finish` too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from typing import Any

from ricloop.core.errors import nearest
from ricloop.link.stdin import open_stdin
from ricloop.transport.address import Address
from ricloop_e2sim.drivers.associations import Associations
from ricloop_e2sim.drivers.driven import Driven
from ricloop_e2sim.drivers.pace import Pace

OPERATIONS = ("counts", "status", "step", "quiesce", "finish")


async def run_harness(
    simulation: Driven,
    address: str | Address,
    stop: asyncio.Event,
    *,
    lockstep: bool,
    waiting: Callable[[str], None],
) -> None:
    """Serve until `finish`, the end of stdin, or `stop`."""
    associations = Associations(
        simulation.nodes, address, waiting, faults=simulation.faults, time_us=lambda: simulation.time_us
    )
    associations.start()
    pace = Pace(simulation, associations)
    pacing: asyncio.Task[None] | None = None
    try:
        lines = await open_stdin()
        asked = asyncio.ensure_future(lines.readline())
        ready = asyncio.ensure_future(_either(associations.ready(), stop))
        # Nobody asks before we are ready: what comes earlier is the end of whoever would.
        await asyncio.wait((ready, asked), return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            stop.set()
        await ready
        if stop.is_set():
            asked.cancel()
            return
        _say({"ready": {"nodes": [node.name for node in simulation.nodes]}})
        if not lockstep:
            pacing = asyncio.ensure_future(pace.run(stop, lambda: None))
        while not stop.is_set():
            line = await _either(asked, stop)
            if not line:
                break
            operation = _operation(line)
            if operation == "finish":
                break
            _say(_answer(simulation, associations, operation, lockstep=lockstep))
            asked = asyncio.ensure_future(lines.readline())
        stop.set()
        if pacing is not None:
            await pacing
        await associations.stop()
        # Whoever ended us by closing the pipe, or by dying, does not read this.
        with contextlib.suppress(BrokenPipeError):
            _say({"result": simulation.result() | associations.journal.result() | pace.result()})
    finally:
        stop.set()
        if pacing is not None:
            await pacing
        await associations.stop()


def _answer(simulation: Driven, associations: Associations, operation: str, *, lockstep: bool) -> dict[str, Any]:
    if operation == "counts":
        counts = {node.name: node.messages() for node in simulation.nodes}
        return {way: {name: count[way] for name, count in counts.items()} for way in ("sent", "received")}
    if operation == "status":
        return simulation.status()
    if operation == "quiesce":
        return {}
    if operation == "step":
        if not lockstep:
            return {"error": "step: the wall clock moves this run; start it with --clock lockstep"}
        if not simulation.done:
            simulation.advance()
            for node in simulation.nodes:
                associations.release(node, None)
        return {"time_us": simulation.time_us, "done": simulation.done}
    return {"error": f"no operation is called {operation!r}.{nearest(operation, OPERATIONS)}"}


def _operation(line: bytes) -> str:
    try:
        message = json.loads(line)
    except ValueError:
        return line.decode(errors="replace").strip()
    return str(message.get("op")) if isinstance(message, dict) else str(message)


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def _either(work: Any, stop: asyncio.Event) -> Any:
    """The result of `work`, or None when told to stop first."""
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if task.done():
        return task.result()
    task.cancel()
    return None
