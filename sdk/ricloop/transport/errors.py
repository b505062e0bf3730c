"""What the operating system says about an address, in words that name the way out."""

from __future__ import annotations

import errno
import re
import socket

from ricloop.core.errors import TransportError
from ricloop.transport.address import Address
from ricloop.transport.base import TransportUnavailable

NO_SCTP = (errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT)


def cannot_listen(address: Address, error: OSError) -> TransportError:
    """Why nothing can listen at `address`."""
    ways = {
        errno.EADDRINUSE: "the port is in use: stop the other process, or choose another (0 lets the system choose)",
        errno.EACCES: "no permission: ports below 1024 need privileges; choose a higher one",
        errno.EADDRNOTAVAIL: "this machine has no such address: use one of its own, 127.0.0.1 or 0.0.0.0",
    }
    return TransportError(f"cannot listen at {address}: {_reason(address, error, ways)}")


def cannot_connect(address: Address, error: OSError) -> TransportError:
    """Why nobody can be reached at `address`."""
    ways = {
        errno.ECONNREFUSED: "connection refused: nothing listens there; is the RIC running, and is the port right?",
        errno.ETIMEDOUT: "no answer: is the address right, and does a firewall stand between?",
        errno.EHOSTUNREACH: "no route to that host",
        errno.ENETUNREACH: "no route to that network",
    }
    kind = TransportUnavailable if _number(error) in NO_SCTP else TransportError
    return kind(f"cannot connect to {address}: {_reason(address, error, ways)}")


def _reason(address: Address, error: OSError, ways: dict[int, str]) -> str:
    if isinstance(error, socket.gaierror):
        return f"host {address.host!r} does not resolve ({error.strerror})"
    number = _number(error)
    if number in NO_SCTP:
        return (
            "this kernel has no SCTP: load it with `modprobe sctp`, "
            f"or use tcp://{str(address).partition('://')[2]} between ricloop's own ends"
        )
    return ways.get(number, error.strerror or str(error))


def _number(error: OSError) -> int:
    """The errno; asyncio keeps it only in the text where a name has several addresses."""
    if error.errno is not None:
        return error.errno
    if isinstance(error, TimeoutError):
        return errno.ETIMEDOUT
    found = re.search(r"\[Errno (\d+)\]", str(error))
    return int(found[1]) if found else 0
