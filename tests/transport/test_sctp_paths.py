"""Peers with several addresses, and peers that vanish: on a kernel with SCTP whose network is ours to break.

`test_sctp_uml.py` runs this file there, as root.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from ricloop.core.errors import TransportError
from ricloop.testing.transport import Recorder
from ricloop.transport import sctp_socket
from ricloop.transport.base import Transport
from ricloop.transport.registry import connect, listen
from ricloop.transport.sctp_transport import RESTARTED
from tests.patience import PATIENCE_S
from tests.transport.test_sctp import until, with_sctp

PATHS = ("10.77.0.1", "10.77.1.1")
pytestmark = [
    with_sctp,
    pytest.mark.skipif(
        os.environ.get("RICLOOP_OWN_NETWORK") != "1", reason="breaks the network: RICLOOP_OWN_NETWORK=1"
    ),
]


def has(address: str) -> None:
    subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True, capture_output=True)


def cut(address: str, check: bool = True) -> None:
    subprocess.run(["ip", "address", "del", f"{address}/32", "dev", "lo"], check=check, capture_output=True)


@asynccontextmanager
async def addresses(*given: str) -> AsyncIterator[None]:
    """Addresses of this machine, for as long as it takes."""
    for address in given:
        has(address)
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield
    finally:
        for address in given:
            cut(address, check=False)


class Door:
    """A listener, and a recorder for everyone who comes in."""

    def __init__(self) -> None:
        self.came: list[tuple[Transport, Recorder]] = []
        self.knocked = asyncio.Event()

    def __call__(self, transport: Transport) -> None:
        recorder = Recorder()
        self.came.append((transport, recorder))
        transport.start(recorder)
        self.knocked.set()

    async def visitor(self, number: int) -> tuple[Transport, Recorder]:
        while len(self.came) <= number:
            self.knocked.clear()
            await self.knocked.wait()
        return self.came[number]


async def counted(transport: Transport, name: str, recorder: Recorder, tick: Callable[[], None]) -> None:
    """Until a counter is not 0: `tick` sends something that `recorder` gets."""
    while not transport.counters[name]:
        before = len(recorder.frames)
        tick()
        await until(recorder, lambda before=before: len(recorder.frames) > before or bool(recorder.lost))  # type: ignore[misc]
        assert not recorder.lost


def test_a_node_with_two_paths_keeps_its_association_when_one_is_cut() -> None:
    async def run() -> None:
        async with addresses(*PATHS):
            door = Door()
            listener = await listen(f"sctp://{','.join(PATHS)}:0", door)
            ours = await connect(listener.address)
            recorder = Recorder()
            ours.start(recorder)
            theirs, heard = await door.visitor(0)
            ours.send(b"over the first path")
            await until(heard, lambda: len(heard.frames) == 1)
            cut(PATHS[0])
            for number in range(20):
                ours.send(b"%d" % number)
                theirs.send(b"%d" % number)
            await until(heard, lambda: len(heard.frames) == 21)
            await until(recorder, lambda: len(recorder.frames) == 20)
            assert heard.data[1:] == recorder.data == [b"%d" % number for number in range(20)]
            await counted(ours, "paths_lost", heard, lambda: ours.send(b"is it gone?"))
            assert not heard.lost
            assert not recorder.lost
            ours.close()
            await until(heard, lambda: bool(heard.lost))
            await listener.close()

    asyncio.run(run())


def test_a_peer_that_lost_power_is_given_up_and_named_on_both_sides() -> None:
    async def run() -> None:
        async with addresses(PATHS[0]):
            door = Door()
            listener = await listen(f"sctp://{PATHS[0]}:0", door)
            ours = await connect(listener.address)
            recorder = Recorder()
            ours.start(recorder)
            _, heard = await door.visitor(0)
            cut(PATHS[0])
            await until(heard, lambda: bool(heard.lost))
            await until(recorder, lambda: bool(recorder.lost))
            for reason in (*heard.lost, *recorder.lost):
                assert reason.startswith("connection lost: "), reason
                assert "timed out" in reason or "No route" in reason or "unreachable" in reason, reason
            await listener.close()

    asyncio.run(run())


def test_a_peer_that_comes_back_from_the_same_port_is_a_new_one_and_the_old_one_is_over() -> None:
    """What a host does that lost power and starts again, with a stack that binds its own port."""

    async def from_port(port: int, to: int) -> socket.socket:
        plain = sctp_socket.open_socket(socket.AF_INET)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sctp_socket.bind(plain, ((PATHS[1], port),))
        await sctp_socket.connect(plain, ((PATHS[0], to),))
        return plain

    async def run() -> None:
        async with addresses(*PATHS):
            door = Door()
            listener = await listen(f"sctp://{PATHS[0]}:0", door)
            plain = await from_port(36422, listener.address.port)
            plain.send(b"before")
            old, heard = await door.visitor(0)
            await until(heard, lambda: bool(heard.frames))
            # Its ABORT does not arrive: nothing of it does.
            cut(PATHS[0])
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            plain.close()
            has(PATHS[0])
            plain = await from_port(36422, listener.address.port)
            plain.send(b"after")
            again, heard_again = await door.visitor(1)
            await until(heard, lambda: bool(heard.lost))
            await until(heard_again, lambda: bool(heard_again.frames))
            assert heard.lost == [RESTARTED]
            assert heard.data == [b"before"]
            assert heard_again.data == [b"after"]
            with pytest.raises(TransportError, match="began anew"):
                old.send(b"to the dead")
            loop = asyncio.get_running_loop()
            readable = asyncio.Event()
            loop.add_reader(plain, readable.set)
            again.send(b"welcome back")
            await readable.wait()
            loop.remove_reader(plain)
            assert plain.recv(100) == b"welcome back"
            plain.close()
            await until(heard_again, lambda: bool(heard_again.lost))
            await listener.close()

    asyncio.run(run())
