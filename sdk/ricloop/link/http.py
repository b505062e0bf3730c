"""A small HTTP server: one answer to one GET, then the connection ends. Bounded in octets, time and connections.

It shares the loop of whoever serves it, so that an answer says that this loop turns.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from ricloop.link.streams import serve_streams
from ricloop.transport.address import host_and_port

MAX_REQUEST = 8192
"""Octets of a request's head."""
REQUEST_TIMEOUT_S = 5.0
"""For the request and its answer together."""
MOST_CONNECTIONS = 64
"""At once; one more is closed unanswered."""
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """A GET."""

    path: str
    """Without the query."""
    local: bool
    """Whoever asks is on this machine."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    body: bytes
    kind: str = TEXT
    status: str = "200 OK"


Answer: TypeAlias = Callable[[Asked], Awaitable[Reply | None]]
"""None: nothing is at this path."""


def unavailable(why: str) -> Reply:
    """503, and why."""
    return Reply(f"{why}\n".encode(), status="503 Service Unavailable")


def health(wrong: str | None) -> Reply:
    """200 where nothing is wrong, 503 with what is."""
    return Reply(b"ok\n") if wrong is None else unavailable(wrong)


async def serve_http(answer: Answer, where: str, *, option: str, what: str, paths: str) -> asyncio.Server:
    """Answer at HOST:PORT, given by `option`. `what` is served, in words; `paths` are told to who asks for others.

    Raises ConfigError for what is no HOST:PORT, TransportError where it cannot be listened at.
    """
    host, port = host_and_port(where, option, "127.0.0.1:8080")
    return await serve_streams(
        partial(_exchange, answer, paths),
        host,
        port,
        most=MOST_CONNECTIONS,
        limit=MAX_REQUEST,
        what=f"{what} cannot be served at {where}",
        option=option,
    )


def request_of(head: bytes) -> tuple[str, str]:
    """Method and path of a request's head, the query left out; of what is none, empty or strange ones."""
    method, target = [*head.partition(b"\r\n")[0].split(b" ", 2), b""][:2]
    return method.decode("latin-1"), target.partition(b"?")[0].decode("latin-1")


async def _exchange(answer: Answer, paths: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(REQUEST_TIMEOUT_S):
        head = await reader.readuntil(b"\r\n\r\n")
        method, path = request_of(head)
        reply: Reply | None
        if method != "GET":
            reply = Reply(f"only {paths} are here\n".encode(), status="405 Method Not Allowed")
        else:
            reply = await answer(Asked(path, _is_local(writer)))
        if reply is None:
            reply = Reply(f"only {paths} are here\n".encode(), status="404 Not Found")
        writer.write(
            f"HTTP/1.1 {reply.status}\r\nContent-Type: {reply.kind}\r\nContent-Length: {len(reply.body)}\r\n"
            "Connection: close\r\n\r\n".encode()
            + reply.body
        )
        await writer.drain()


def _is_local(writer: asyncio.StreamWriter) -> bool:
    peer = writer.get_extra_info("peername")
    return bool(peer) and ipaddress.ip_address(peer[0].split("%")[0]).is_loopback
