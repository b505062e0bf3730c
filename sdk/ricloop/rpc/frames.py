"""What the loop and its front process say to each other over a socket pair: length, stream and kind, then octets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from enum import IntEnum

HEAD = struct.Struct("!IIB")


class Kind(IntEnum):
    """Of a frame. Streams count from 1; 0 is for what is of none."""

    READY = 0
    """The front serves: its port, in JSON."""
    FAILED = 1
    """It cannot: why, in UTF-8."""
    OPENED = 2
    """A stream: peer and names of its certificate, in JSON."""
    DATA = 3
    """A message, either way."""
    CLOSED = 4
    """By the other end, or at the loop's wish: why."""
    CLOSE = 5
    """The loop wants it closed: why."""
    REFUSED = 6
    """Somebody did not get as far as a stream: why, and what TLS said, in JSON."""


def frame(stream: int, kind: Kind, octets: bytes = b"") -> bytes:
    return HEAD.pack(len(octets), stream, kind) + octets


class Frames:
    """Puts frames together from what a socket gives."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, octets: bytes) -> Iterator[tuple[int, Kind, bytes]]:
        """(stream, kind, octets) of every frame that is whole now."""
        held, at = self._held, 0
        held += octets
        while len(held) - at >= HEAD.size:
            length, stream, kind = HEAD.unpack_from(held, at)
            end = at + HEAD.size + length
            if end > len(held):
                break
            yield stream, Kind(kind), bytes(held[at + HEAD.size : end])
            at = end
        del held[:at]
