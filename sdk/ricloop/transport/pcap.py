"""Packets out of capture files: pcap and pcapng, either byte order, any timestamp resolution, several interfaces.

A file is read in large pieces, and what is yielded is cut out of them: memory does not grow with the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from math import gcd
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ricloop.core.errors import ConfigError

MAX_PACKET = 1 << 20
"""Longest packet or block that is read: a corrupt length must not ask for gigabytes."""

_PIECE = 1 << 20
"""Octets asked of the file at a time."""
_NS_PER_S = 1_000_000_000
_SECTION, _INTERFACE, _PACKET, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
# First four octets of a pcap file: byte order and nanoseconds per unit of the fraction.
_PCAP_MAGIC = {
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
}
_PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
_BYTE_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
MAGICS = frozenset((*_PCAP_MAGIC, _PCAPNG_MAGIC))
"""How a capture file begins."""


class CaptureError(ConfigError):
    """A capture file that cannot be read as given."""


class Packet(NamedTuple):
    """One captured packet."""

    time_ns: int
    """Since the Unix epoch."""
    link: int
    """LINKTYPE number."""
    data: bytes


def read_packets(path: Path) -> Iterator[Packet]:
    """Every packet of a file. Raises `CaptureError` at the first octets that make no sense, OSError for no file."""
    with path.open("rb") as file:
        magic = file.read(4)
        if magic in _PCAP_MAGIC:
            yield from _read_pcap(path, file, *_PCAP_MAGIC[magic])
        elif magic == _PCAPNG_MAGIC:
            yield from _PcapngReader(path, file).packets(magic)
        else:
            raise CaptureError(f"{path}: neither pcap nor pcapng (begins with {magic.hex() or 'nothing'})")


def _read_pcap(path: Path, file: BinaryIO, order: str, unit: int) -> Iterator[Packet]:
    rest = file.read(20)
    if len(rest) != 20:
        raise CaptureError(f"{path}: ends inside the file header at octet {file.tell()}")
    # The upper bits of the link type hold the length of a frame check sequence.
    link = struct.unpack_from(order + "I", rest, 16)[0] & 0xFFFF
    header = struct.Struct(order + "IIII").unpack_from
    data, begin = b"", 24
    while piece := file.read(_PIECE):
        data += piece
        at, size = 0, len(data)
        while at + 16 <= size:
            seconds, fraction, length, _ = header(data, at)
            if length > MAX_PACKET:
                raise CaptureError(f"{path}: a packet of {length} octets at octet {begin + at}: corrupt")
            after = at + 16 + length
            if after > size:
                break
            yield Packet(seconds * _NS_PER_S + fraction * unit, link, data[at + 16 : after])
            at = after
        data, begin = data[at:], begin + at
    if data:
        what = "a packet header" if len(data) < 16 else "a packet"
        raise CaptureError(f"{path}: ends inside {what} at octet {begin + len(data)}")


class _Interface(NamedTuple):
    link: int
    numerator: int
    denominator: int
    """A unit of time is numerator/denominator nanoseconds."""
    offset_ns: int
    snap_length: int


class _PcapngReader:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._interfaces: list[_Interface] = []
        self._in_order("<")

    def packets(self, start: bytes) -> Iterator[Packet]:
        """`start`: what was read of the file already."""
        data, begin = start, 0
        while piece := self._file.read(_PIECE):
            data += piece
            at, size = 0, len(data)
            while at + 8 <= size:
                kind, length = self._head(data, at)
                shortest = 12
                if kind == _SECTION:
                    if at + 12 > size:
                        break
                    shortest = 16
                    self._section(data[at + 8 : at + 12], begin + at)
                    kind, length = self._head(data, at)
                if not shortest <= length <= MAX_PACKET or length % 4:
                    raise CaptureError(f"{self._path}: a block of {length} octets at octet {begin + at}: corrupt")
                after = at + length
                if after > size:
                    break
                if kind in self._numbers_of:
                    yield self._packet(kind, data, at + 8, after - 4, begin)
                elif kind == _INTERFACE:
                    self._interfaces.append(self._interface(data, at + 8, after - 4, begin))
                elif kind == _SIMPLE:
                    yield self._simple(data, at + 8, after - 4, begin)
                at = after
            data, begin = data[at:], begin + at
        if data:
            raise self._cut(data, begin)

    def _cut(self, data: bytes, at: int) -> CaptureError:
        if len(data) < 8:
            return CaptureError(f"{self._path}: ends inside a block header at octet {at}")
        what = "a section header" if data.startswith(_PCAPNG_MAGIC) and len(data) < 12 else "a block"
        return CaptureError(f"{self._path}: ends inside {what} at octet {at + len(data)}")

    def _section(self, magic: bytes, at: int) -> None:
        if magic not in _BYTE_ORDERS:
            raise CaptureError(f"{self._path}: unknown byte order {magic.hex()} at octet {at + 8}")
        self._in_order(_BYTE_ORDERS[magic])
        self._interfaces = []

    def _in_order(self, order: str) -> None:
        self._order = order
        self._head = struct.Struct(order + "II").unpack_from
        # The obsolete Packet Block has 16 bits of interface and 16 of drop count.
        self._numbers_of = {
            _ENHANCED: struct.Struct(order + "IIII4x").unpack_from,
            _PACKET: struct.Struct(order + "HxxIII4x").unpack_from,
        }

    # What follows reads the body of a block, data[at:end]; `begin` is the octet of the file at which `data` begins.

    def _packet(self, kind: int, data: bytes, at: int, end: int, begin: int) -> Packet:
        if at + 20 > end:
            raise self._too_early(begin + end)
        index, high, low, length = self._numbers_of[kind](data, at)
        link, numerator, denominator, offset_ns, _ = self._known(index)
        if at + 20 + length > end:
            raise self._exceeds(length, begin + end)
        time_ns = (high << 32 | low) * numerator // denominator + offset_ns
        return Packet(time_ns, link, data[at + 20 : at + 20 + length])

    def _simple(self, data: bytes, at: int, end: int, begin: int) -> Packet:
        interface = self._known(0)
        if at + 4 > end:
            raise self._too_early(begin + end)
        length = min(struct.unpack_from(self._order + "I", data, at)[0], interface.snap_length or MAX_PACKET)
        if at + 4 + length > end:
            raise self._exceeds(length, begin + end)
        return Packet(0, interface.link, data[at + 4 : at + 4 + length])

    def _interface(self, data: bytes, at: int, end: int, begin: int) -> _Interface:
        if at + 8 > end:
            raise self._too_early(begin + end)
        link, _, snap_length = struct.unpack_from(self._order + "HHI", data, at)
        units, offset_s, at = 1_000_000, 0, at + 8
        while at + 4 <= end:
            code, length = struct.unpack_from(self._order + "HH", data, at)
            if at + 4 + length > end:
                raise self._exceeds(length, begin + end)
            if code == 0:
                break
            if code == 9 and length == 1:
                exponent = data[at + 4] & 0x7F
                if exponent > 63:
                    raise CaptureError(f"{self._path}: an interface counts time in units of 10^-{exponent} s")
                units = (2 if data[at + 4] & 0x80 else 10) ** exponent
            elif code == 14 and length == 8:
                offset_s = struct.unpack_from(self._order + "q", data, at + 4)[0]
            at += 4 + length + -length % 4
        common = gcd(_NS_PER_S, units)
        return _Interface(link, _NS_PER_S // common, units // common, offset_s * _NS_PER_S, snap_length)

    def _known(self, index: int) -> _Interface:
        if index >= len(self._interfaces):
            raise CaptureError(f"{self._path}: a packet of interface {index}, of {len(self._interfaces)}")
        return self._interfaces[index]

    def _too_early(self, end: int) -> CaptureError:
        return CaptureError(f"{self._path}: a block ends too early, before octet {end + 4}")

    def _exceeds(self, length: int, end: int) -> CaptureError:
        return CaptureError(f"{self._path}: a length of {length} exceeds its block, before octet {end + 4}")
