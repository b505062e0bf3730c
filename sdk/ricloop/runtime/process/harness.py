"""Driven by another process: one JSON object per line on stdin, one answer each on stdout.

    {"op": "counts"}           → {"sent": {node: n}, "received": {node: n}}   E2AP messages
    {"op": "status"}           → counters of now
    {"op": "clock", "now": ns} → {}             lockstep only: sets the loop's clock
    {"op": "quiesce"}          → {}             no control is sent from here on
    {"op": "finish"}           → {"result": {…}}, and the process ends

The first line that it prints is {"ready": {"listen": […]}}. In lockstep nothing is decided when a frame arrives: a turn
is taken when `counts` is asked for and nothing has come or gone since it was asked before, so that what is decided
does not depend on which socket was read first. The end of stdin is a `finish` without anyone to read it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from ricloop.core.errors import RicloopError, nearest
from ricloop.core.time import ManualClock
from ricloop.link.stdin import open_stdin
from ricloop.runtime.ric import NearRtRic

OPERATIONS = ("counts", "status", "clock", "quiesce", "finish")


class Harness:
    """Answers operations on one RIC."""

    def __init__(self, ric: NearRtRic, clock: ManualClock | None) -> None:
        """`clock` is set in lockstep only."""
        self._ric, self._clock = ric, clock
        self._before: dict[str, dict[str, int]] | None = None

    def answer(self, line: bytes) -> dict[str, Any]:
        """Everything but `finish`, which ends the process."""
        try:
            message = json.loads(line)
            operation = str(message["op"])
        except (ValueError, KeyError, TypeError):
            return {"error": f"not an operation: {line.decode(errors='replace').strip()!r}"}
        if operation == "counts":
            return self._counts()
        if operation == "status":
            return self._ric.status()
        if operation == "quiesce":
            self._ric.quiesce()
            return {}
        if operation == "clock":
            return self._set_clock(message.get("now"))
        return {"error": f"no operation is called {operation!r}.{nearest(operation, OPERATIONS)}"}

    def _counts(self) -> dict[str, dict[str, int]]:
        counts = self._ric.counts()
        if self._clock is not None and counts == self._before:
            self._ric.turn()
            self._ric.flush()
            self._ric.lifecycle.spare()
            counts = self._ric.counts()
        self._before = counts
        return counts

    def _set_clock(self, now: Any) -> dict[str, Any]:
        if self._clock is None:
            return {"error": "clock: the wall clock moves this run; start it with --clock lockstep"}
        try:
            self._clock.set(int(now))
        except (ValueError, TypeError) as error:
            return {"error": f"clock: {error}"}
        self._ric.handle_timer(self._clock.now())
        self._ric.flush()
        return {}


async def serve_harness(harness: Harness, stop: asyncio.Event) -> bool:
    """Answer until `finish` (True), the end of stdin or `stop` (False)."""
    reader = await open_stdin()
    stopped = asyncio.ensure_future(stop.wait())
    try:
        while True:
            read = asyncio.ensure_future(reader.readline())
            await asyncio.wait((read, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not read.done():
                read.cancel()
                return False
            line = read.result()
            if not line:
                return False
            if b'"finish"' in line:
                return True
            try:
                say(harness.answer(line))
            except RicloopError as error:
                say({"error": str(error)})
    finally:
        stopped.cancel()


def say(message: dict[str, Any]) -> None:
    """One line on stdout."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
