"""TCP: framing against a peer that is not ours, and errors that name the way out."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ricloop.core.errors import TransportError
from ricloop.testing.transport import Recorder
from ricloop.transport import tcp
from ricloop.transport.address import Address
from ricloop.transport.base import MAX_PDU, Transport
from ricloop.transport.errors import cannot_connect, cannot_listen
from ricloop.transport.registry import connect, listen
from tests.patience import PATIENCE_S

LOOPBACK = "tcp://127.0.0.1:0"


class Peer:
    """A plain socket on the other side of one of our transports."""

    def __init__(self, transport: Transport, writer: asyncio.StreamWriter) -> None:
        self.recorder = Recorder()
        self.writer = writer
        transport.start(self.recorder)

    async def until(self, there: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not there():
                self.recorder.changed.clear()
                await self.recorder.changed.wait()


def with_peer(test: Callable[[Peer], Coroutine[Any, Any, None]]) -> None:
    """Run `test` with a listener of ours and a plain client."""

    async def run() -> None:
        accepted: asyncio.Future[Transport] = asyncio.get_running_loop().create_future()
        listener = await listen(LOOPBACK, accepted.set_result)
        _, writer = await asyncio.open_connection("127.0.0.1", listener.address.port)
        transport = await accepted
        try:
            await test(Peer(transport, writer))
        finally:
            transport.close()
            writer.close()
            await writer.wait_closed()
            await listener.close()

    asyncio.run(run())


def test_pdus_are_found_however_the_stream_is_cut() -> None:
    stream = b"\x00\x00\x00\x03abc" + b"\x00\x00\x00\x01d" + b"\x00\x00\x00\x02ef"

    async def test(peer: Peer) -> None:
        for cut in range(len(stream)):
            peer.recorder.frames.clear()
            peer.writer.write(stream[:cut])
            await peer.writer.drain()
            await asyncio.sleep(0)
            peer.writer.write(stream[cut:])
            await peer.until(lambda: len(peer.recorder.frames) == 3)
            assert peer.recorder.data == [b"abc", b"d", b"ef"]

    with_peer(test)


@pytest.mark.parametrize(
    ("stream", "progress"),
    [
        (b"\x00\x00", "2 of 4 octets of its length had arrived"),
        (b"\x00\x00\x00\x0aabc", "3 of 10 octets had arrived"),
    ],
)
def test_a_peer_that_dies_in_the_middle_of_a_message_is_told_with_its_progress(stream: bytes, progress: str) -> None:
    async def test(peer: Peer) -> None:
        peer.writer.write(stream)
        peer.writer.close()
        await peer.until(lambda: bool(peer.recorder.lost))
        assert peer.recorder.lost == [f"closed by the peer in the middle of a message: {progress}"]

    with_peer(test)


@pytest.mark.parametrize("length", [0, MAX_PDU + 1, 0xFFFFFFFF])
def test_a_length_that_nobody_takes_ends_the_connection(length: int) -> None:
    async def test(peer: Peer) -> None:
        peer.writer.write(length.to_bytes(4, "big"))
        await peer.until(lambda: bool(peer.recorder.lost))
        assert peer.recorder.lost == [f"the peer announced a PDU of {length} octets: 1 to 1048576 are taken"]

    with_peer(test)


def test_nothing_listens_there() -> None:
    async def run() -> None:
        listener = await listen(LOOPBACK, lambda _: None)
        await listener.close()
        with pytest.raises(TransportError, match=f"cannot connect to {listener.address}: connection refused: nothing"):
            await connect(listener.address)

    asyncio.run(run())


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    async def run() -> None:
        listener = await listen(LOOPBACK, lambda _: None)
        try:
            with pytest.raises(TransportError, match=f"cannot listen at {listener.address}: the port is in use"):
                await listen(listener.address, lambda _: None)
        finally:
            await listener.close()

    asyncio.run(run())


def test_an_address_of_another_machine_cannot_be_listened_at() -> None:
    async def run() -> None:
        with pytest.raises(TransportError, match="this machine has no such address"):
            await listen("tcp://192.0.2.1:0", lambda _: None)

    asyncio.run(run())


def test_a_host_that_does_not_resolve_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def run() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", nowhere)
        with pytest.raises(TransportError, match=r"host 'ric\.invalid' does not resolve"):
            await tcp.connect(Address("tcp", "ric.invalid", 36421))

    asyncio.run(run())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EACCES, "Permission denied"), "ports below 1024 need privileges"),
        (OSError("Multiple exceptions: [Errno 98] in use, [Errno 98] in use"), "the port is in use"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_what_the_system_says_about_listening_is_put_into_words(error: OSError, words: str) -> None:
    assert words in str(cannot_listen(Address("tcp", "127.0.0.1", 80), error))


def test_a_peer_that_does_not_answer_is_named() -> None:
    assert "no answer" in str(cannot_connect(Address("tcp", "192.0.2.1", 80), TimeoutError()))
