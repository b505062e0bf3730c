"""The side process: all of a RIC that is not the loop. `python -m ricloop.runtime.side.process OPTIONS`, in JSON.

It reads the loop's ring (see `ring`): audit records go to their file as they are, snapshots to whoever asks over HTTP.
The loop never waits for it: killed, it is started again and goes on where it was; a record that it had written and not
yet ticked off is then there twice, and none is missing. It ends when its standard input does, after the last record:
a loop that is killed leaves a complete audit behind.

Signals of models go to drift detection, with river's detectors where river is installed.

On its standard output, a JSON object per line: {"ready": [HOST, PORT]} once, {"op": "nodes"} where somebody asks for
the inventory, {"error": "…"} where it cannot begin, {"lost": n} for audit records that the disk did not take,
{"drift": {…}} where a signal begins to drift or ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import orjson

from ricloop.core.affinity import step_aside
from ricloop.core.errors import RicloopError
from ricloop.runtime.books.audit import AuditFile
from ricloop.runtime.log import configure
from ricloop.runtime.models.detectors import detector
from ricloop.runtime.models.drift import DriftWatch, as_json
from ricloop.runtime.side.records import AUDIT, NODES, SIGNALS, SNAPSHOT
from ricloop.runtime.side.ring import Ring
from ricloop.runtime.side.web import Source, serve_web

POLL_S = 0.02
AT_ONCE = 2000
"""Records between two looks at who asks."""
UNREADABLE_S = 1.0
"""After so long, what lies in the ring and cannot be read is given up."""
NICENESS = 10


class Side:
    """One run of the process."""

    def __init__(self, ring: Ring, audit: Path | None, watch: DriftWatch | None = None) -> None:
        self._ring = ring
        self._watch = watch or DriftWatch()
        self._audit = AuditFile(audit) if audit is not None else None
        self._told: dict[str, Any] | None = None
        self._told_at = 0.0
        self._asked: list[asyncio.Future[bytes]] = []
        self._stuck_since: float | None = None
        self._lost = 0
        self.source = Source(
            lambda: self._told, lambda: time.monotonic() - self._told_at, self._nodes, self._watch.states
        )

    def drain(self) -> bool:
        """Deal with what is in the ring; True where there may be more."""
        for _ in range(AT_ONCE):
            record = self._ring.read()
            if record is None:
                self._look_whether_stuck()
                break
            self._stuck_since = None
            self._take(record)
            self._ring.done(record)
        if self._audit is not None and self._audit.dropped > self._lost:
            self._lost = self._audit.dropped
            say({"lost": self._lost})
        return not self._ring.empty

    def _take(self, record: bytes) -> None:
        kind, body = record[:1], record[1:]
        if kind == AUDIT:
            if self._audit is not None:
                # At once, two microseconds: what waits here is ticked off in the ring, and would die with this process.
                self._audit.add(body)
                self._audit.flush()
        elif kind == SNAPSHOT:
            self._told, self._told_at = orjson.loads(body), time.monotonic()
        elif kind == SIGNALS:
            for change in self._watch.take(*orjson.loads(body)):
                say({"drift": as_json(change)})
        elif kind == NODES:
            for future in self._asked:
                if not future.done():
                    future.set_result(body)
            self._asked.clear()

    def _look_whether_stuck(self) -> None:
        if self._ring.empty:
            self._stuck_since = None
        elif self._stuck_since is None:
            self._stuck_since = time.monotonic()
        elif time.monotonic() - self._stuck_since > UNREADABLE_S:
            say({"lost": self._ring.skip()})

    async def _nodes(self) -> bytes:
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked.append(future)
        say({"op": "nodes"})
        return await future

    async def run(self, ended: asyncio.Event) -> None:
        """Until the loop is gone and everything that it wrote is dealt with."""
        while True:
            more = self.drain()
            if not more and ended.is_set():
                break
            await asyncio.sleep(0 if more else POLL_S)
        if self._audit is not None:
            self._audit.close()


def say(message: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(orjson.dumps(message).decode() + "\n")
        sys.stdout.flush()


async def serve(options: dict[str, Any]) -> None:
    watch = DriftWatch(detector(options["detector"]))
    side = Side(Ring(options["ring"]), Path(options["audit"]) if options["audit"] else None, watch)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def heard() -> None:
        # Nothing is ever said there: that it can be read means that the loop is gone.
        if not os.read(sys.stdin.fileno(), 4096):
            ended.set()

    loop.add_reader(sys.stdin.fileno(), heard)
    server = await serve_web(side.source, options["metrics"]) if options["metrics"] else None
    say({"ready": server.sockets[0].getsockname()[:2] if server else None})
    running = asyncio.ensure_future(side.run(ended))
    await ended.wait()
    loop.remove_reader(sys.stdin.fileno())
    await running
    if server is not None:
        server.close()


if __name__ == "__main__":
    # Ctrl-C and SIGTERM are the loop's: it says when there is nothing more to write.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
        # Work that can wait: it takes no processor from whoever is at work on it.
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    configure()
    step_aside()
    try:
        asyncio.run(serve(orjson.loads(sys.argv[1])))
    except RicloopError as error:
        say({"error": str(error)})
        raise SystemExit(1) from None
