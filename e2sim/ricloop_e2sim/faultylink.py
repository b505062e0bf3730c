"""A transport over which messages get lost, late, twice, out of order or damaged, as its link's faults say."""

from __future__ import annotations

from collections.abc import Callable

from ricloop.transport.base import Frame, Receiver, Transport
from ricloop_e2sim.faults import LinkFaults


class FaultyLink:
    """Passes on what the faults let through, both ways. Call `tick` now and then: what is late arrives then."""

    def __init__(self, inner: Transport, faults: LinkFaults, time_us: Callable[[], int]) -> None:
        """`time_us`: simulated time. A new association begins: what was on its way is gone."""
        self._inner, self._faults, self._time_us = inner, faults, time_us
        self._receiver: Receiver | None = None
        self._over = False
        faults.renew()

    @property
    def peer(self) -> str:
        return self._inner.peer

    @property
    def local(self) -> str:
        return self._inner.local

    @property
    def counters(self) -> dict[str, int]:
        return self._inner.counters

    def use_ppid(self, ppid: int) -> None:
        self._inner.use_ppid(ppid)

    def start(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._inner.start(self)

    def send(self, *pdus: bytes) -> None:
        if arrived := self._faults.carry("to-ric", pdus, self._time_us()):
            self._inner.send(*arrived)

    def tick(self, arrived_ns: int) -> None:
        """What is due by now arrives."""
        if not self._over:
            self.send()
            self._deliver((), arrived_ns)

    def close(self) -> None:
        self._over = True
        self._inner.close()

    # ----------------------------------------------------------------------------------------------- from the inner

    def frame_received(self, frame: Frame) -> None:
        self._deliver((frame.data,), frame.arrived)

    def connection_lost(self, reason: str) -> None:
        self._over = True
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.connection_lost(reason)

    def _deliver(self, sent: tuple[bytes, ...], arrived_ns: int) -> None:
        for data in self._faults.carry("from-ric", sent, self._time_us()):
            if self._receiver is not None:
                self._receiver.frame_received(Frame(data, arrived_ns))
