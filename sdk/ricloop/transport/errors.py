"""What the operating system says about an address, in words that name the way out."""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Mapping

from ricloop.core.errors import TransportError
from ricloop.transport.address import Address
from ricloop.transport.base import TransportUnavailable

NO_SCTP = (errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT)
LISTENING = {
    errno.EADDRINUSE: "the port is in use: stop the other process, or choose another (0 lets the system choose)",
    errno.EACCES: "no permission: ports below 1024 need privileges; choose a higher one",
    errno.EADDRNOTAVAIL: "this machine has no such address: use one of its own, 127.0.0.1 or 0.0.0.0",
}
CONNECTING = {
    errno.ECONNREFUSED: "connection refused: nothing listens there; is the other end running, and is the port right?",
    errno.ETIMEDOUT: "no answer: is the address right, and does a firewall stand between?",
    errno.EHOSTUNREACH: "no route to that host",
    errno.ENETUNREACH: "no route to that network",
}


def cannot_listen(address: Address, error: OSError) -> TransportError:
    """Why nothing can listen at `address`."""
    return TransportError(f"cannot listen at {address}: {_of_address(address, error, LISTENING)}")


def cannot_connect(address: Address, error: OSError) -> TransportError:
    """Why nobody can be reached at `address`."""
    kind = TransportUnavailable if _number(error) in NO_SCTP else TransportError
    return kind(f"cannot connect to {address}: {_of_address(address, error, CONNECTING)}")


def why(host: str, error: OSError, ways: Mapping[int, str]) -> str:
    """The reason, and the way out: `ways` is LISTENING or CONNECTING."""
    if isinstance(error, socket.gaierror):
        return f"host {host!r} does not resolve ({error.strerror})"
    return ways.get(_number(error), error.strerror or str(error))


def _of_address(address: Address, error: OSError, ways: Mapping[int, str]) -> str:
    if _number(error) in NO_SCTP and not isinstance(error, socket.gaierror):
        return (
            "this kernel has no SCTP: load it with `modprobe sctp`, "
            f"or use tcp://{str(address).partition('://')[2]} between ricloop's own ends"
        )
    return why(address.host, error, ways)


def _number(error: OSError) -> int:
    """The errno; asyncio keeps it only in the text where a name has several addresses."""
    if error.errno is not None:
        return error.errno
    if isinstance(error, TimeoutError):
        return errno.ETIMEDOUT
    found = re.search(r"\[Errno (\d+)\]", str(error))
    return int(found[1]) if found else 0
