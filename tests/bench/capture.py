"""How fast captures are read, in packets a second, beside a loop that only skips packets, and scapy.

The packets are KPM indications of some 300 octets over Ethernet; in the mixed capture every second packet is TCP or an
SCTP acknowledgement. scapy, where it is installed, is asked for the same payloads, without joining chunks. Times are of
this process's CPU, the best of three rounds.
"""

from __future__ import annotations

import importlib.util
import struct
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from ricloop.e2ap import encode
from ricloop.e2ap.messages import RequestId, RicIndication
from ricloop.transport.capture import read_pcap
from ricloop.transport.pcap import read_packets
from tests.bench.rows import Row, times

PACKETS = 200_000
ROUNDS = 3
SLOWER = 20
"""For one packet in so many scapy takes as long as we do for all."""
TIME_NS = 1_700_000_000_000_000_000
ETHERNET = bytes(12) + b"\x08\x00"
BODIES = [
    encode(
        RicIndication(
            request_id=RequestId(1, 1), function_id=2, action_id=1, sequence=i, header=bytes(12), message=bytes(240)
        )
    )
    for i in range(256)
]


def measure(share: float) -> Iterator[Row]:
    packets = times(PACKETS, share)
    with tempfile.TemporaryDirectory() as folder:
        for name, write, source in (
            ("clean.pcap", write_pcap, clean),
            ("clean.pcapng", write_pcapng, clean),
            ("mixed.pcap", write_pcap, mixed),
        ):
            path = Path(folder) / name
            write(path, islice(source(), packets))
            yield from _rows(path, packets)
            path.unlink()


def frame(protocol: int, payload: bytes, *ends: int) -> bytes:
    """Ethernet and IPv4 around `payload`, between hosts of these numbers."""
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
    return ETHERNET + head + b"".join(bytes((10, 0, 0, end)) for end in ends) + payload


def indication(number: int) -> bytes:
    body = BODIES[number % len(BODIES)]
    chunk = struct.pack(">BBHIHHI", 0, 3, 16 + len(body), number + 1, 0, number & 0xFFFF, 70) + body
    return frame(132, struct.pack(">HHII", 40000, 36421, 7, 0) + chunk + bytes(-len(body) % 4), 1, 2)


def clean() -> Iterator[bytes]:
    number = 0
    while True:
        yield indication(number)
        number += 1


def mixed() -> Iterator[bytes]:
    tcp = frame(6, bytes(1000), 1, 3)
    for number, packet in enumerate(clean()):
        sack = struct.pack(">HHIIBBHIIHH", 36421, 40000, 9, 0, 3, 0, 16, number, 100_000, 0, 0)
        yield from (packet, tcp if number % 2 else frame(132, sack, 2, 1))


def write_pcap(path: Path, packets: Iterator[bytes]) -> None:
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for number, packet in enumerate(packets):
            seconds, microseconds = divmod(TIME_NS // 1000 + number, 1_000_000)
            file.write(struct.pack("<IIII", seconds, microseconds, len(packet), len(packet)) + packet)


def write_pcapng(path: Path, packets: Iterator[bytes]) -> None:
    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)

    with path.open("wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        file.write(block(1, struct.pack("<HHI", 1, 0, 0)))
        for number, packet in enumerate(packets):
            time_us = TIME_NS // 1000 + number
            head = struct.pack("<IIIII", 0, time_us >> 32, time_us & 0xFFFFFFFF, len(packet), len(packet))
            file.write(block(6, head + packet))


def skipped(path: Path) -> Iterator[None]:
    """The least that reading a pcap file can be in this language: one header after the other."""
    header = struct.Struct("<8xI4x").unpack_from
    data, at = path.read_bytes(), 24
    while at < len(data):
        at += 16 + header(data, at)[0]
        yield


def with_scapy(path: Path, packets: int) -> Iterator[bytes]:
    """Payloads of DATA chunks, as scapy dissects them."""
    from scapy.layers.l2 import Ether  # noqa: F401 - scapy knows the link types whose layers are loaded
    from scapy.layers.sctp import SCTPChunkData
    from scapy.utils import PcapReader

    with PcapReader(str(path)) as reader:
        for packet in islice(reader, packets):
            yield bytes(packet[SCTPChunkData].data) if SCTPChunkData in packet else b""


def rate(read: Callable[[], Iterator[Any]], packets: int) -> float:
    """Packets of the file a second."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in read():
            pass
        took.append(time.process_time() - began)
    return packets / min(took)


def peak(read: Callable[[], Iterator[Any]]) -> int:
    """Octets that are held at once at most."""
    tracemalloc.start()
    for _ in read():
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def _rows(path: Path, packets: int) -> Iterator[Row]:
    readers: dict[str, tuple[Callable[[], Iterator[Any]], int]] = {
        "read_pcap, whole messages": (partial(read_pcap, path), packets),
        "read_packets": (partial(read_packets, path), packets),
    }
    if path.suffix == ".pcap":
        readers["loop that only skips"] = (partial(skipped, path), packets)
    if importlib.util.find_spec("scapy") is not None:
        slow = packets // SLOWER
        readers["scapy PcapReader"] = (partial(with_scapy, path, slow), slow)
    found = {name: rate(read, count) for name, (read, count) in readers.items()}
    ours = found["read_pcap, whole messages"]
    for name, each in found.items():
        yield {
            "capture": path.name,
            "reader": name,
            "packets_per_s": each,
            "mb_per_s": each * path.stat().st_size / packets / 1e6,
            "read_pcap_ratio": ours / each,
            "peak_mb": peak(partial(read_pcap, path)) / 1e6 if each is ours else None,
        }
