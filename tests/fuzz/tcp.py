"""TCP's frames, however the stream is cut, on a connection of the loopback."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator

from ricloop.testing.transport import Recorder
from ricloop.transport.base import MAX_PDU
from ricloop.transport.tcp import PREFIX, TcpTransport
from tests.fuzz.target import Target
from tests.vectors import VECTORS

_MOST_PIECES = 64


class _Socket:
    """A live connection that framers are put on; a framer that gives its peer up costs it, and it is made again."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._transport: asyncio.Transport | None = None
        self._peer: socket.socket | None = None

    def framer(self) -> TcpTransport:
        if self._transport is None or self._transport.is_closing():
            self._loop.run_until_complete(self._open())
        assert self._transport is not None
        framer = TcpTransport()
        framer.connection_made(self._transport)
        return framer

    async def _open(self) -> None:
        if self._peer is not None:
            self._peer.close()
        with socket.create_server(("127.0.0.1", 0)) as server:
            ours = socket.create_connection(server.getsockname())
            self._peer, _ = server.accept()
        # Reset, not closed: no port waits for minutes after each of many thousands.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport, _ = await self._loop.create_connection(asyncio.Protocol, sock=ours)


_SOCKET = _Socket()


def stream(data: bytes) -> None:
    """The first octet is the length of the pieces; what is delivered is what the lengths in the stream say."""
    if not data:
        return
    step, octets = max(data[0], len(data) // _MOST_PIECES, 1), data[1:]
    expected, end = _expected(octets)
    framer, recorder = _SOCKET.framer(), Recorder()
    framer.start(recorder)
    for at in range(0, len(octets), step):
        rest = octets[at : at + step]
        while rest:
            # As an event loop does: what fits into the buffer, then that it is there.
            room = framer.get_buffer(-1)
            size = min(len(room), len(rest))
            room[:size] = rest[:size]
            framer.buffer_updated(size)
            rest = rest[size:]
    assert recorder.data == expected, f"{recorder.data!r}, not {expected!r}"
    framer.connection_lost(None)
    [reason] = recorder.lost
    assert end in reason, f"'{reason}' does not say '{end}'"


def _expected(octets: bytes) -> tuple[list[bytes], str]:
    """The PDUs, and what is said at the end."""
    found = []
    while len(octets) >= PREFIX:
        length = int.from_bytes(octets[:PREFIX], "big")
        if not 0 < length <= MAX_PDU:
            return found, f"announced a PDU of {length} octets"
        if len(octets) < PREFIX + length:
            return found, f"{len(octets) - PREFIX} of {length} octets had arrived"
        found.append(octets[PREFIX : PREFIX + length])
        octets = octets[PREFIX + length :]
    return found, f"{len(octets)} of {PREFIX} octets of its length" if octets else "closed by the peer"


def _seeds() -> Iterator[bytes]:
    pdus = [vector.octets for vector in VECTORS[:4]]
    whole = b"".join(len(octets).to_bytes(PREFIX, "big") + octets for octets in pdus)
    for step in (1, 3, 7, 255):
        yield bytes((step,)) + whole
    yield b"\x05" + whole[:-3]
    yield b"\x02" + whole + bytes(4)


TARGETS: dict[str, Target] = {"tcp": Target("TCP's frames", stream, _seeds)}
