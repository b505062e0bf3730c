"""What comes by RMR, however the stream is cut."""

from __future__ import annotations

from collections.abc import Iterator

from ricloop.platform.rmr import HEALTH_REQUEST, Health, Message, pack, unpack
from tests.fuzz.target import Target, refused


def stream(data: bytes) -> None:
    """The first octet is the length of the pieces. Each health check is answered once, by a readable message."""
    if not data:
        return
    counts = {"answered": 0, "ignored": 0, "bad": 0}
    health, said = Health("127.0.0.1:4560", counts), b""
    step = max(1, data[0], len(data) // 64)
    with refused():
        for at in range(1, len(data), step):
            said += health.feed(data[at : at + step])
    answers = 0
    while said:
        total = int.from_bytes(said[:4], "little")
        assert unpack(said[:total]).payload == b"OK\n"
        said, answers = said[total:], answers + 1
    # What one piece brought before its bad octets goes unanswered, as the connection is closed.
    assert answers == counts["answered"] or counts["bad"] == 1


def message(data: bytes) -> None:
    with refused():
        unpack(data)


def both(data: bytes) -> None:
    """A stream, and a message that is whole."""
    stream(data)
    message(data[1:])


def _seeds() -> Iterator[bytes]:
    asked = Message(HEALTH_REQUEST, b"", b"x" * 32, b"gnb".ljust(32, b"\0"), b"\1\0\0\0", b"prober:38000", 6)
    traced = Message(HEALTH_REQUEST, b"well?", trace=bytes(200))
    for step in (1, 50, 255):
        yield bytes((step,)) + pack(asked) + pack(Message(12050, bytes(40))) + pack(traced)
    yield b"\x20" + pack(asked)[:-1]


TARGETS: dict[str, Target] = {"rmr": Target("RMR's messages", both, _seeds)}
