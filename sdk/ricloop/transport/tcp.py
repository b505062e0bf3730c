"""TCP between ricloop's own ends: each PDU behind its length in four octets, big-endian."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from typing import cast

from ricloop.transport.address import Address
from ricloop.transport.base import (
    CLOSE_TIMEOUT_S,
    CLOSED_HERE,
    CLOSED_THERE,
    E2_CP_PPID,
    MAX_BUFFERED,
    MAX_PDU,
    Frame,
    Receiver,
    Transport,
    TransportClosed,
    check_size,
    new_counters,
)
from ricloop.transport.errors import cannot_connect, cannot_listen

PREFIX = 4
_LENGTH = struct.Struct(">I")
READ_SIZE = 1 << 16
"""Octets read at a time; more while a message longer than this arrives."""
SOCKET_BUFFER = 4 << 20
"""Octets asked of the kernel each way."""
CONNECT_TIMEOUT_S = 5.0
WATCH = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 10_000}
"""How a peer that lost power is noticed, within some 11 s: seconds of silence before the first probe, seconds between
probes, probes, and milliseconds that what was sent may stay unacknowledged. Its node could not come back before: its
id would be connected already."""


async def connect(address: Address, ppid: int = E2_CP_PPID) -> Transport:
    """Open a connection; `ppid` means nothing here. Raises TransportError that says why not."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            _, transport = await loop.create_connection(TcpTransport, address.host, address.port)
    except OSError as error:
        raise cannot_connect(address, error) from error
    return transport


async def listen(address: Address, on_transport: Callable[[Transport], None], ppid: int = E2_CP_PPID) -> TcpListener:
    """Take connections at `address`; `on_transport` gets each one and starts it. Raises TransportError."""
    loop = asyncio.get_running_loop()
    try:
        server = await loop.create_server(lambda: TcpTransport(on_transport), address.host, address.port)
    except OSError as error:
        raise cannot_listen(address, error) from error
    return TcpListener(server, address)


class TcpListener:
    """An open TCP port."""

    def __init__(self, server: asyncio.Server, asked: Address) -> None:
        self._server = server
        self.address = Address(asked.scheme, asked.host, server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._server.close()


class TcpTransport(asyncio.BufferedProtocol):
    """One connection, either end. The kernel writes into one buffer; each PDU is copied out of it once."""

    def __init__(self, on_transport: Callable[[Transport], None] | None = None) -> None:
        self._on_transport = on_transport
        self._receiver: Receiver | None = None
        self._buffer = bytearray(READ_SIZE)
        self._filled = 0
        """Octets at the buffer's start that are not whole messages yet."""
        self._reason: str | None = None
        self._lost: str | None = None
        self._closing: asyncio.TimerHandle | None = None
        self.counters = new_counters()
        self.peer = self.local = "tcp://?"

    # -------------------------------------------------------------------------------------------- as transport

    def start(self, receiver: Receiver) -> None:
        if self._receiver is not None:
            raise TransportClosed(f"{self.peer} was started already")
        self._receiver = receiver
        if self._lost is not None:
            asyncio.get_running_loop().call_soon(receiver.connection_lost, self._lost)
        else:
            self._socket.resume_reading()

    def send(self, *pdus: bytes) -> None:
        for data in pdus:
            check_size(data)
        if self._reason is not None or self._lost is not None:
            raise TransportClosed(f"{self.peer} is gone: {self._reason or self._lost}")
        framed = b"".join(part for data in pdus for part in (_LENGTH.pack(len(data)), data))
        waiting = self._socket.get_write_buffer_size()
        if waiting + len(framed) > MAX_BUFFERED:
            self.counters["slow_peers"] += 1
            self._abort(f"the peer does not read: {waiting} octets wait for it")
            return
        self.counters["frames_out"] += len(pdus)
        self.counters["octets_out"] += len(framed) - PREFIX * len(pdus)
        self._socket.write(framed)

    def use_ppid(self, ppid: int) -> None:
        """There is none here."""

    def close(self) -> None:
        if self._reason is None and self._lost is None:
            self._reason = CLOSED_HERE
            self._socket.close()
            self._closing = asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._socket.abort)

    # --------------------------------------------------------------------------------------------- from asyncio

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast(asyncio.Transport, transport)
        # Nothing is delivered before somebody takes it.
        self._socket.pause_reading()
        plain = transport.get_extra_info("socket")
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            plain.setsockopt(socket.SOL_SOCKET, buffer, SOCKET_BUFFER)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in WATCH.items():
            # Not every platform has them all; SO_KEEPALIVE alone notices too, hours later.
            if (number := getattr(socket, option, None)) is not None:
                plain.setsockopt(socket.IPPROTO_TCP, number, value)
        host, port = transport.get_extra_info("peername")[:2]
        self.peer = str(Address("tcp", host, port))
        host, port = transport.get_extra_info("sockname")[:2]
        self.local = str(Address("tcp", host, port))
        if self._on_transport is not None:
            self._on_transport(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(self._buffer)[self._filled :]

    def buffer_updated(self, size: int) -> None:
        if self._reason is not None:
            # After the end, what still comes is nobody's.
            return
        arrived, end = time.monotonic_ns(), self._filled + size
        # One copy of all, then slices of it: half as many objects as a view and a copy for each PDU.
        data, at, needed = bytes(memoryview(self._buffer)[:end]), 0, READ_SIZE
        while end - at >= PREFIX and self._reason is None:
            length = int.from_bytes(data[at : at + PREFIX], "big")
            if not 0 < length <= MAX_PDU:
                self._abort(f"the peer announced a PDU of {length} octets: 1 to {MAX_PDU} are taken")
                return
            after = at + PREFIX + length
            if after > end:
                needed = max(needed, after - at)
                break
            self._deliver(data[at + PREFIX : after], arrived)
            at = after
        self._keep(data[at:], needed)

    def _keep(self, rest: bytes, needed: int) -> None:
        """Put what is left where the next read goes on from, in a buffer that holds the message it begins."""
        if needed != len(self._buffer):
            # Not resized: whoever reads may still hold a view.
            self._buffer = bytearray(needed)
        self._buffer[: len(rest)] = rest
        self._filled = len(rest)

    def connection_lost(self, error: Exception | None) -> None:
        reason = self._reason or (CLOSED_THERE if error is None else f"connection lost: {error}")
        if self._reason is None and self._filled:
            reason = f"{reason} in the middle of a message: {self._progress()}"
        self._lost = reason
        if self._closing is not None:
            self._closing.cancel()
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.connection_lost(reason)

    # -------------------------------------------------------------------------------------------------- helpers

    def _deliver(self, data: bytes, arrived: int) -> None:
        self.counters["frames_in"] += 1
        self.counters["octets_in"] += len(data)
        assert self._receiver is not None, "reading is paused until start()"
        self._receiver.frame_received(Frame(data, arrived))

    def _progress(self) -> str:
        if self._filled < PREFIX:
            return f"{self._filled} of {PREFIX} octets of its length had arrived"
        return f"{self._filled - PREFIX} of {_LENGTH.unpack_from(self._buffer)[0]} octets had arrived"

    def _abort(self, reason: str) -> None:
        if self._reason is None:
            self._reason = reason
            self._socket.abort()
