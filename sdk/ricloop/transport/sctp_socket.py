"""Kernel SCTP sockets out of the standard library: the numbers that it does not know, and the options that we set."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
from typing import TypeAlias, cast

from ricloop.transport.address import Address
from ricloop.transport.base import MAX_PDU

IPPROTO_SCTP = 132
SCTP_RTOINFO = 0
SCTP_ASSOCINFO = 1
SCTP_NODELAY = 3
SCTP_PEER_ADDR_PARAMS = 9
SCTP_RECVRCVINFO = 32
SCTP_DEFAULT_SNDINFO = 34
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


async def resolve(address: Address, *, passive: bool) -> list[tuple[int, Where]]:
    """Every (family, socket address) that the host's name stands for; `passive` to listen. Raises OSError."""
    # Asked for TCP: resolvers know nothing of SCTP, and the addresses are the same.
    found = await asyncio.get_running_loop().getaddrinfo(
        address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE if passive else 0
    )
    return [(family, cast(Where, where)) for family, _, _, _, where in found]


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
    """Set what an association needs: no bundling delay, a dead peer noticed, PPIDs told on receipt, ours on everything
    sent (RFC 6458 8.1).

    Raises OSError on an association that is over already.
    """
    plain.setsockopt(IPPROTO_SCTP, SCTP_NODELAY, 1)
    plain.setsockopt(IPPROTO_SCTP, SCTP_RECVRCVINFO, 1)
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
