"""From a captured packet to its SCTP DATA chunks, and to the messages that they make."""

from __future__ import annotations

import ipaddress
import struct
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from ricloop.transport.network import find_sctp
from ricloop.transport.pcap import Packet

Endpoint: TypeAlias = tuple[str, int]
"""Address and SCTP port."""

MAX_PENDING_OCTETS = 2 << 20
"""What one direction of an association keeps while it waits for the rest of a message; then the oldest go."""
MAX_ASSOCIATIONS = 128
"""Directions of associations that are followed at a time; then the one that was silent longest goes."""
_REMEMBERED = 4096
"""TSNs of an association that are known again when they are sent twice."""


class Chunk(NamedTuple):
    """One DATA chunk."""

    source: Endpoint
    destination: Endpoint
    tag: int
    tsn: int
    stream: int
    ppid: int
    first: bool
    last: bool
    data: bytes


class Message(NamedTuple):
    """The user message of one or more chunks."""

    source: Endpoint
    destination: Endpoint
    ppid: int
    data: bytes


_CHUNK = struct.Struct(">BBH").unpack_from
_DATA = struct.Struct(">IH2xI").unpack_from
_new = tuple.__new__
"""Half the time of a named tuple's own constructor."""


def chunks(packet: Packet) -> Sequence[Chunk]:
    """The DATA chunks of a packet; none where it is not SCTP or was cut. Raises `CaptureError` for its link type."""
    found = find_sctp(packet)
    if found is None:
        return ()
    data, at, end, addresses = found
    if end - at < 12:
        return ()
    ends = _ends(addresses, data[at : at + 8])
    made = []
    at += 12
    while at + 4 <= end:
        kind, flags, length = _CHUNK(data, at)
        after = at + length
        if length < 4 or after > end:
            break
        if kind == 0 and length > 16:
            tsn, stream, ppid = _DATA(data, at + 4)
            values = (*ends, tsn, stream, ppid, flags & 2 != 0, flags & 1 != 0, data[at + 16 : after])
            made.append(_new(Chunk, values))
        at = after + -length % 4
    return made


@lru_cache(maxsize=4096)
def _ends(addresses: bytes, start: bytes) -> tuple[Endpoint, Endpoint, int]:
    """Source, destination and tag, of the two addresses and the start of the SCTP packet: few, and always the same."""
    half = len(addresses) // 2
    sender, receiver = (str(ipaddress.ip_address(octets)) for octets in (addresses[:half], addresses[half:]))
    source, destination, tag = struct.unpack(">HHI", start)
    return (sender, source), (receiver, destination), tag


@dataclass(slots=True)
class _Direction:
    """What one direction of an association has sent."""

    pending: OrderedDict[int, Chunk] = field(default_factory=OrderedDict)
    octets: int = 0
    seen: OrderedDict[int, None] = field(default_factory=OrderedDict)

    def accept(self, chunk: Chunk) -> Message | None:
        source, destination, _, tsn, _, ppid, first, last, data = chunk
        seen = self.seen
        if tsn in seen:
            return None
        seen[tsn] = None
        if len(seen) > _REMEMBERED:
            seen.popitem(last=False)
        if first and last:
            return _new(Message, (source, destination, ppid, data))
        self.pending[tsn] = chunk
        self.octets += len(data)
        while self.octets > MAX_PENDING_OCTETS:
            self.octets -= len(self.pending.popitem(last=False)[1].data)
        return self._joined(chunk)

    def _joined(self, chunk: Chunk) -> Message | None:
        """The message that `chunk` completes: TSNs without a gap on one stream, from a first to a last chunk."""
        if chunk.tsn not in self.pending:
            return None
        first = last = chunk
        while not first.first:
            before = self.pending.get((first.tsn - 1) % (1 << 32))
            if before is None or before.last or before.stream != chunk.stream:
                return None
            first = before
        while not last.last:
            after = self.pending.get((last.tsn + 1) % (1 << 32))
            if after is None or after.first or after.stream != chunk.stream:
                return None
            last = after
        count = (last.tsn - first.tsn) % (1 << 32) + 1
        parts = [self.pending.pop((first.tsn + i) % (1 << 32)).data for i in range(count)]
        data = b"".join(parts)
        self.octets -= len(data)
        return Message(first.source, first.destination, first.ppid, data)


class Reassembly:
    """Joins chunks to messages, drops what is sent twice. Its memory is bounded."""

    def __init__(self) -> None:
        self._directions: OrderedDict[tuple[Endpoint, Endpoint, int], _Direction] = OrderedDict()

    def accept(self, chunk: Chunk) -> Message | None:
        """The message that this chunk completes, or None."""
        key = chunk[:3]
        direction = self._directions.get(key)
        if direction is None:
            if len(self._directions) == MAX_ASSOCIATIONS:
                self._directions.popitem(last=False)
            direction = self._directions[key] = _Direction()
        else:
            self._directions.move_to_end(key)
        return direction.accept(chunk)
