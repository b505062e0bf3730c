"""Kernel SCTP sockets out of the standard library: the numbers that it does not know, and the options that we set."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct
from typing import NamedTuple, TypeAlias, cast

from ricloop.transport.address import Address
from ricloop.transport.base import MAX_PDU
from ricloop.transport.sctp_event import SUBSCRIBED

IPPROTO_SCTP = 132
SCTP_RTOINFO = 0
SCTP_ASSOCINFO = 1
SCTP_NODELAY = 3
SCTP_PEER_ADDR_PARAMS = 9
SCTP_EVENTS = 11
SCTP_RECVRCVINFO = 32
SCTP_DEFAULT_SNDINFO = 34
SCTP_SOCKOPT_BINDX_ADD = 100
SCTP_SOCKOPT_CONNECTX = 110
SCTP_RCVINFO = 3
MSG_EOR = 0x80
MSG_NOTIFICATION = 0x8000
SO_SNDBUFFORCE, SO_RCVBUFFORCE = 32, 33

SOCKET_BUFFER = 2 * MAX_PDU
"""Octets asked of the kernel each way. A message must fit in the send buffer whole: without privileges the kernel
gives net.core.wmem_max, and the largest PDU may be that."""

HEARTBEAT_MS = 2000
"""Silence on a path before it is probed. A node whose host lost power can only come back when its old association is
gone: with these, after some 20 s; with the kernel's own (30 s, 60 s, 10), after many minutes."""
RTO_MAX_MS = 2000
RETRANSMISSIONS = 4
SPP_HB_ENABLE = 1

Where: TypeAlias = tuple[str, int] | tuple[str, int, int, int]
"""A socket address of IPv4 or IPv6."""


class Way(NamedTuple):
    """One try at reaching a peer, or at being reached."""

    family: int
    addresses: tuple[Where, ...]
    """Of one association: more than one where it is multi-homed."""


async def resolve(address: Address, *, passive: bool) -> list[Way]:
    """A way for every address that a host's name stands for; one way where several hosts are given: they are one
    peer's. `passive` to listen. Raises OSError."""
    found = [await _lookup(host, address.port, passive) for host in address.hosts]
    if len(found) == 1:
        return [Way(family, (where,)) for family, where in found[0]]
    firsts = [answers[0] for answers in found]
    # A socket of IPv6 takes addresses of both kinds.
    family = max(firsts, key=lambda first: first[0] == socket.AF_INET6)[0]
    return [Way(family, tuple(where for _, where in firsts))]


async def _lookup(host: str, port: int, passive: bool) -> list[tuple[int, Where]]:
    # Asked for TCP: resolvers know nothing of SCTP, and the addresses are the same.
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE if passive else 0
    )
    return [(family, cast(Where, where)) for family, _, _, _, where in found]


def bind(plain: socket.socket, addresses: tuple[Where, ...]) -> None:
    """Be reached at all of these, under one port (RFC 6458 9.1). Raises OSError."""
    plain.bind(addresses[0])
    port = plain.getsockname()[1]
    for where in addresses[1:]:
        plain.setsockopt(IPPROTO_SCTP, SCTP_SOCKOPT_BINDX_ADD, _sockaddr((where[0], port, *where[2:])))


async def connect(plain: socket.socket, addresses: tuple[Where, ...]) -> None:
    """Open an association with a peer that has all of these (RFC 6458 9.9). Raises OSError."""
    try:
        plain.setsockopt(IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX, b"".join(map(_sockaddr, addresses)))
    except BlockingIOError:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(plain.fileno(), done.set)
        try:
            await done.wait()
        finally:
            loop.remove_writer(plain.fileno())
        if failure := plain.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(failure, os.strerror(failure)) from None


def _sockaddr(where: Where | tuple[str | int, ...]) -> bytes:
    """struct sockaddr_in or sockaddr_in6."""
    host, port = str(where[0]), int(where[1])
    start = struct.pack("=H2s", socket.AF_INET6 if ":" in host else socket.AF_INET, port.to_bytes(2, "big"))
    if ":" not in host:
        return start + socket.inet_pton(socket.AF_INET, host) + bytes(8)
    flow, scope = (int(number) for number in where[2:])
    host = host.partition("%")[0]
    return start + flow.to_bytes(4, "big") + socket.inet_pton(socket.AF_INET6, host) + struct.pack("=I", scope)


def open_socket(family: int) -> socket.socket:
    """A non-blocking SCTP socket with large buffers. Raises OSError where the kernel has no SCTP."""
    plain = socket.socket(family, socket.SOCK_STREAM, IPPROTO_SCTP)
    plain.setblocking(False)
    # Before there is an association: its first window is what the buffer is then; accepted sockets inherit both.
    for forced, ordinary in ((SO_SNDBUFFORCE, socket.SO_SNDBUF), (SO_RCVBUFFORCE, socket.SO_RCVBUF)):
        try:
            plain.setsockopt(socket.SOL_SOCKET, forced, SOCKET_BUFFER)
        except OSError as error:
            if error.errno != errno.EPERM:
                raise
            plain.setsockopt(socket.SOL_SOCKET, ordinary, SOCKET_BUFFER)
    return plain


def prepare(plain: socket.socket, ppid: int) -> None:
    """Set what an association needs: no bundling delay, a dead peer noticed, events told, PPID and stream told on
    receipt, our PPID on everything sent (RFC 6458 8.1).

    Raises OSError on an association that is over already.
    """
    plain.setsockopt(IPPROTO_SCTP, SCTP_NODELAY, 1)
    plain.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, 1)
    plain.setsockopt(IPPROTO_SCTP, SCTP_EVENTS, SUBSCRIBED)
    # sctp_rtoinfo: association, initial, max, min; 0 leaves a value as it is.
    plain.setsockopt(IPPROTO_SCTP, SCTP_RTOINFO, struct.pack("=iIII", 0, 0, RTO_MAX_MS, 0))
    # sctp_assocparams: association, retransmissions, peer addresses, both windows, cookie life.
    plain.setsockopt(IPPROTO_SCTP, SCTP_ASSOCINFO, struct.pack("=iHHIII", 0, RETRANSMISSIONS, 0, 0, 0, 0))
    # sctp_paddrparams, packed, as far as every kernel has it: association, address (none: all), interval,
    # retransmissions, MTU, SACK delay, flags.
    plain.setsockopt(
        IPPROTO_SCTP,
        SCTP_PEER_ADDR_PARAMS,
        struct.pack("=i128xIHIII2x", 0, HEARTBEAT_MS, RETRANSMISSIONS, 0, 0, SPP_HB_ENABLE),
    )
    use_ppid(plain, ppid)


def use_ppid(plain: socket.socket, ppid: int) -> None:
    """Ours on everything sent from now on (RFC 6458 8.1.31)."""
    # sctp_sndinfo: stream, flags, PPID in network order, context, association.
    sndinfo = struct.pack("=HH4sIi", 0, 0, ppid.to_bytes(4, "big"), 0, 0)
    plain.setsockopt(IPPROTO_SCTP, SCTP_DEFAULT_SNDINFO, sndinfo)
