"""When a RIC's turns are taken in an event loop, and what is done in the time between them."""

from __future__ import annotations

import asyncio

from ricloop.core.time import NS_PER_S
from ricloop.runtime.process.garbage import Garbage
from ricloop.runtime.ric import NearRtRic


class Turns:
    """From `begin`; needs a running loop."""

    def __init__(self, ric: NearRtRic, garbage: Garbage) -> None:
        self._ric, self._garbage = ric, garbage
        self._due = False
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Whenever there is work, take a turn."""
        self._ric.on_work = self.work
        self.work()

    def work(self) -> None:
        """Once per round of the event loop: every frame that is there already takes part in the same turn."""
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def spare_soon(self) -> None:
        """Frames that are there already go first: they are read between this call and the next."""
        if self._ric.lifecycle.waiting:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._spare)

    def end(self) -> None:
        """No turn comes by time any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self) -> None:
        self._due = False
        try:
            self._ric.turn()
        finally:
            # Whatever a turn runs into, the next one comes: asyncio tells what was raised.
            self._arm()
        self._garbage.after_turn(self._ric.account.received)
        self.spare_soon()

    def _spare(self) -> None:
        if not self._due:
            self._ric.lifecycle.spare()

    def _arm(self) -> None:
        self.end()
        at = self._ric.turn_at()
        if at is not None:
            delay = max(0, at - self._ric.clock.now()) / NS_PER_S
            self._timer = asyncio.get_running_loop().call_later(delay, self._turn)
