"""SCTP through the kernel, with nothing but the standard library's socket (RFC 6458, one-to-one style)."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from typing import TypeAlias, cast

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

IPPROTO_SCTP = 132
SCTP_NODELAY = 3
SCTP_RECVRCVINFO = 32
SCTP_DEFAULT_SNDINFO = 34
SCTP_RCVINFO = 3
MSG_EOR = 0x80
MSG_NOTIFICATION = 0x8000
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33

SOCKET_BUFFER = 2 * MAX_PDU
"""Octets asked of the kernel each way; a message must fit in the send buffer whole."""
READ_SIZE = 65536
READS_PER_TURN = 64
"""Messages taken before the event loop gets its turn."""
CONNECT_TIMEOUT_S = 5.0
ACCEPT_PAUSE_S = 1.0
BACKLOG = 128
USUAL_PPIDS = frozenset((0, 70, 71, 72))
"""What stacks in the field send; any other is taken too, and counted."""

Where: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""A socket address of IPv4 or IPv6."""


async def connect(address: Address, ppid: int = E2_CP_PPID) -> Transport:
    """Open an association. `ppid` is 70 for a gNB or CU-CP, 72 for a DU. Raises TransportError that says why not."""
    failure: OSError | None = None
    try:
        for family, where in await _resolve(address, passive=False):
            try:
                return await _connect_one(family, where, ppid)
            except OSError as error:
                failure = failure or error
    except OSError as error:
        failure = error
    assert failure is not None, "a name resolves to one address at least"
    raise cannot_connect(address, failure) from failure


async def _connect_one(family: int, where: Where, ppid: int) -> SctpTransport:
    plain = _open(family)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await asyncio.get_running_loop().sock_connect(plain, where)
        return SctpTransport(plain, ppid)
    except BaseException:
        plain.close()
        raise


async def listen(address: Address, on_transport: Callable[[Transport], None], ppid: int = E2_CP_PPID) -> SctpListener:
    """Take associations at `address`; `on_transport` gets each one and starts it. Raises TransportError."""
    plain: socket.socket | None = None
    try:
        family, where = (await _resolve(address, passive=True))[0]
        plain = _open(family)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        plain.bind(where)
        plain.listen(BACKLOG)
    except OSError as error:
        if plain is not None:
            plain.close()
        raise cannot_listen(address, error) from error
    return SctpListener(plain, address, on_transport, ppid)


class SctpListener:
    """An open SCTP port."""

    def __init__(
        self, plain: socket.socket, asked: Address, on_transport: Callable[[Transport], None], ppid: int
    ) -> None:
        self._socket, self._on_transport, self._ppid = plain, on_transport, ppid
        self._loop = asyncio.get_running_loop()
        self.address = Address(asked.scheme, asked.host, plain.getsockname()[1])
        self._reopen()

    async def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _reopen(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.add_reader(self._socket.fileno(), self._accept)

    def _accept(self) -> None:
        try:
            plain, _ = self._socket.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            # No file descriptors left, say: the door stays shut for a moment instead of spinning.
            self._loop.remove_reader(self._socket.fileno())
            self._loop.call_later(ACCEPT_PAUSE_S, self._reopen)
            return
        plain.setblocking(False)
        try:
            transport = SctpTransport(plain, self._ppid)
        except OSError:
            # Gone between its connection and our first look at it.
            plain.close()
            return
        self._on_transport(transport)


class SctpTransport:
    """One association, either end; one SCTP message is one PDU, all on stream 0."""

    def __init__(self, plain: socket.socket, ppid: int) -> None:
        self._socket, self._loop = plain, asyncio.get_running_loop()
        self._receiver: Receiver | None = None
        self._parts: list[bytes] = []
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._reason: str | None = None
        self._over = False
        self._closing: asyncio.TimerHandle | None = None
        self.counters = new_counters() | {"unusual_ppids": 0}
        _prepare(plain, ppid)
        self._largest = min(MAX_PDU, plain.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2)
        host, port = plain.getpeername()[:2]
        self.peer = str(Address("sctp", host, port))

    def start(self, receiver: Receiver) -> None:
        if self._receiver is not None:
            raise TransportClosed(f"{self.peer} was started already")
        self._receiver = receiver
        if self._over:
            self._loop.call_soon(receiver.connection_lost, self._reason or CLOSED_HERE)
        else:
            self._loop.add_reader(self._socket.fileno(), self._readable)

    def send(self, data: bytes) -> None:
        check_size(data, self._largest)
        if self._reason is not None:
            raise TransportClosed(f"{self.peer} is gone: {self._reason}")
        if not self._queue and self._try(data):
            return
        if self._failed():
            return
        if self._queued + len(data) > MAX_BUFFERED:
            self.counters["slow_peers"] += 1
            self._fail(f"the peer does not read: {self._queued} octets wait for it")
            return
        if not self._queue:
            self._loop.add_writer(self._socket.fileno(), self._writable)
        self._queue.append(data)
        self._queued += len(data)

    def close(self) -> None:
        if self._reason is None:
            self._reason = CLOSED_HERE
            if self._queue:
                self._closing = self._loop.call_later(CLOSE_TIMEOUT_S, self._end)
            else:
                self._loop.call_soon(self._end)

    # ------------------------------------------------------------------------------------------------- sending

    def _try(self, data: bytes) -> bool:
        """Hand one message to the kernel; False when it has no room, or the association is over."""
        try:
            self._socket.send(data)
        except BlockingIOError:
            return False
        except OSError as error:
            self._fail(f"connection lost: {error.strerror}")
            return False
        self.counters["frames_out"] += 1
        self.counters["octets_out"] += len(data)
        return True

    def _writable(self) -> None:
        while self._queue and self._try(self._queue[0]):
            self._queued -= len(self._queue.popleft())
        if not self._queue and not self._over:
            self._loop.remove_writer(self._socket.fileno())
            if self._reason is not None:
                self._end()

    # ------------------------------------------------------------------------------------------------ receiving

    def _readable(self) -> None:
        for _ in range(READS_PER_TURN):
            if self._over or not self._read():
                return

    def _read(self) -> bool:
        """Take one piece; False when there is none, or the association is over."""
        try:
            data, ancillary, flags, _ = self._socket.recvmsg(READ_SIZE, 64)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as error:
            self._fail(f"connection lost: {error.strerror}{self._progress()}")
            return False
        arrived = time.monotonic_ns()
        if flags & MSG_NOTIFICATION:
            return True
        if not data:
            self._fail(CLOSED_THERE + self._progress())
            return False
        self._parts.append(data)
        if not flags & MSG_EOR:
            if sum(map(len, self._parts)) > MAX_PDU:
                self._fail(f"the peer sends a PDU of more than {MAX_PDU} octets")
                return False
            return True
        whole = data if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self.counters["frames_in"] += 1
        self.counters["octets_in"] += len(whole)
        self._note_ppid(ancillary)
        if self._reason is None:
            assert self._receiver is not None, "reading begins with start()"
            self._receiver.frame_received(Frame(whole, arrived))
        return True

    def _note_ppid(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, value in ancillary:
            if level == IPPROTO_SCTP and kind == SCTP_RCVINFO and len(value) >= 12:
                self.counters["unusual_ppids"] += int.from_bytes(value[8:12], "big") not in USUAL_PPIDS

    def _progress(self) -> str:
        if not self._parts:
            return ""
        return f" in the middle of a message: {sum(map(len, self._parts))} octets had arrived"

    # ------------------------------------------------------------------------------------------------- the end

    def _fail(self, reason: str) -> None:
        """The association is over; `connection_lost` follows from the event loop."""
        if self._over:
            return
        if self._reason is None:
            self._reason = reason
        self._queue.clear()
        self._detach()
        self._loop.call_soon(self._end)

    def _failed(self) -> bool:
        return self._reason is not None

    def _detach(self) -> None:
        self._loop.remove_reader(self._socket.fileno())
        self._loop.remove_writer(self._socket.fileno())

    def _end(self) -> None:
        if self._over:
            return
        self._over = True
        if self._closing is not None:
            self._closing.cancel()
        self._detach()
        self._socket.close()
        if self._receiver is not None:
            self._receiver.connection_lost(self._reason or CLOSED_HERE)


async def _resolve(address: Address, *, passive: bool) -> list[tuple[int, Where]]:
    # Asked for TCP: resolvers know nothing of SCTP, and the addresses are the same.
    found = await asyncio.get_running_loop().getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE if passive else 0
    )
    return [(family, cast(Where, where)) for family, _, _, _, where in found]


def _open(family: int) -> socket.socket:
    plain = socket.socket(family, socket.SOCK_STREAM, IPPROTO_SCTP)
    plain.setblocking(False)
    return plain


def _prepare(plain: socket.socket, ppid: int) -> None:
    plain.setsockopt(IPPROTO_SCTP, SCTP_NODELAY, 1)
    plain.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, 1)
    # sctp_sndinfo: stream, flags, PPID in network order, context, association.
    sndinfo = struct.pack("=HH4sIi", 0, 0, ppid.to_bytes(4, "big"), 0, 0)
    plain.setsockopt(IPPROTO_SCTP, SCTP_DEFAULT_SNDINFO, sndinfo)
    for forced, ordinary in ((SO_SNDBUFFORCE, socket.SO_SNDBUF), (SO_RCVBUFFORCE, socket.SO_RCVBUF)):
        try:
            plain.setsockopt(socket.SOL_SOCKET, forced, SOCKET_BUFFER)
        except OSError as error:
            if error.errno != errno.EPERM:
                raise
            plain.setsockopt(socket.SOL_SOCKET, ordinary, SOCKET_BUFFER)
