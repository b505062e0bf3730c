"""One SCTP association: messages in and out of a socket that never blocks."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections import deque

from ricloop.transport.address import Address
from ricloop.transport.base import (
    CLOSE_TIMEOUT_S,
    CLOSED_HERE,
    CLOSED_THERE,
    MAX_BUFFERED,
    MAX_PDU,
    Frame,
    Receiver,
    TransportClosed,
    check_size,
    new_counters,
)
from ricloop.transport.sctp_socket import IPPROTO_SCTP, MSG_EOR, MSG_NOTIFICATION, SCTP_RCVINFO, prepare, use_ppid

READ_SIZE = 65536
READS_PER_TURN = 64
"""Messages taken before the event loop gets its turn."""
USUAL_PPIDS = frozenset((0, 70, 71, 72))
"""What stacks in the field send; any other is taken too, and counted."""


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
        prepare(plain, ppid)
        self._largest = min(MAX_PDU, plain.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) // 2)
        host, port = plain.getpeername()[:2]
        self.peer = str(Address("sctp", host, port))
        host, port = plain.getsockname()[:2]
        self.local = str(Address("sctp", host, port))

    def start(self, receiver: Receiver) -> None:
        if self._receiver is not None:
            raise TransportClosed(f"{self.peer} was started already")
        self._receiver = receiver
        if self._over:
            self._loop.call_soon(receiver.connection_lost, self._reason or CLOSED_HERE)
        else:
            self._loop.add_reader(self._socket.fileno(), self._readable)

    def use_ppid(self, ppid: int) -> None:
        # On an association that is over nothing is sent any more.
        with contextlib.suppress(OSError):
            use_ppid(self._socket, ppid)

    def send(self, *pdus: bytes) -> None:
        for data in pdus:
            check_size(data, self._largest)
        if self._reason is not None:
            raise TransportClosed(f"{self.peer} is gone: {self._reason}")
        # One message each: SCTP keeps their bounds.
        for data in pdus:
            self._send(data)
            if self._failed():
                return

    def _send(self, data: bytes) -> None:
        if (not self._queue and self._try(data)) or self._failed():
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
                self._closing = self._loop.call_later(CLOSE_TIMEOUT_S, self._give_up_closing)
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
        self._abort_on_close()
        self._detach()
        self._loop.call_soon(self._end)

    def _give_up_closing(self) -> None:
        self._abort_on_close()
        self._end()

    def _abort_on_close(self) -> None:
        # Linger zero: ABORT instead of SHUTDOWN, which would wait for a peer that does not read.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

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
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.connection_lost(self._reason or CLOSED_HERE)
