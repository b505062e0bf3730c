"""Every transport of the registry, and memory, keeps the rules of `ricloop.transport.base`."""

from __future__ import annotations

import asyncio
import importlib.util
import socket

import pytest

from ricloop.link.loop import run
from ricloop.testing.transport import Ends, check_transport
from ricloop.transport.base import Transport
from ricloop.transport.memory import MemoryPair
from ricloop.transport.registry import TRANSPORTS, connect, listen


def kernel_has_sctp() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132).close()
    except OSError:
        return False
    return True


async def open_memory() -> Ends:
    pair = MemoryPair()
    return Ends(pair.left, pair.right, settle=pair.pump)


async def open_sockets(scheme: str) -> Ends:
    accepted: asyncio.Future[Transport] = asyncio.get_running_loop().create_future()
    listener = await listen(f"{scheme}://127.0.0.1:0", accepted.set_result)
    left = await connect(listener.address)
    return Ends(left, await accepted, close=listener.close)


async def check(scheme: str) -> None:
    if scheme == "memory":
        await check_transport(open_memory)
        return
    if scheme == "sctp" and not kernel_has_sctp():
        pytest.skip("this kernel has no SCTP; tests/transport/test_sctp_uml.py runs this on one that has")
    await check_transport(lambda: open_sockets(scheme))


@pytest.mark.parametrize("scheme", ["memory", *TRANSPORTS])
@pytest.mark.asyncio
async def test_a_transport_keeps_the_rules(scheme: str) -> None:
    await check(scheme)


@pytest.mark.skipif(importlib.util.find_spec("uvloop") is None, reason="no uvloop: pip install 'ricloop[fast]'")
@pytest.mark.parametrize("scheme", TRANSPORTS)
def test_a_transport_keeps_the_rules_on_uvloop(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RICLOOP_UVLOOP", "1")
    run(check(scheme))
