"""A transport that notes what passes for a capture file: the one place where every message is seen.

Writing a message takes longer than deciding on one, so messages are noted with their time, and written a few at a time
while the loop rests.
"""

from __future__ import annotations

import asyncio
import ipaddress
import time
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from ricloop.core.errors import ConfigError
from ricloop.transport import registry
from ricloop.transport.address import Address
from ricloop.transport.around import Around
from ricloop.transport.base import E2_CP_PPID, Frame, Receiver, Transport
from ricloop.transport.capture import CaptureWriter

log = structlog.get_logger()

Endpoint = tuple[str, int]

HELD = 100_000
"""Messages that wait to be written; beyond, the newest are dropped and counted."""
AT_ONCE = 4
REST_S = 0.002


class Tap:
    """Messages on their way to a capture file. One that cannot be written any more (a full disk) ends there: nothing is
    readable behind half a message. What is not in it is counted in `dropped`."""

    def __init__(self, writer: CaptureWriter) -> None:
        self._writer = writer
        self._held: deque[tuple[bytes, Endpoint, Endpoint, int]] = deque()
        self._broken = False
        self.dropped = 0

    @classmethod
    def at(cls, path: Path) -> Tap:
        """Into a new file. Raises ConfigError where it cannot be written."""
        try:
            return cls(CaptureWriter(path))
        except OSError as error:
            raise ConfigError(f"capture file {path}: {error.strerror}") from error

    async def connect(self, address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
        """`registry.connect`, and what passes is noted."""
        return Tapped(await registry.connect(address, ppid), self)

    def note(self, data: bytes, source: Endpoint, destination: Endpoint) -> None:
        if self._broken or len(self._held) >= HELD:
            self.dropped += 1
            return
        self._held.append((data, source, destination, time.time_ns()))

    async def run(self) -> None:
        """Write for ever, a little at a time."""
        while True:
            await asyncio.sleep(REST_S)
            self._write(AT_ONCE)

    def flush(self) -> None:
        """Write everything that waits."""
        self._write(len(self._held))
        if not self._broken:
            try:
                self._writer.flush()
            except OSError as error:
                self._break(error)

    def close(self) -> None:
        self.flush()
        try:
            self._writer.close()
        except OSError as error:
            self._break(error)

    def _write(self, most: int) -> None:
        for _ in range(min(most, len(self._held))):
            data, source, destination, at = self._held.popleft()
            try:
                self._writer.write(data, source=source, destination=destination, time_ns=at)
            except OSError as error:
                self.dropped += 1
                self._break(error)
                return

    def _break(self, error: OSError) -> None:
        self.dropped += len(self._held)
        self._held.clear()
        if not self._broken:
            self._broken = True
            log.error("the capture ends here: its file cannot be written", file=self._writer.name, error=error.strerror)


class Tapped(Around):
    """Passes everything on, and notes it."""

    def __init__(self, inner: Transport, tap: Tap) -> None:
        super().__init__(inner)
        self._tap = tap
        self._here, self._there = _endpoint(inner.local), _endpoint(inner.peer)
        self._receiver: Receiver | None = None

    def start(self, receiver: Receiver) -> None:
        self._receiver = receiver
        super().start(self)

    def send(self, *pdus: bytes) -> None:
        super().send(*pdus)
        for data in pdus:
            self._tap.note(data, self._here, self._there)

    # ------------------------------------------------------------------------------------------- from the inner

    def frame_received(self, frame: Frame) -> None:
        self._tap.note(frame.data, self._there, self._here)
        if self._receiver is not None:
            self._receiver.frame_received(frame)

    def connection_lost(self, reason: str) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.connection_lost(reason)


def _endpoint(peer: str) -> Endpoint:
    where = urlsplit(peer)
    host = where.hostname or "127.0.0.1"
    try:
        ipaddress.ip_address(host)
        return host, where.port or 0
    except ValueError:
        return "127.0.0.1", 0
