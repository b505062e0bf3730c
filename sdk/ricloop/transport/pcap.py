"""Packets out of capture files: pcap and pcapng, either byte order, any timestamp resolution, several interfaces."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ricloop.core.errors import ConfigError

MAX_PACKET = 1 << 20
"""Longest packet or block that is read: a corrupt length must not ask for gigabytes."""

_SECTION, _INTERFACE, _PACKET, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 2, 3, 6
# First four octets of a pcap file: byte order and nanoseconds per unit of the fraction.
_PCAP_MAGIC = {
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
}
_PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
MAGICS = frozenset((*_PCAP_MAGIC, _PCAPNG_MAGIC))
"""How a capture file begins."""


class CaptureError(ConfigError):
    """A capture file that cannot be read as given."""


@dataclass(frozen=True, slots=True)
class Packet:
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
            file.seek(0)
            yield from _PcapngReader(path, file).packets()
        else:
            raise CaptureError(f"{path}: neither pcap nor pcapng (begins with {magic.hex() or 'nothing'})")


def _read(path: Path, file: BinaryIO, size: int, what: str) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise CaptureError(f"{path}: ends inside {what} at octet {file.tell()}")
    return data


def _read_pcap(path: Path, file: BinaryIO, order: str, unit: int) -> Iterator[Packet]:
    # The upper bits of the link type hold the length of a frame check sequence.
    link = struct.unpack(order + "I", _read(path, file, 20, "the file header")[16:])[0] & 0xFFFF
    header = struct.Struct(order + "IIII")
    while start := file.read(16):
        if len(start) < 16:
            raise CaptureError(f"{path}: ends inside a packet header at octet {file.tell()}")
        seconds, fraction, length, _ = header.unpack(start)
        if length > MAX_PACKET:
            raise CaptureError(f"{path}: a packet of {length} octets at octet {file.tell() - 16}: corrupt")
        data = _read(path, file, length, "a packet")
        yield Packet(seconds * 1_000_000_000 + fraction * unit, link, data)


@dataclass(frozen=True, slots=True)
class _Interface:
    link: int
    units: int
    """Per second."""
    offset_s: int
    snap_length: int


class _PcapngReader:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._order = "<"
        self._interfaces: list[_Interface] = []

    def packets(self) -> Iterator[Packet]:
        while start := self._file.read(8):
            kind, body = self._block(start)
            if kind == _INTERFACE:
                self._interfaces.append(self._interface(body))
            elif kind in (_ENHANCED, _PACKET):
                yield self._packet(kind, body)
            elif kind == _SIMPLE:
                interface = self._known(0)
                length = min(self._numbers("I", body, 0)[0], interface.snap_length or MAX_PACKET)
                yield Packet(0, interface.link, self._octets(body, 4, length))

    def _block(self, start: bytes) -> tuple[int, bytes]:
        at = self._file.tell() - 8
        if len(start) < 8:
            raise CaptureError(f"{self._path}: ends inside a block header at octet {at}")
        begun = b""
        if start[:4] == _PCAPNG_MAGIC:
            begun = _read(self._path, self._file, 4, "a section header")
            if begun not in (b"\x1a\x2b\x3c\x4d", b"\x4d\x3c\x2b\x1a"):
                raise CaptureError(f"{self._path}: unknown byte order {begun.hex()} at octet {at + 8}")
            self._order = ">" if begun[0] == 0x1A else "<"
            self._interfaces = []
        kind, length = struct.unpack(self._order + "II", start)
        if not 12 + len(begun) <= length <= MAX_PACKET or length % 4:
            raise CaptureError(f"{self._path}: a block of {length} octets at octet {at}: corrupt")
        rest = _read(self._path, self._file, length - 8 - len(begun), "a block")
        return kind, rest[:-4]

    def _interface(self, body: bytes) -> _Interface:
        link, _, snap_length = self._numbers("HHI", body, 0)
        units, offset_s, at = 1_000_000, 0, 8
        while at + 4 <= len(body):
            code, length = self._numbers("HH", body, at)
            value = self._octets(body, at + 4, length)
            if code == 0:
                break
            if code == 9 and length == 1:
                exponent = value[0] & 0x7F
                if exponent > 63:
                    raise CaptureError(f"{self._path}: an interface counts time in units of 10^-{exponent} s")
                units = (2 if value[0] & 0x80 else 10) ** exponent
            elif code == 14 and length == 8:
                offset_s = struct.unpack(self._order + "q", value)[0]
            at += 4 + length + -length % 4
        return _Interface(link, units, offset_s, snap_length)

    def _packet(self, kind: int, body: bytes) -> Packet:
        # The obsolete Packet Block has 16 bits of interface and 16 of drop count.
        layout = "IIIII" if kind == _ENHANCED else "HHIIII"
        numbers = self._numbers(layout, body, 0)
        high, low, length, _ = numbers[-4:]
        interface = self._known(numbers[0])
        time_ns = (high << 32 | low) * 1_000_000_000 // interface.units + interface.offset_s * 1_000_000_000
        return Packet(time_ns, interface.link, self._octets(body, 20, length))

    def _known(self, index: int) -> _Interface:
        if index >= len(self._interfaces):
            raise CaptureError(f"{self._path}: a packet of interface {index}, of {len(self._interfaces)}")
        return self._interfaces[index]

    def _numbers(self, layout: str, body: bytes, at: int) -> tuple[int, ...]:
        reader = struct.Struct(self._order + layout)
        if at + reader.size > len(body):
            raise CaptureError(f"{self._path}: a block ends too early, before octet {self._file.tell()}")
        return reader.unpack_from(body, at)

    def _octets(self, body: bytes, at: int, length: int) -> bytes:
        if at + length > len(body):
            raise CaptureError(
                f"{self._path}: a length of {length} exceeds its block, before octet {self._file.tell()}"
            )
        return body[at : at + length]
