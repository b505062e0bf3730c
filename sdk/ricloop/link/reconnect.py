"""A node's end that does not give up: connects, sets up, and after every loss or refusal does so again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from ricloop.core.errors import TransportError
from ricloop.core.time import Clock
from ricloop.link.driver import Link
from ricloop.session.events import NodeEvent, SetupAccepted, SetupRefused
from ricloop.session.node import NodeSession
from ricloop.transport import registry
from ricloop.transport.address import Address, parse_address
from ricloop.transport.base import E2_CP_PPID, Transport, TransportUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait before the next attempt: longer after each failure, and never the same for two nodes."""

    first: timedelta = timedelta(milliseconds=500)
    """After the first failure in a row, and after an association that was set up is lost."""
    factor: float = 2.0
    """How much longer each further wait is."""
    cap: timedelta = timedelta(seconds=30)
    """No wait is longer, jitter aside."""
    jitter: float = 1.0
    """Up to this share is added at random, so that many nodes that were lost together come back one after the other."""

    def __post_init__(self) -> None:
        if self.first <= timedelta(0) or self.cap < self.first or self.factor < 1 or not 0 <= self.jitter <= 1:
            raise ValueError(f"{self}: first must be positive, cap at least first, factor at least 1, jitter in 0..1")

    def delay(self, failures: int, rng: random.Random) -> timedelta:
        """The wait after `failures` failed attempts in a row, 1 or more."""
        # Past this power every wait is the cap; a larger one would overflow.
        grown = self.first * self.factor ** min(failures - 1, 32)
        return min(grown, self.cap) * (1 + self.jitter * rng.random())


class Connect(Protocol):
    """`transport.connect`, or a double of it."""

    def __call__(self, address: str | Address, ppid: int = E2_CP_PPID) -> Awaitable[Transport]: ...


class NodeLink:
    """Keeps one node associated with the RIC at `address` while `run()` runs.

    Each attempt has a fresh session from `make_session`: what an association knew dies with it, and the RIC
    subscribes anew. A `TimeToWait` of the RIC is waited out when it is longer than the backoff. `on_waiting` is told
    why it waits and for how long.
    """

    def __init__(
        self,
        make_session: Callable[[], NodeSession],
        address: str | Address,
        *,
        clock: Clock,
        on_event: Callable[[NodeEvent, int], None],
        backoff: Backoff | None = None,
        ppid: int = E2_CP_PPID,
        seed: int = 0,
        connect: Connect = registry.connect,
        on_waiting: Callable[[str, timedelta], None] | None = None,
    ) -> None:
        self.address = parse_address(address)
        self.counters = {"attempts": 0, "unreachable": 0, "refused": 0, "accepted": 0, "lost": 0}
        self._make_session, self._clock, self._on_event = make_session, clock, on_event
        self._backoff, self._ppid, self._connect = backoff or Backoff(), ppid, connect
        self._on_waiting = on_waiting
        self._random = random.Random(seed)
        self._failures = 0
        self._wait = timedelta(0)
        self._link: Link[NodeEvent] | None = None
        self._stopping = asyncio.Event()

    @property
    def session(self) -> NodeSession | None:
        """The session of the current association; None while there is no connection."""
        session = self._link.session if self._link is not None else None
        return session if isinstance(session, NodeSession) else None

    def flush(self) -> None:
        """Send what the session has ready; nothing where there is no connection."""
        if self._link is not None:
            self._link.flush()

    def stop(self, reason: str = "the node is shutting down") -> None:
        """Close the association and let `run()` return; calling it twice is fine."""
        self._stopping.set()
        if self._link is not None:
            self._link.close(reason)

    async def run(self) -> None:
        """Connect, and connect again, until `stop()`. Raises ConfigError for an address that cannot be used, and
        TransportUnavailable where this machine cannot carry it."""
        try:
            while not self._stopping.is_set():
                reason = await self._attempt()
                if not self._stopping.is_set():
                    await self._pause(reason)
        finally:
            if self._link is not None:
                self._link.close("the node is shutting down")

    # -------------------------------------------------------------------------------------------------- one life

    async def _attempt(self) -> str:
        """One connection from beginning to end; why it ended."""
        self.counters["attempts"] += 1
        self._failures += 1
        self._wait = timedelta(0)
        connecting = asyncio.ensure_future(self._connect(self.address, self._ppid))
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done():
                return "stopped"
            transport = connecting.result()
        except TransportUnavailable:
            raise
        except TransportError as error:
            self.counters["unreachable"] += 1
            return str(error)
        finally:
            connecting.cancel()
            stopping.cancel()
            await asyncio.gather(connecting, stopping, return_exceptions=True)
        return await self._live(transport)

    async def _live(self, transport: Transport) -> str:
        lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._link = Link(self._make_session(), transport, self._clock, self._watch, on_lost=lost.set_result)
        self._link.start()
        if self._stopping.is_set():
            self._link.close("the node is shutting down")
        # Whoever cancels this leaves a link behind that still says when it is over.
        reason = await asyncio.shield(lost)
        self._link = None
        self.counters["lost"] += 1
        return reason

    def _watch(self, event: NodeEvent, stamp: int) -> None:
        if isinstance(event, SetupAccepted):
            self.counters["accepted"] += 1
            self._failures = 1
        elif isinstance(event, SetupRefused):
            self.counters["refused"] += 1
            self._wait = timedelta(seconds=event.time_to_wait_s or 0)
        self._on_event(event, stamp)

    async def _pause(self, reason: str) -> None:
        length = max(self._backoff.delay(self._failures, self._random), self._wait)
        if self._on_waiting is not None:
            self._on_waiting(reason, length)
        try:
            async with asyncio.timeout(length.total_seconds()):
                await self._stopping.wait()
        except TimeoutError:
            return
