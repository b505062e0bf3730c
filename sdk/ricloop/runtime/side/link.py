"""The loop's end of the side process: a ring that it writes, a pipe that it listens at, and a new process where one
died."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import structlog

from ricloop.core.errors import TransportError
from ricloop.runtime.books.audit import SCHEMA, AuditFile, line
from ricloop.runtime.models import detectors
from ricloop.runtime.models.signals import Record
from ricloop.runtime.side.records import AUDIT, NODES, SIGNALS, SNAPSHOT
from ricloop.runtime.side.ring import SLOTS, Ring
from ricloop.transport.address import host_and_port

log = structlog.get_logger()

BEGINS_WITHIN_S = 20.0
DRAINS_WITHIN_S = 5.0
"""How long the end of a run waits for the last audit record to be on the disk."""
AGAIN_AFTER_S = 1.0
"""Before a side process that died is started again."""
CHECK_S = 0.002


class SideLink:
    """Starts the side process and keeps it running. Also where audit records go (`Audit`)."""

    full = False
    """The side process writes what is in the ring as it comes."""

    def __init__(self, audit: Path | None, metrics: str | None, slots: int = SLOTS, *, detector: str = "auto") -> None:
        """`detector` of drift, as `detectors.detector` takes it. Raises ConfigError for a file that cannot be written,
        no HOST:PORT, or no detector."""
        detectors.detector(detector)
        if audit is not None:
            AuditFile(audit).close()
        if metrics is not None:
            host_and_port(metrics, "--metrics", "127.0.0.1:9464")
        self._options = {"audit": str(audit) if audit else None, "metrics": metrics, "detector": detector}
        self._audited = audit is not None
        self._ring = Ring.new(slots)
        self._process: subprocess.Popen[bytes] | None = None
        self._nodes: Callable[[], Any] = dict
        self._heard = b""
        self._lost, self._closed = 0, False
        self.on_drift: Callable[[dict[str, Any]], None] = lambda change: None
        """Told of a signal that begins to drift or ends it, as `drift.Change`."""
        self.on_anew: Callable[[], None] = lambda: None
        """Told that a new process began, which knows nothing of what the last one was told."""
        self.starts = 0
        self._began = time.monotonic()
        self.where: tuple[str, int] | None = None
        """Where metrics are served."""

    # ------------------------------------------------------------------------------------------------- as an audit

    def record(self, kind: str, fields: Mapping[str, Any]) -> None:
        if self._audited:
            self._ring.write(AUDIT + line({"schema": SCHEMA, "kind": kind, **fields}))

    @property
    def dropped(self) -> int:
        return self._lost if self._closed else self._ring.dropped + self._lost

    def flush(self) -> None:
        """Nothing waits here: the side process writes what is in the ring as it comes."""

    def close(self) -> None:
        """Let the side process write what is left, and end it."""
        process, self._process = self._process, None
        if process is None:
            return
        self._listen(process, False)
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(DRAINS_WITHIN_S)
        except subprocess.TimeoutExpired:
            log.error("the side process does not end", lost=not self._ring.empty)
            process.kill()
        _buried(process)
        self._lost = self.dropped
        self._ring.close()
        self._closed = True

    def settle(self) -> None:
        """Wait until every record is on the disk; `DRAINS_WITHIN_S` at the most."""
        end = time.monotonic() + DRAINS_WITHIN_S
        while not self._ring.empty and self._process is not None and time.monotonic() < end:
            time.sleep(CHECK_S)

    # ------------------------------------------------------------------------------------------------ as a process

    async def start(self, nodes: Callable[[], Any]) -> None:
        """Begin; `nodes` gives the inventory to who asks. Raises TransportError where metrics cannot be served.

        A process may take seconds to begin on a busy machine, and the loop goes on meanwhile.
        """
        self._nodes = nodes
        process = self._spawn()
        said = await asyncio.to_thread(self._first_words, process)
        if "error" in said:
            _buried(process)
            raise TransportError(said["error"])
        self.where = tuple(said["ready"]) if said["ready"] else None
        if self.where is not None:
            # The same again, should it be started anew.
            self._options["metrics"] = f"{self.where[0]}:{self.where[1]}"
        self._process = process
        self._listen(process, True)

    def tell(self, snapshot: dict[str, Any]) -> None:
        """A new snapshot for whoever asks."""
        if self._options["metrics"] is not None:
            process = {"running_s": time.monotonic() - self._began, "side_restarts": self.starts - 1}
            self._ring.write(SNAPSHOT + orjson.dumps({**snapshot, "process": process}, option=orjson.OPT_NON_STR_KEYS))

    def observe(self, handler: str, model: str, record: Record) -> None:
        """A record of a model's signals, for drift detection."""
        self._ring.write(SIGNALS + orjson.dumps((handler, model, record)))

    def _spawn(self) -> subprocess.Popen[bytes]:
        self.starts += 1
        options = orjson.dumps({**self._options, "ring": self._ring.descriptor}).decode()
        return subprocess.Popen(
            [sys.executable, "-m", "ricloop.runtime.side.process", options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            pass_fds=(self._ring.descriptor,),
            # Its own session: Ctrl-C is for the loop, which then ends it in order.
            start_new_session=True,
        )

    @staticmethod
    def _first_words(process: subprocess.Popen[bytes]) -> dict[str, Any]:
        assert process.stdout is not None
        words = process.stdout.readline()
        if not words:
            raise TransportError(f"the side process ended with status {_buried(process)} before it began")
        said: dict[str, Any] = orjson.loads(words)
        return said

    def _listen(self, process: subprocess.Popen[bytes], on: bool) -> None:
        assert process.stdout is not None
        with contextlib.suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            if on:
                loop.add_reader(process.stdout.fileno(), self._hear, process)
            else:
                loop.remove_reader(process.stdout.fileno())

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        octets = process.stdout.read(65536)
        if not octets:
            self._died(process)
            return
        *lines, self._heard = (self._heard + octets).split(b"\n")
        for words in lines:
            said = orjson.loads(words)
            if said.get("op") == "nodes":
                self._ring.write(NODES + orjson.dumps(self._nodes()))
            if "drift" in said:
                self.on_drift(said["drift"])
            self._lost += said.get("lost", 0)

    def _died(self, process: subprocess.Popen[bytes]) -> None:
        self._listen(process, False)
        self._heard = b""
        log.error("the side process died; metrics and audit wait for a new one", status=_buried(process))
        if self._process is process:
            asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self._again)

    def _again(self) -> None:
        if self._process is not None:
            # It says that it is ready when it is: the loop does not wait for it.
            self._process = self._spawn()
            self._listen(self._process, True)
            self.on_anew()


def _buried(process: subprocess.Popen[bytes]) -> int:
    """The status of a process that has ended, or is about to; nothing is left of it."""
    status = process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    return status
