"""What the kernel tells of an SCTP association beside its messages (RFC 6458 6.1, as linux/sctp.h lays it out)."""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

# sctp_event_subscribe, as far as every kernel has it: data io (RCVINFO tells it), association, address, send failure,
# peer error, shutdown, partial delivery.
SUBSCRIBED = bytes((0, 1, 1, 1, 1, 1, 1))

_ASSOC_CHANGE, _PEER_ADDR_CHANGE, _SEND_FAILED, _REMOTE_ERROR, _SHUTDOWN, _PARTIAL_DELIVERY = range(0x8001, 0x8007)
_HEAD = struct.Struct("=HHI")
_AF_INET = 2

CAUSES = {
    1: "a stream that there is not",
    2: "a parameter is missing",
    3: "a stale cookie",
    4: "it is out of resources",
    5: "an address that it cannot resolve",
    6: "a chunk type that it does not know",
    7: "a parameter that it cannot accept",
    8: "parameters that it does not know",
    9: "a DATA chunk without data",
    10: "a cookie while it was shutting down",
    11: "a restart with new addresses",
    12: "its user aborted",
    13: "a violation of the protocol",
}
"""Error causes (RFC 9260 3.3.10)."""


class Change(IntEnum):
    """States of an association (sac_state)."""

    UP = 0
    LOST = 1
    RESTART = 2
    """The peer began anew, without a word of the end: it lost what it knew."""
    SHUT_DOWN = 3
    CANNOT_START = 4


class Path(IntEnum):
    """States of one address of the peer (spc_state)."""

    AVAILABLE = 0
    UNREACHABLE = 1
    REMOVED = 2
    ADDED = 3
    PRIMARY = 4
    CONFIRMED = 5


@dataclass(frozen=True, slots=True)
class AssociationChanged:
    change: Change
    cause: int
    """Of `CAUSES`; 0 where the peer gave none."""


@dataclass(frozen=True, slots=True)
class PathChanged:
    address: str
    path: Path


@dataclass(frozen=True, slots=True)
class SendFailed:
    """A message of ours that never reached the peer."""


@dataclass(frozen=True, slots=True)
class RemoteError:
    cause: int


@dataclass(frozen=True, slots=True)
class PeerShutDown:
    """The peer sends no more; what it sent before has arrived."""


@dataclass(frozen=True, slots=True)
class DeliveryAborted:
    """The rest of the message that had begun to arrive never comes."""


SctpEvent: TypeAlias = AssociationChanged | PathChanged | SendFailed | RemoteError | PeerShutDown | DeliveryAborted


def parse_event(data: bytes | memoryview) -> SctpEvent | None:
    """The event of one notification; None for those of no interest, and for what is too short to be one."""
    try:
        kind, _, _ = _HEAD.unpack_from(data)
        body = bytes(data[_HEAD.size :])
        if kind == _ASSOC_CHANGE:
            # state, error in network order, streams out, streams in, association
            state, cause = struct.unpack_from("=H2s", body)
            return AssociationChanged(Change(state), int.from_bytes(cause, "big"))
        if kind == _PEER_ADDR_CHANGE:
            # sockaddr_storage, state, error, association
            return PathChanged(_address(body[:128]), Path(struct.unpack_from("=i", body, 128)[0]))
        if kind == _REMOTE_ERROR:
            return RemoteError(int.from_bytes(struct.unpack_from("=2s", body)[0], "big"))
    except (struct.error, ValueError):
        return None
    if kind == _SEND_FAILED:
        return SendFailed()
    if kind == _SHUTDOWN:
        return PeerShutDown()
    return DeliveryAborted() if kind == _PARTIAL_DELIVERY and body[:4] == bytes(4) else None


def cause_name(cause: int) -> str:
    return CAUSES.get(cause, f"error cause {cause}")


def _address(sockaddr: bytes) -> str:
    """Of a sockaddr_in or a sockaddr_in6."""
    (family,) = struct.unpack_from("=H", sockaddr)
    octets = sockaddr[4:8] if family == _AF_INET else sockaddr[8:24]
    return str(ipaddress.ip_address(octets))
