"""E2AP messages out of capture files, and into them: what a person opens in Wireshark."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from functools import lru_cache
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from ricloop.core.errors import ConfigError
from ricloop.transport.checksum import crc32c
from ricloop.transport.network import SCTP
from ricloop.transport.packets import Endpoint, Reassembly, chunks
from ricloop.transport.pcap import CaptureError, read_packets

__all__ = ["CaptureError", "CaptureWriter", "CapturedPdu", "read_pcap"]

MAX_CHUNK = 32_000
"""Octets of a message in one DATA chunk; longer messages take several packets."""
_RAW_IP = 101
_NANOSECONDS = struct.pack("<HHB3x", 9, 1, 9)
"""The option if_tsresol: times in units of 10^-9 s."""


class CapturedPdu(NamedTuple):
    """One user message of an SCTP association."""

    time_ns: int
    """Of the packet that completed it, since the Unix epoch."""
    source: Endpoint
    destination: Endpoint
    ppid: int
    data: bytes


def read_pcap(path: str | PathLike[str]) -> Iterator[CapturedPdu]:
    """Every message of a pcap or pcapng file: chunks joined, retransmissions dropped, in the order of completion.

    What was cut short by the capture, IP fragments and all that is not SCTP is passed over. Raises `CaptureError`
    for a damaged file or an unknown link type, after the messages before the damage; OSError for no file.
    """
    reassembly = Reassembly()
    for packet in read_packets(Path(path)):
        for chunk in chunks(packet):
            message = reassembly.accept(chunk)
            if message is not None:
                yield CapturedPdu(packet.time_ns, *message)


class CaptureWriter:
    """Writes messages as SCTP over IP, with the checksums and numbers a dissector wants, to a pcapng file.

    A context manager. The two ends of an association are told apart by their addresses alone.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.name = str(path)
        self._file: BinaryIO = Path(path).open("wb")  # noqa: SIM115 - closed by close()
        self._block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        self._block(1, struct.pack("<HHI", _RAW_IP, 0, 1 << 18) + _NANOSECONDS + bytes(4))
        self._tsn: dict[tuple[Endpoint, Endpoint], int] = {}
        self._ssn: dict[tuple[Endpoint, Endpoint], int] = {}

    def write(self, data: bytes, *, source: Endpoint, destination: Endpoint, time_ns: int, ppid: int = 70) -> None:
        """One message. `time_ns` is since the Unix epoch. Raises `ConfigError` for an address that is no IP address."""
        way = (source, destination)
        ssn = self._ssn.get(way, 0)
        self._ssn[way] = (ssn + 1) & 0xFFFF
        for start in range(0, max(len(data), 1), MAX_CHUNK):
            part = data[start : start + MAX_CHUNK]
            flags = (2 if start == 0 else 0) | (1 if start + MAX_CHUNK >= len(data) else 0)
            tsn = self._tsn.get(way, 1)
            self._tsn[way] = (tsn + 1) & 0xFFFFFFFF
            chunk = struct.pack(">BBHIHHI", 0, flags, 16 + len(part), tsn, 0, ssn, ppid) + part
            self._packet(chunk + bytes(-len(part) % 4), source, destination, time_ns)

    def flush(self) -> None:
        """Let other processes see what has been written."""
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> CaptureWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _packet(self, chunk: bytes, source: Endpoint, destination: Endpoint, time_ns: int) -> None:
        # The tag belongs to an association and a direction: the ports are as good a number as any.
        start = struct.pack(">HHI", source[1], destination[1], source[1] << 16 | destination[1])
        checksum = crc32c(start + bytes(4) + chunk).to_bytes(4, "little")
        packet = _ip_header(source[0], destination[0], 12 + len(chunk)) + start + checksum + chunk
        head = struct.pack("<IIIII", 0, time_ns >> 32, time_ns & 0xFFFFFFFF, len(packet), len(packet))
        self._block(6, head + packet + bytes(-len(packet) % 4))

    def _block(self, kind: int, body: bytes) -> None:
        length = struct.pack("<I", 12 + len(body))
        self._file.write(struct.pack("<I", kind) + length + body + length)


def _ip_header(source: str, destination: str, length: int) -> bytes:
    sender, receiver = _address(source), _address(destination)
    if sender.version == receiver.version == 4:
        head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + length, 0, 0x4000, 64, SCTP, 0)
        addresses = sender.packed + receiver.packed
        total = sum(struct.unpack(">10H", head + addresses))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return head[:10] + struct.pack(">H", ~total & 0xFFFF) + addresses
    six = [
        a if a.version == 6 else ipaddress.IPv6Address(b"\0" * 10 + b"\xff\xff" + a.packed) for a in (sender, receiver)
    ]
    return struct.pack(">IHBB", 6 << 28, length, SCTP, 64) + six[0].packed + six[1].packed


@lru_cache(maxsize=4096)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        raise ConfigError(f"a capture holds IP addresses, and '{text}' is none") from None
