"""A loop's own end of the fence: nothing is sent when it is shut, and the process ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import NoReturn

import structlog

from ricloop.core.time import NS_PER_S
from ricloop.runtime.fence.deadman import Deadman
from ricloop.runtime.fence.fence import Fence
from ricloop.runtime.fence.line import FENCED
from ricloop.transport.around import Around
from ricloop.transport.base import Transport

log = structlog.get_logger()

LOOK_S = 0.1
"""How often the kernel's timer is put off, and the fence looked at where nothing is sent."""


class Guard:
    """Minds the fence of this process."""

    def __init__(self, fence: Fence, last_words: Callable[[], None]) -> None:
        """`last_words` keeps what must not be lost when the process ends. Raises ConfigError where the kernel has no
        timer for it."""
        self._fence, self._last_words = fence, last_words
        self._deadman = Deadman()

    def begin(self) -> None:
        """From now on the kernel ends this process, too."""
        if not self._fence.open():
            self.shut_off()
        self._deadman.put_off(self._fence.over)

    async def run(self) -> None:
        """Until it is cancelled: then nothing will be sent any more, and the process may take its time to end."""
        try:
            while self._fence.open():
                self._deadman.put_off(self._fence.over)
                await asyncio.sleep(min(LOOK_S, max(0, self._fence.left_ns()) / NS_PER_S))
            self.shut_off()
        finally:
            self._deadman.disarm()

    def fenced(self, transport: Transport) -> Transport:
        """The same transport, that sends only while the fence is open."""
        return Fenced(transport, self._fence, self.shut_off)

    def shut_off(self) -> NoReturn:
        """What this process would send could meet what another sends: it ends on the spot, and the kernel closes its
        associations."""
        log.error("fenced: the right to control is over, and so is this process")
        self._last_words()
        os._exit(FENCED)


class Fenced(Around):
    """Looks before every write; `shut_off` does not return."""

    def __init__(self, inner: Transport, fence: Fence, shut_off: Callable[[], NoReturn]) -> None:
        super().__init__(inner)
        self._fence, self._shut_off = fence, shut_off

    def send(self, *pdus: bytes) -> None:
        if not self._fence.open():
            self._shut_off()
        super().send(*pdus)
