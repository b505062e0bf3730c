"""Whole messages and events out of an SCTP socket."""

from __future__ import annotations

import socket
import time

from ricloop.core.errors import TransportError
from ricloop.transport.base import CLOSED_THERE, MAX_PDU, Frame
from ricloop.transport.sctp_event import DeliveryAborted, SctpEvent, parse_event
from ricloop.transport.sctp_socket import IPPROTO_SCTP, MSG_EOR, MSG_NOTIFICATION, SCTP_RCVINFO

READ_SIZE = 65536
"""Octets read at a time: most messages whole, large ones in pieces."""
ANCILLARY_SIZE = 64
"""Octets: one SCTP_RCVINFO."""
USUAL_PPIDS = frozenset((0, 70, 71, 72))
"""What stacks in the field send; any other is taken too, and counted."""


class SctpReader:
    """Reads one association; counts what is unusual in `counters`."""

    def __init__(self, plain: socket.socket, counters: dict[str, int]) -> None:
        self._socket, self._counters = plain, counters
        self._buffer = memoryview(bytearray(READ_SIZE))
        self._parts: list[bytes] = []
        """Of a message that has begun to arrive."""

    def read(self) -> Frame | SctpEvent | None:
        """One read: the message that it completes, an event, or None for a piece of either.

        Raises BlockingIOError where nothing waits, TransportError with the reason where the association is over.
        """
        try:
            size, ancillary, flags, _ = self._socket.recvmsg_into([self._buffer], ANCILLARY_SIZE)
        except BlockingIOError:
            raise
        except OSError as error:
            raise TransportError(f"connection lost: {error.strerror}{self.progress()}") from error
        arrived = time.monotonic_ns()
        if not size:
            raise TransportError(CLOSED_THERE + self.progress())
        if flags & MSG_NOTIFICATION:
            event = parse_event(self._buffer[:size])
            if isinstance(event, DeliveryAborted):
                # What follows belongs to another message.
                self._parts.clear()
            return event
        self._parts.append(bytes(self._buffer[:size]))
        if not flags & MSG_EOR:
            if sum(map(len, self._parts)) > MAX_PDU:
                raise TransportError(f"the peer sends a PDU of more than {MAX_PDU} octets")
            return None
        whole = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        self._counters["frames_in"] += 1
        self._counters["octets_in"] += len(whole)
        self._note_origin(ancillary)
        return Frame(whole, arrived)

    def progress(self) -> str:
        """How much of a message had arrived, to end a sentence with; nothing between messages."""
        if not self._parts:
            return ""
        return f" in the middle of a message: {sum(map(len, self._parts))} octets had arrived"

    def _note_origin(self, ancillary: list[tuple[int, int, bytes]]) -> None:
        for level, kind, value in ancillary:
            if level == IPPROTO_SCTP and kind == SCTP_RCVINFO and len(value) >= 12:
                self._counters["other_streams"] += value[:2] != b"\0\0"
                self._counters["unusual_ppids"] += int.from_bytes(value[8:12], "big") not in USUAL_PPIDS
