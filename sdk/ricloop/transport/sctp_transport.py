"""One SCTP association: messages in and out of a socket that never blocks."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections import deque
from collections.abc import Callable

from ricloop.core.errors import TransportError
from ricloop.transport.address import Address
from ricloop.transport.base import (
    CLOSE_TIMEOUT_S,
    CLOSED_HERE,
    MAX_BUFFERED,
    MAX_PDU,
    Frame,
    Receiver,
    Transport,
    TransportClosed,
    check_size,
    new_counters,
)
from ricloop.transport.sctp_event import (
    AssociationChanged,
    Change,
    Path,
    PathChanged,
    RemoteError,
    SctpEvent,
    SendFailed,
    cause_name,
)
from ricloop.transport.sctp_reader import SctpReader
from ricloop.transport.sctp_socket import prepare, use_ppid

READS_PER_TURN = 64
"""Messages taken before the event loop gets its turn."""
COUNTED = ("unusual_ppids", "other_streams", "paths_lost", "paths_back", "remote_errors", "unsent")
RESTARTED = "the peer began anew: what it knew of this association is gone"


class SctpTransport:
    """One association, either end; one SCTP message is one PDU.

    We send on stream 0, in order. What a peer sends on others is taken as it comes, and counted. A peer that restarts
    its association (RFC 9260 5.2.4) ends this transport; `on_restart` gets a new one for the same socket. Where that
    is None the association is aborted.
    """

    def __init__(self, plain: socket.socket, ppid: int, on_restart: Callable[[Transport], None] | None = None) -> None:
        self._socket, self._loop = plain, asyncio.get_running_loop()
        self._ppid, self._on_restart = ppid, on_restart
        self._receiver: Receiver | None = None
        self._queue: deque[bytes] = deque()
        self._queued = 0
        self._reason: str | None = None
        self._over = self._detached = False
        self._closing: asyncio.TimerHandle | None = None
        self.counters = new_counters() | dict.fromkeys(COUNTED, 0)
        self._reader = SctpReader(plain, self.counters)
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
            try:
                came = self._reader.read()
            except BlockingIOError:
                return
            except TransportError as error:
                self._fail(str(error))
                return
            if isinstance(came, Frame):
                # After close() what the peer still sends is nobody's.
                if self._reason is None:
                    assert self._receiver is not None, "reading begins with start()"
                    self._receiver.frame_received(came)
            elif came is not None:
                self._note(came)
            if self._detached:
                return

    def _note(self, event: SctpEvent) -> None:
        match event:
            case AssociationChanged(change=Change.LOST | Change.CANNOT_START, cause=cause):
                self._fail(self._why_lost(cause) + self._reader.progress())
            case AssociationChanged(change=Change.RESTART):
                self._restart()
            case PathChanged(path=Path.UNREACHABLE):
                self.counters["paths_lost"] += 1
            case PathChanged(path=Path.AVAILABLE):
                self.counters["paths_back"] += 1
            case RemoteError():
                self.counters["remote_errors"] += 1
            case SendFailed():
                self.counters["unsent"] += 1

    def _why_lost(self, cause: int) -> str:
        if cause:
            return f"connection lost: the peer aborted: {cause_name(cause)}"
        failure = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return f"connection lost: {os.strerror(failure)}" if failure else "connection lost: the peer aborted"

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

    def _restart(self) -> None:
        if self._on_restart is None or self._reason is not None:
            self._fail(RESTARTED)
            return
        # Two names for one association: the old transport closes its own.
        kept = self._socket.dup()
        try:
            again = SctpTransport(kept, self._ppid, self._on_restart)
        except OSError:
            kept.close()
            self._fail(RESTARTED)
            return
        self._reason = RESTARTED
        self._queue.clear()
        self._detach()
        self._loop.call_soon(self._end)
        self._loop.call_soon(self._on_restart, again)

    def _give_up_closing(self) -> None:
        self._abort_on_close()
        self._end()

    def _abort_on_close(self) -> None:
        # Linger zero: ABORT instead of SHUTDOWN, which would wait for a peer that does not read.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _failed(self) -> bool:
        return self._reason is not None

    def _detach(self) -> None:
        self._detached = True
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
