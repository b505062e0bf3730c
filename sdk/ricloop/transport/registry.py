"""Every transport that an address can name. A new one is a file beside this one and a line here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from ricloop.transport import sctp, tcp
from ricloop.transport.address import Address, parse_address
from ricloop.transport.base import E2_CP_PPID, Listener, Transport


class Connect(Protocol):
    def __call__(self, address: Address, ppid: int = E2_CP_PPID) -> Awaitable[Transport]: ...


class Listen(Protocol):
    def __call__(
        self, address: Address, on_transport: Callable[[Transport], None], ppid: int = E2_CP_PPID
    ) -> Awaitable[Listener]: ...


class Scheme(NamedTuple):
    connect: Connect
    listen: Listen


TRANSPORTS: dict[str, Scheme] = {
    "tcp": Scheme(tcp.connect, tcp.listen),
    "sctp": Scheme(sctp.connect, sctp.listen),
}


async def connect(address: str | Address, ppid: int = E2_CP_PPID) -> Transport:
    """Open a connection to `address`. Raises ConfigError (the address) or TransportError (the peer)."""
    where = parse_address(address)
    return await TRANSPORTS[where.scheme].connect(where, ppid)


async def listen(address: str | Address, on_transport: Callable[[Transport], None], ppid: int = E2_CP_PPID) -> Listener:
    """Take connections at `address`. Raises ConfigError or TransportError."""
    where = parse_address(address)
    return await TRANSPORTS[where.scheme].listen(where, on_transport, ppid)
