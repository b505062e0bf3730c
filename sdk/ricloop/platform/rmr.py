"""RMR over SI95, as much as a platform needs to see that an xApp is well: health checks are answered. Octets in, octets
out; no data goes this way.

A message is a transport header (50 octets), a header (280), trace, data 1, data 2 and the payload. The layout is that
of librmr's structures on 64-bit little-endian hosts, version 3.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ricloop.core.errors import DecodeError

HEALTH_REQUEST, HEALTH_RESPONSE = 100, 101
READ, SENT = ("RIC_HEALTH_CHECK_REQ",), ("RIC_HEALTH_CHECK_RESP",)
"""What is understood and what is said, by the platform's names."""
MAX_MESSAGE = 1 << 20
"""Octets of a message, its headers among them."""
WELL = b"OK\n"
VERSION = 3
TRANSPORT, HEADER = 50, 280
LEAST = TRANSPORT + HEADER
_START = struct.Struct("<I")
"""Length from the first octet on: librmr goes by this one, though it is written in network order as well."""
_FIXED = struct.Struct(">III32s32s64s32s4x16s")
_FLAGS = struct.Struct("<I")
_REST = struct.Struct(">IIIIi64s")


@dataclass(frozen=True, slots=True)
class Message:
    """What of a message is looked at, or goes back with its answer."""

    mtype: int
    payload: bytes
    xid: bytes = bytes(32)
    meid: bytes = bytes(32)
    data1: bytes = bytes(4)
    """Its first octet tells calls of one sender apart."""
    source: bytes = b""
    """`host:port` of who sent it."""
    flags: int = 0
    trace: bytes = b""


def pack(message: Message) -> bytes:
    """Octets of a message without a subscription id."""
    source = message.source[:63]
    total = LEAST + len(message.trace) + len(message.data1) + len(message.payload)
    return b"".join(
        (
            _START.pack(total), struct.pack(">I", total), b"$", bytes(41),
            _FIXED.pack(message.mtype, len(message.payload), VERSION, message.xid, bytes(32), source, message.meid,
                        bytes(16)),
            _FLAGS.pack(message.flags),
            _REST.pack(HEADER, len(message.trace), len(message.data1), 0, -1, source),
            message.trace, message.data1, message.payload,
        )
    )  # fmt: skip


def unpack(octets: bytes) -> Message:
    """A whole message. Raises DecodeError."""
    if len(octets) < LEAST:
        raise DecodeError(f"{len(octets)} octets are no message: its headers have {LEAST}", path="RMR")
    mtype, size, version, xid, _, source, meid, _ = _FIXED.unpack_from(octets, TRANSPORT)
    if version != VERSION:
        raise DecodeError(f"version {version} of RMR's header is not read: only {VERSION} is", path="RMR.version")
    (flags,) = _FLAGS.unpack_from(octets, TRANSPORT + _FIXED.size)
    header, trace, data1, data2, _, _ = _REST.unpack_from(octets, TRANSPORT + _FIXED.size + _FLAGS.size)
    begin = TRANSPORT + header
    payload = begin + trace + data1 + data2
    if header < HEADER or payload + size > len(octets):
        raise DecodeError(
            f"headers of {header}, {trace}, {data1} and {data2} octets and a payload of {size} are not in"
            f" {len(octets)}", path="RMR.payload"
        )  # fmt: skip
    return Message(
        mtype,
        octets[payload : payload + size],
        xid,
        meid,
        octets[begin + trace : begin + trace + data1],
        source.partition(b"\0")[0],
        flags,
        octets[begin : begin + trace],
    )


class Health:
    """One connection: says that all is well to who asks."""

    def __init__(self, source: str, counts: dict[str, int]) -> None:
        """`source`: our own `host:port`. `counts`: what came is added to `answered`, `ignored` or `bad`."""
        self._source, self._counts = source.encode(), counts
        self._octets = bytearray()

    def feed(self, octets: bytes) -> bytes:
        """What to say to what came. Raises DecodeError: the connection is of no use any more."""
        self._octets += octets
        said = b""
        try:
            while (message := self._next()) is not None:
                asked = message.mtype == HEALTH_REQUEST
                self._counts["answered" if asked else "ignored"] += 1
                said += self._answer(message) if asked else b""
        except DecodeError:
            self._counts["bad"] += 1
            raise
        return said

    def _next(self) -> Message | None:
        if len(self._octets) < _START.size:
            return None
        (total,) = _START.unpack_from(self._octets)
        if not LEAST <= total <= MAX_MESSAGE:
            raise DecodeError(f"a message of {total} octets: it has {LEAST} to {MAX_MESSAGE}", path="RMR.length")
        if len(self._octets) < total:
            return None
        octets = bytes(self._octets[:total])
        del self._octets[:total]
        return unpack(octets)

    def _answer(self, asked: Message) -> bytes:
        # Without the flag of a call: this is the answer that it waits for.
        return pack(Message(HEALTH_RESPONSE, WELL, asked.xid, asked.meid, asked.data1, self._source))
