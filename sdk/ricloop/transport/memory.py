"""Two ends in one process, joined by a wire that can lose, delay and reorder: for tests and runs without sockets.

Nothing moves by itself: `pump()` delivers what is due. All of it follows from the seed and the clock.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import timedelta

from ricloop.core.time import Clock, ManualClock, ns
from ricloop.transport.base import (
    CLOSED_HERE,
    CLOSED_THERE,
    MAX_BUFFERED,
    Frame,
    Receiver,
    TransportClosed,
    check_size,
    new_counters,
)


class MemoryPair:
    """`left` and `right`, joined. `loss` and `reorder` are the chance of each PDU to be lost, or to be overtaken by
    the next one; `delay` is how long each takes."""

    def __init__(
        self,
        clock: Clock | None = None,
        *,
        loss: float = 0.0,
        delay: timedelta = timedelta(0),
        reorder: float = 0.0,
        seed: int = 0,
        wake: Callable[[], object] | None = None,
    ) -> None:
        """`wake` is called whenever something was put on the wire: an event loop schedules `pump` with it."""
        if not (0 <= loss <= 1 and 0 <= reorder <= 1):
            raise ValueError(f"loss {loss} and reorder {reorder} are chances, 0 to 1")
        self.clock: Clock = clock if clock is not None else ManualClock()
        self._loss, self._delay, self._reorder = loss, ns(delay), reorder
        self._random = random.Random(seed)
        self._wake = wake
        self.left = MemoryTransport(self, "memory://right")
        self.right = MemoryTransport(self, "memory://left")
        self.left.other, self.right.other = self.right, self.left

    def pump(self) -> int:
        """Deliver everything that is due, also what that causes, until the wire is quiet: how many PDUs that were."""
        delivered = 0
        while (
            moved := self.left.deliver() + self.right.deliver()
        ) or self.left.end_if_over() | self.right.end_if_over():
            delivered += moved
        return delivered

    def next_at(self) -> int | None:
        """When `pump` has something to do next, in nanoseconds of the clock."""
        due = [at for end in (self.left, self.right) if (at := end.due_at()) is not None]
        return min(due, default=None)

    # ------------------------------------------------------------------------------------------ for the two ends

    def fate(self) -> tuple[bool, int, float]:
        """What happens to the next PDU: (lost, when it is due, places it falls back)."""
        lost = self._loss > 0 and self._random.random() < self._loss
        back = 1.5 if self._reorder > 0 and self._random.random() < self._reorder else 0.0
        return lost, self.clock.now() + self._delay, back

    def woken(self) -> None:
        if self._wake is not None:
            self._wake()


class MemoryTransport:
    """One end. What it was sent waits in `_incoming`, in the order in which it will be delivered."""

    def __init__(self, pair: MemoryPair, peer: str) -> None:
        self.peer = peer
        self.other = self
        self.counters = new_counters() | {"lost": 0}
        self._pair = pair
        self._receiver: Receiver | None = None
        self._incoming: list[tuple[float, int, bytes]] = []
        self._waiting = 0
        self._number = 0
        self._reason: str | None = None
        self._peer_gone: str | None = None
        self._told = False

    @property
    def local(self) -> str:
        return self.other.peer

    def start(self, receiver: Receiver) -> None:
        if self._receiver is not None:
            raise TransportClosed(f"{self.peer} was started already")
        self._receiver = receiver
        self._pair.woken()

    def send(self, *pdus: bytes) -> None:
        for data in pdus:
            check_size(data)
        for data in pdus:
            self._send(data)

    def _send(self, data: bytes) -> None:
        if self._reason is not None or self._told:
            raise TransportClosed(f"{self.peer} is gone: {self._reason or CLOSED_THERE}")
        if self.other._waiting + len(data) > MAX_BUFFERED:
            self.counters["slow_peers"] += 1
            self._reason = f"the peer does not read: {self.other._waiting} octets wait for it"
            self.other._peer_gone = CLOSED_THERE
            self._pair.woken()
            return
        self.counters["frames_out"] += 1
        self.counters["octets_out"] += len(data)
        lost, due, back = self._pair.fate()
        if lost:
            self.counters["lost"] += 1
        else:
            self.other._put(bytes(data), due, back)
            self._pair.woken()

    def use_ppid(self, ppid: int) -> None:
        """There is none here."""

    def close(self) -> None:
        if self._reason is None and not self._told:
            self._reason = CLOSED_HERE
            self.other._peer_gone = CLOSED_THERE
            self._pair.woken()

    # --------------------------------------------------------------------------------------------- for the pair

    def _put(self, data: bytes, due: int, back: float) -> None:
        self._number += 1
        heapq.heappush(self._incoming, (self._number + back, due, data))
        self._waiting += len(data)

    def due_at(self) -> int | None:
        """When this end has something to hand over."""
        if self._receiver is None or self._told:
            return None
        if self._reason is not None or (self._peer_gone is not None and not self._incoming):
            return self._pair.clock.now()
        return self._incoming[0][1] if self._incoming else None

    def deliver(self) -> int:
        """Hand over what is due; how many PDUs that were."""
        delivered = 0
        while self._receiver is not None and self._incoming and self._reason is None and not self._told:
            if self._incoming[0][1] > self._pair.clock.now():
                break
            _, _, data = heapq.heappop(self._incoming)
            self._waiting -= len(data)
            self.counters["frames_in"] += 1
            self.counters["octets_in"] += len(data)
            delivered += 1
            self._receiver.frame_received(Frame(data, self._pair.clock.now()))
        return delivered

    def end_if_over(self) -> bool:
        """Say the last word when it is due; True when it was said now."""
        if (
            self._told
            or self._receiver is None
            or (self._reason is None and (self._peer_gone is None or self._incoming))
        ):
            return False
        self._told = True
        self._receiver.connection_lost(self._reason or self._peer_gone or CLOSED_HERE)
        return True
