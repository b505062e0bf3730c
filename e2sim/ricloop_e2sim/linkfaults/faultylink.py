"""A transport whose messages and association meet what its link's faults say."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ricloop.e2ap import decode, detect, encode
from ricloop.e2ap.messages import Cause, E2SetupFailure, E2SetupRequest
from ricloop.transport.around import Around
from ricloop.transport.base import Frame, Receiver, Transport
from ricloop_e2sim.linkfaults.association import HUNG, LOST, REFUSED, UNANSWERED
from ricloop_e2sim.linkfaults.messages import FULL, MOST_HELD, LinkFaults

SETUP = b"\x00\x01"
"""What an E2SetupRequest begins with: initiatingMessage and its procedure code (O-RAN E2AP 9.3)."""
OVERLOAD = Cause("misc", "control-processing-overload")
TIME_TO_WAIT_S = 1


class FaultyLink(Around):
    """Passes on what the faults let through, both ways. Call `tick` now and then: what is late arrives then."""

    def __init__(
        self,
        inner: Transport,
        faults: LinkFaults,
        time_us: Callable[[], int],
        soon: Callable[[Callable[[], None]], object],
    ) -> None:
        """`time_us`: simulated time. `soon` calls back outside of any call of a transport, as `loop.call_soon` does. A
        new association begins: what was on its way is gone."""
        super().__init__(inner)
        self._faults, self._time_us, self._soon = faults, time_us, soon
        self._receiver: Receiver | None = None
        self._over = self._mute = self._stuck = False
        self._sent: deque[bytes] = deque()
        self._received: deque[bytes] = deque()
        """What waits for the end of a hang."""
        self._reason = ""
        """Why the fault closed it."""
        faults.renew()

    def start(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._inner.start(self)

    def send(self, *pdus: bytes) -> None:
        for data in pdus:
            if data.startswith(SETUP) and (fault := self._faults.association.meet_setup(self._time_us())):
                self._strike_setup(fault, data)
                return
        if self._hangs() or self._sent:
            self._hold(self._sent, pdus)
        elif arrived := self._faults.carry("to-ric", pdus, self._time_us()):
            self._inner.send(*arrived)

    def tick(self, arrived_ns: int) -> None:
        """What is due by now happens."""
        if self._over:
            return
        if self._faults.association.lost(self._time_us()):
            self._end(LOST, "the association is lost, as planned")
        elif not self._hangs():
            sent, received = tuple(self._sent), tuple(self._received)
            self._sent.clear()
            self._received.clear()
            self.send(*sent)
            self._deliver(received, arrived_ns)

    def close(self) -> None:
        self._over = True
        self._inner.close()

    # ----------------------------------------------------------------------------------------------- from the inner

    def frame_received(self, frame: Frame) -> None:
        if self._mute:
            return
        if self._hangs() or self._received:
            self._hold(self._received, (frame.data,))
        else:
            self._deliver((frame.data,), frame.arrived)

    def connection_lost(self, reason: str) -> None:
        self._over = True
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.connection_lost(self._reason or reason)

    # ---------------------------------------------------------------------------------------------------- the faults

    def _strike_setup(self, fault: str, data: bytes) -> None:
        self._faults.note(fault, self._time_us(), len(data))
        if fault == UNANSWERED:
            self._mute = True
            self._inner.send(data)
            return
        assert fault == REFUSED
        version = detect(data)
        request = decode(data, version)
        assert isinstance(request, E2SetupRequest)
        refusal = E2SetupFailure(transaction_id=request.transaction_id, cause=OVERLOAD, time_to_wait_s=TIME_TO_WAIT_S)
        self._soon(lambda: self._deliver_one(encode(refusal, version)))

    def _hangs(self) -> bool:
        """Noted once for each time that it begins."""
        stuck = self._faults.association.hung(self._time_us())
        if stuck and not self._stuck:
            self._faults.note(HUNG, self._time_us(), 0)
        self._stuck = stuck
        return stuck

    def _hold(self, queue: deque[bytes], pdus: tuple[bytes, ...]) -> None:
        """A peer that takes nothing more is given up, as by any transport."""
        queue.extend(pdus)
        if len(queue) > MOST_HELD:
            self._end(FULL, f"the association hangs, and {MOST_HELD} messages wait")

    def _end(self, kind: str, reason: str) -> None:
        if not self._over:
            self._faults.note(kind, self._time_us(), 0)
            self._reason = reason
            self.close()

    def _deliver_one(self, data: bytes) -> None:
        if self._receiver is not None:
            self._receiver.frame_received(Frame(data, 0))

    def _deliver(self, sent: tuple[bytes, ...], arrived_ns: int) -> None:
        for data in self._faults.carry("from-ric", sent, self._time_us()):
            if self._receiver is not None:
                self._receiver.frame_received(Frame(data, arrived_ns))
