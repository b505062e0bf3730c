"""Files from outside: captures, and whatever `ricloop decode` is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ricloop.core.errors import ConfigError
from ricloop.decode import decode_inputs, render
from ricloop.transport.capture import CaptureError, CaptureWriter, read_pcap
from tests.codec.test_capture import ETHERNET, A, B, block, enhanced, interface, pcap, section
from tests.fuzz.target import Target, refused
from tests.vectors import VECTORS

_FOLDER = TemporaryDirectory(prefix="ricloop-fuzz-")
_PATH = Path(_FOLDER.name) / "input"


def _capture(path: Path) -> None:
    with refused(CaptureError):
        for _ in read_pcap(path):
            pass


def _shown(path: Path) -> None:
    with refused(ConfigError):
        for tree in decode_inputs([path]):
            json.dumps(tree)
            render(tree)


def _file(read: Callable[[Path], Any], data: bytes) -> None:
    _PATH.write_bytes(data)
    read(_PATH)


def _written(*payloads: bytes) -> bytes:
    with CaptureWriter(_PATH) as writer:
        for payload in payloads:
            writer.write(payload, source=A, destination=B, time_ns=1_700_000_000_123_456_789)
    return _PATH.read_bytes()


def _captures() -> Iterator[bytes]:
    pdus = [vector.octets for vector in VECTORS if vector.syntax == "E2AP"]
    yield _written(*pdus[:4])
    # One packet of our writer: an IP header of 20 octets, SCTP behind it.
    ip = _written(pdus[0])[28 + 32 + 28 : -4]
    udp = ip[:9] + b"\x11" + ip[10:20] + b"\x26\xab\x26\xab\x00\x00\x00\x00" + ip[20:]
    six = b"\x60" + bytes(3) + (len(ip) - 20).to_bytes(2, "big") + b"\x84\x40" + bytes(32) + ip[20:]
    for order, nanoseconds in product("<>", (False, True)):
        yield pcap(101, [ip, udp, six, ip], order=order, nanoseconds=nanoseconds)
    for link, head in (
        (1, ETHERNET + b"\x08\x00"),
        (1, ETHERNET + b"\x81\x00\x00\x05\x08\x00"),
        (113, bytes(14) + b"\x08\x00"),
        (276, b"\x08\x00" + bytes(18)),
        (0, b"\x02\x00\x00\x00"),
    ):
        yield pcap(link, [head + ip])
    for order in "<>":
        yield section(order) + interface(order, 101, 9) + enhanced(order, 0, 10**9, ip)
        yield section(order) + interface(order, 101) + block(order, 3, len(ip).to_bytes(4, "little") + ip)


def _inputs() -> Iterator[bytes]:
    yield from _captures()
    for vector in VECTORS:
        if vector.syntax.startswith("E2AP"):
            yield vector.octets
    yield b"\n".join(vector.octets.hex().encode() for vector in VECTORS[:3])


TARGETS: dict[str, Target] = {
    "pcap": Target("captures", partial(_file, _capture), _captures),
    "decode": Target("what `ricloop decode` prints", partial(_file, _shown), _inputs),
}
