"""From a captured packet down to its SCTP chunks: link layers, IP, SCTP, and the messages that DATA chunks make."""

from __future__ import annotations

import ipaddress
import struct
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from ricloop.transport.pcap import CaptureError, Packet

Endpoint: TypeAlias = tuple[str, int]
"""Address and SCTP port."""

SCTP, _UDP = 132, 17
_SCTP_OVER_UDP = 9899
"""RFC 6951."""
_ETHERNET, _NULL, _LOOP, _COOKED, _COOKED_2 = 1, 0, 108, 113, 276
_RAW = frozenset((12, 14, 101, 228, 229))
_VLAN = frozenset((0x8100, 0x88A8, 0x9100))
_EXTENSION_HEADERS = frozenset((0, 43, 60, 135))
"""IPv6: hop-by-hop, routing, destination, mobility; fragments are not joined."""

MAX_PENDING_OCTETS = 2 << 20
"""What one direction of an association keeps while it waits for the rest of a message; then the oldest go."""
MAX_ASSOCIATIONS = 128
"""Directions of associations that are followed at a time; then the one that was silent longest goes."""
_REMEMBERED = 4096
"""TSNs of an association that are known again when they are sent twice."""


@dataclass(frozen=True, slots=True)
class Chunk:
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


@dataclass(frozen=True, slots=True)
class Message:
    """The user message of one or more chunks."""

    source: Endpoint
    destination: Endpoint
    ppid: int
    data: bytes


def chunks(packet: Packet) -> Iterator[Chunk]:
    """The DATA chunks of a packet; none where it is not SCTP or was cut. Raises `CaptureError` for its link type."""
    ip = _network_layer(packet)
    if ip is None:
        return
    parsed = _transport_layer(ip)
    if parsed is None:
        return
    sender, receiver, sctp = parsed
    if len(sctp) < 12:
        return
    source_port, destination_port, tag = struct.unpack_from(">HHI", sctp)
    at = 12
    while at + 4 <= len(sctp):
        kind, flags, length = struct.unpack_from(">BBH", sctp, at)
        if length < 4 or at + length > len(sctp):
            return
        if kind == 0 and length > 16:
            tsn, stream, _, ppid = struct.unpack_from(">IHHI", sctp, at + 4)
            yield Chunk(
                source=(sender, source_port),
                destination=(receiver, destination_port),
                tag=tag,
                tsn=tsn,
                stream=stream,
                ppid=ppid,
                first=bool(flags & 2),
                last=bool(flags & 1),
                data=sctp[at + 16 : at + length],
            )
        at += length + -length % 4


def _network_layer(packet: Packet) -> bytes | None:
    """The IP packet inside, or None where there is none."""
    link, data = packet.link, packet.data
    if link in _RAW:
        return data
    if link == _ETHERNET:
        return _behind_ethertype(data, 12)
    if link in (_NULL, _LOOP):
        # The address family is in the capturing host's byte order, which nothing tells; the IP version follows.
        return data[4:]
    if link == _COOKED:
        return _behind_ethertype(data, 14)
    if link == _COOKED_2:
        return data[20:] if data[:2] in (b"\x08\x00", b"\x86\xdd") else None
    return _with_scapy(packet)


def _behind_ethertype(data: bytes, at: int) -> bytes | None:
    kind = int.from_bytes(data[at : at + 2], "big")
    while kind in _VLAN and at + 6 <= len(data):
        at += 4
        kind = int.from_bytes(data[at : at + 2], "big")
    return data[at + 2 :] if kind in (0x0800, 0x86DD) else None


def _with_scapy(packet: Packet) -> bytes | None:
    """Link types that are rare enough to leave to scapy."""
    try:
        from scapy.all import IP, IPv6, conf
    except ImportError:
        raise CaptureError(
            f'link type {packet.link} needs scapy: pip install "ricloop[capture]"; built in are Ethernet, Linux '
            "cooked, raw IP, null and loop"
        ) from None
    if packet.link not in conf.l2types.num2layer:
        raise CaptureError(f"link type {packet.link} is known neither here nor to scapy")
    frame = conf.l2types.num2layer[packet.link](packet.data)
    layer = frame.getlayer(IP) or frame.getlayer(IPv6)
    return None if layer is None else bytes(layer)


def _transport_layer(ip: bytes) -> tuple[str, str, bytes] | None:
    """Addresses and SCTP packet of an IP packet, or None."""
    if len(ip) >= 20 and ip[0] >> 4 == 4:
        header, total = 4 * (ip[0] & 15), int.from_bytes(ip[2:4], "big")
        if int.from_bytes(ip[6:8], "big") & 0x3FFF:
            return None
        addresses = str(ipaddress.IPv4Address(ip[12:16])), str(ipaddress.IPv4Address(ip[16:20]))
        # A length of 0 stands for "larger than 16 bits" where the network card cuts segments.
        protocol, payload = ip[9], ip[header : total or len(ip)]
    elif len(ip) >= 40 and ip[0] >> 4 == 6:
        protocol, at = ip[6], 40
        while protocol in _EXTENSION_HEADERS and at + 2 <= len(ip):
            protocol, at = ip[at], at + 8 + 8 * ip[at + 1]
        total = int.from_bytes(ip[4:6], "big")
        addresses = str(ipaddress.IPv6Address(ip[8:24])), str(ipaddress.IPv6Address(ip[24:40]))
        payload = ip[at : 40 + total if total else len(ip)]
    else:
        return None
    if protocol == _UDP and len(payload) >= 8 and _SCTP_OVER_UDP in struct.unpack_from(">HH", payload):
        return *addresses, payload[8:]
    return (*addresses, payload) if protocol == SCTP else None


@dataclass
class _Direction:
    """What one direction of an association has sent."""

    pending: OrderedDict[int, Chunk] = field(default_factory=OrderedDict)
    octets: int = 0
    seen: OrderedDict[int, None] = field(default_factory=OrderedDict)

    def accept(self, chunk: Chunk) -> Message | None:
        if chunk.tsn in self.seen:
            return None
        self.seen[chunk.tsn] = None
        if len(self.seen) > _REMEMBERED:
            self.seen.popitem(last=False)
        if chunk.first and chunk.last:
            return Message(chunk.source, chunk.destination, chunk.ppid, chunk.data)
        self.pending[chunk.tsn] = chunk
        self.octets += len(chunk.data)
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
        key = (chunk.source, chunk.destination, chunk.tag)
        direction = self._directions.setdefault(key, _Direction())
        self._directions.move_to_end(key)
        if len(self._directions) > MAX_ASSOCIATIONS:
            self._directions.popitem(last=False)
        return direction.accept(chunk)
