"""What every transport offers: whole PDUs in order, a stamp of their arrival, and one last word when it is over.

A transport knows nothing of E2. Its rules, checked for each one by `ricloop.testing.transport.check_transport`:

- PDUs arrive whole, in the order sent, each once, none before `start`.
- `send` never blocks. What a slow peer does not take is kept up to `MAX_BUFFERED`; then the transport gives the peer
  up, counts it, and says so in `connection_lost`.
- `connection_lost` comes exactly once, on either side, never from inside a call, with a reason that a person can use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ricloop.core.errors import TransportError
from ricloop.transport.address import Address

MAX_PDU = 1 << 20
"""Octets of the largest PDU that is sent or accepted: E2AP has no limit of its own."""
MAX_BUFFERED = 8 << 20
"""Octets kept for a peer that does not read."""
CLOSE_TIMEOUT_S = 2.0
"""How long `close` lets a peer take what is queued for it."""
E2_CP_PPID = 70
"""SCTP payload protocol identifier of a gNB, a CU-CP and the RIC."""
E2_UP_PPID = 71
E2_DU_PPID = 72
CLOSED_HERE = "closed on this side"
CLOSED_THERE = "closed by the peer"


class TransportUnavailable(TransportError):
    """This machine cannot carry it at all: trying again is no use."""


class TransportClosed(TransportError):
    """`send` on a transport that was closed or lost."""


@dataclass(slots=True)
class Frame:
    """One PDU and when it arrived. Nobody changes one; it is not frozen, which would make it three times as dear."""

    data: bytes
    arrived: int
    """Monotonic nanoseconds, taken as early as the process can."""


class Receiver(Protocol):
    """Who gets what arrives."""

    def frame_received(self, frame: Frame) -> None: ...

    def connection_lost(self, reason: str) -> None: ...


class Transport(Protocol):
    """One open connection to one peer."""

    @property
    def peer(self) -> str:
        """The other end, for messages: `tcp://127.0.0.1:40112`."""

    @property
    def local(self) -> str:
        """This end, in the same form."""

    @property
    def counters(self) -> dict[str, int]:
        """`frames_in frames_out octets_in octets_out slow_peers` and what the transport adds."""

    def start(self, receiver: Receiver) -> None:
        """Begin to deliver; called once."""

    def send(self, *pdus: bytes) -> None:
        """Queue PDUs in order, in as few writes as the transport can: a write costs more than most PDUs.

        Raises `TransportClosed`, or `TransportError` for a PDU that is too large; then none is queued.
        """

    def use_ppid(self, ppid: int) -> None:
        """Send under this SCTP payload protocol identifier from now on; means nothing to other transports."""

    def close(self) -> None:
        """Send what is queued, for `CLOSE_TIMEOUT_S` at most, then end. Closing twice is fine."""


class Listener(Protocol):
    """An open door."""

    @property
    def address(self) -> Address:
        """Where it listens, with the port that the system chose for port 0."""

    async def close(self) -> None:
        """Take no more connections; those that exist go on."""


def new_counters() -> dict[str, int]:
    return dict.fromkeys(("frames_in", "frames_out", "octets_in", "octets_out", "slow_peers"), 0)


def check_size(data: bytes, limit: int = MAX_PDU) -> None:
    """Raises TransportError for a PDU that no peer would take."""
    if not 0 < len(data) <= limit:
        raise TransportError(f"a PDU of {len(data)} octets: this transport carries 1 to {limit}")
