"""A peer that lost power says nothing: the kernel is told to ask, at both ends."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from ricloop.testing.transport import Recorder
from ricloop.transport import tcp
from ricloop.transport.base import Transport
from ricloop.transport.registry import connect, listen


def plain(transport: Any) -> socket.socket:
    found: socket.socket = transport._socket.get_extra_info("socket")
    return found


def test_both_ends_of_a_tcp_connection_notice_a_peer_that_lost_power() -> None:
    async def run() -> None:
        accepted: asyncio.Future[Transport] = asyncio.get_running_loop().create_future()
        listener = await listen("tcp://127.0.0.1:0", accepted.set_result)
        ours = await connect(listener.address)
        ends = (ours, await accepted)
        for end in ends:
            assert plain(end).getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            for name, value in tcp.WATCH.items():
                if hasattr(socket, name):
                    assert plain(end).getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) == value
        for end in ends:
            end.start(Recorder())
            end.close()
        await listener.close()

    asyncio.run(run())


def test_a_silent_peer_is_noticed_before_a_person_would_look() -> None:
    watch = tcp.WATCH
    assert watch["TCP_KEEPIDLE"] + watch["TCP_KEEPINTVL"] * watch["TCP_KEEPCNT"] <= 12
    assert watch["TCP_USER_TIMEOUT"] <= 12_000
