"""The nodes of a measured run, in a process of their own: `python -m ricloop_xapps.bench.nodes OPTIONS`, in JSON.

One JSON object per line on stdin, one answer each on stdout:

    {"op": "pace", "seconds": s}  → {"begun": ns, "late_reports": n}   reports leave, paced, open loop
    {"op": "echo", "seconds": s}  → {"begun": ns}                      the same octets at the same pace, to the echo
    {"op": "finish", "file": f}   → {}                                 the journal is written to f; the process ends

Every instant is of the host's CLOCK_MONOTONIC. A report leaves at its scheduled instant or, where that is past, at
once: the schedule never waits for anybody.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from ricloop.core.time import NS_PER_MS, NS_PER_S
from ricloop.link.stdin import open_stdin
from ricloop.transport.base import Frame, Transport
from ricloop.transport.registry import connect
from ricloop_e2sim.drivers.associations import Associations
from ricloop_e2sim.e2node.frames import ReadyFrame
from ricloop_xapps.bench.network import network
from ricloop_xapps.bench.pace import new_event_loop, until

LEAD_NS = 50 * NS_PER_MS
LATE_NS = NS_PER_MS
MOST_ECHOES = 100
"""Nodes that echo: `select` knows no more than 1,023 sockets."""


class Nodes:
    """All nodes, each on an association of its own."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._nodes = network(options["nodes"], options["cells"], options["seed"])
        self._period_ns = int(options["period_ms"]) * NS_PER_MS
        self._burst = options["burst"]
        self._associations = Associations(self._nodes, options["ric"], partial(print, file=sys.stderr))
        self._echo_at = options["echo"]
        self._echoes: list[Echo] = []
        self._frames: list[list[ReadyFrame]] = []
        """Of one stretch of load: per tick and node."""

    async def start(self) -> None:
        self._associations.start()
        await self._associations.ready()
        for node in self._nodes[:MOST_ECHOES]:
            self._echoes.append(Echo(node.name, await connect(self._echo_at)))

    async def stop(self) -> None:
        await self._associations.stop()
        for echo in self._echoes:
            echo.transport.close()

    async def pace(self, seconds: float) -> dict[str, Any]:
        """Reports of every node for so long."""
        late = 0
        self._make(seconds)
        begun, instants = self._schedule(seconds)
        for (scheduled, number), frames in zip(instants, self._frames, strict=True):
            await until(scheduled)
            late += time.monotonic_ns() - scheduled > LATE_NS
            node = self._nodes[number]
            node.ready = frames
            self._associations.release(node, scheduled)
        await asyncio.sleep(0.2)
        gc.collect(0)
        return {"begun": begun, "late_reports": late}

    async def echo(self, seconds: float) -> dict[str, Any]:
        """As many octets in as many frames, to a process that sends back what it gets."""
        begun, instants = self._schedule(seconds)
        frames = [[frame.data for frame in frames] for frames in self._frames[: len(self._nodes)]]
        for scheduled, number in instants:
            if number < len(self._echoes):
                await until(scheduled)
                self._echoes[number].send(frames[number], scheduled)
        await asyncio.sleep(0.2)
        return {"begun": begun}

    def write(self, path: Path) -> None:
        """The journal, and the echoes as [scheduled, received]."""
        result = self._associations.journal.result()
        result["echoes"] = [pair for echo in self._echoes for pair in echo.times]
        path.write_text(json.dumps(result))

    def _make(self, seconds: float) -> None:
        """Encode every report of so long beforehand: at its instant there is nothing left but to write it."""
        # Collections follow each other by whole periods, by the node's clock (Unix time).
        first = time.time_ns()
        self._frames = []
        for tick in range(self._ticks(seconds)):
            for node in self._nodes:
                node.walk(first + tick * self._period_ns)
                self._frames.append(node.ready)
                node.ready = []

    def _ticks(self, seconds: float) -> int:
        return max(1, int(seconds * NS_PER_S / self._period_ns + 0.5))

    def _schedule(self, seconds: float) -> tuple[int, list[tuple[int, int]]]:
        """The beginning, and (instant, node's number), in order. The nodes' phases are spread over the period, or all
        the same."""
        count, period = len(self._nodes), self._period_ns
        begun = time.monotonic_ns() + LEAD_NS
        phases = [0 if self._burst else number * period // count for number in range(count)]
        return begun, [
            (begun + tick * period + phases[n], n) for tick in range(self._ticks(seconds)) for n in range(count)
        ]


class Echo:
    """One node's connection to the echo."""

    def __init__(self, name: str, transport: Transport) -> None:
        self.transport = transport
        self.times: list[tuple[int, int]] = []
        self._waiting: list[tuple[int, int]] = []
        """(frames that are still to come back, when they were scheduled)."""
        transport.start(self)

    def send(self, frames: list[bytes], scheduled: int) -> None:
        self._waiting.append((len(frames), scheduled))
        self.transport.send(*frames)

    def frame_received(self, frame: Frame) -> None:
        left, scheduled = self._waiting[0]
        if left > 1:
            self._waiting[0] = (left - 1, scheduled)
            return
        self._waiting.pop(0)
        self.times.append((scheduled, frame.arrived))

    def connection_lost(self, reason: str) -> None:
        """What did not come back is missing in the count."""


async def serve(options: dict[str, Any]) -> None:
    nodes = Nodes(options)
    await nodes.start()
    reader = await open_stdin()
    gc.collect()
    gc.freeze()
    gc.disable()
    say({"ready": {"nodes": options["nodes"]}})
    while line := await reader.readline():
        asked = json.loads(line)
        if asked["op"] == "finish":
            nodes.write(Path(asked["file"]))
            await nodes.stop()
            say({})
            return
        say(await (nodes.pace if asked["op"] == "pace" else nodes.echo)(asked["seconds"]))


def say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serve(json.loads(sys.argv[1])))
