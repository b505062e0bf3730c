"""A transport that writes what passes to a capture file: the one place where every message is seen."""

from __future__ import annotations

import ipaddress
import time
from urllib.parse import urlsplit

from ricloop.transport.base import Frame, Receiver, Transport
from ricloop.transport.capture import PcapWriter

Endpoint = tuple[str, int]


class Tapped:
    """Passes everything on."""

    def __init__(self, inner: Transport, writer: PcapWriter, here: Endpoint) -> None:
        """`here` is our end's address: the one listened on."""
        self._inner, self._writer, self._here = inner, writer, here
        self._there = _endpoint(inner.peer)
        self._receiver: Receiver | None = None

    @property
    def peer(self) -> str:
        return self._inner.peer

    @property
    def counters(self) -> dict[str, int]:
        return self._inner.counters

    def start(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._inner.start(self)

    def send(self, data: bytes) -> None:
        self._inner.send(data)
        self._writer.write(data, source=self._here, destination=self._there, time_ns=time.time_ns())

    def close(self) -> None:
        self._inner.close()

    # ------------------------------------------------------------------------------------------- from the inner

    def frame_received(self, frame: Frame) -> None:
        if self._receiver is not None:
            self._receiver.frame_received(frame)
        # After the loop had it: writing is not part of its time.
        self._writer.write(frame.data, source=self._there, destination=self._here, time_ns=time.time_ns())

    def connection_lost(self, reason: str) -> None:
        if self._receiver is not None:
            self._receiver.connection_lost(reason)


def _endpoint(peer: str) -> Endpoint:
    where = urlsplit(peer)
    host = where.hostname or "127.0.0.1"
    try:
        ipaddress.ip_address(host)
        return host, where.port or 0
    except ValueError:
        return "127.0.0.1", 0
