"""SCTP through the kernel, with nothing but the standard library's socket (RFC 6458, one-to-one style)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from ricloop.transport.address import Address
from ricloop.transport.base import E2_CP_PPID, Transport
from ricloop.transport.errors import cannot_connect, cannot_listen
from ricloop.transport.sctp_socket import Way, bind, open_socket, resolve
from ricloop.transport.sctp_socket import connect as connect_socket
from ricloop.transport.sctp_transport import SctpTransport

CONNECT_TIMEOUT_S = 5.0
ACCEPT_PAUSE_S = 1.0
BACKLOG = 128


async def connect(address: Address, ppid: int = E2_CP_PPID) -> Transport:
    """Open an association. `ppid` is 70 for a gNB or CU-CP, 72 for a DU. Raises TransportError that says why not."""
    failure: OSError | None = None
    try:
        for way in await resolve(address, passive=False):
            try:
                return await _connect_one(way, ppid)
            except OSError as error:
                failure = failure or error
    except OSError as error:
        failure = error
    assert failure is not None, "a name resolves to one address at least"
    raise cannot_connect(address, failure) from failure


async def _connect_one(way: Way, ppid: int) -> SctpTransport:
    plain = open_socket(way.family)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await connect_socket(plain, way.addresses)
        return SctpTransport(plain, ppid)
    except BaseException:
        plain.close()
        raise


async def listen(address: Address, on_transport: Callable[[Transport], None], ppid: int = E2_CP_PPID) -> SctpListener:
    """Take associations at `address`; `on_transport` gets each one and starts it. Raises TransportError."""
    plain: socket.socket | None = None
    try:
        way = (await resolve(address, passive=True))[0]
        plain = open_socket(way.family)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bind(plain, way.addresses)
        plain.listen(BACKLOG)
    except OSError as error:
        if plain is not None:
            plain.close()
        raise cannot_listen(address, error) from error
    return SctpListener(plain, address, on_transport, ppid)


class SctpListener:
    """An open SCTP port."""

    def __init__(
        self, plain: socket.socket, asked: Address, on_transport: Callable[[Transport], None], ppid: int
    ) -> None:
        self._socket, self._on_transport, self._ppid = plain, on_transport, ppid
        self._loop = asyncio.get_running_loop()
        self.address = Address(asked.scheme, asked.host, plain.getsockname()[1])
        self._reopen()

    async def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _reopen(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.add_reader(self._socket.fileno(), self._accept)

    def _accept(self) -> None:
        try:
            plain, _ = self._socket.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            # No file descriptors left, say: the door stays shut for a moment instead of spinning.
            self._loop.remove_reader(self._socket.fileno())
            self._loop.call_later(ACCEPT_PAUSE_S, self._reopen)
            return
        plain.setblocking(False)
        try:
            transport = SctpTransport(plain, self._ppid, on_restart=self._on_transport)
        except OSError:
            # Gone between its connection and our first look at it.
            plain.close()
            return
        self._on_transport(transport)
