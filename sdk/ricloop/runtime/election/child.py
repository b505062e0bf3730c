"""The loop's process as the election holds it: warm, then at work, then gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from ricloop.runtime.fence.fence import Fence
from ricloop.runtime.fence.line import AT_WORK, DONE, GO, WARM

MOST_HEARD = 256
"""Octets of the line; it says less."""


class Child:
    """One process. `changed` is called when it has got somewhere."""

    def __init__(self, arguments: Sequence[str], fence: Fence, changed: Callable[[], None]) -> None:
        self._changed, self._heard = changed, b""
        self._line, its = socket.socketpair()
        self._line.setblocking(False)
        command = [sys.executable, "-m", "ricloop", *arguments, "--held", "--fence", str(fence.descriptor)]
        # A session of its own: Ctrl-C is for who holds it, which passes it on.
        with its:
            self._process = subprocess.Popen(
                command, stdin=its.fileno(), start_new_session=True, pass_fds=(fence.descriptor,)
            )
        self._ending = os.pidfd_open(self._process.pid)
        self.called_at: float | None = None
        """When it was put to work (time.monotonic)."""
        self.status: int | None = None
        """None while it lives."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._line.fileno(), self._hear)
        loop.add_reader(self._ending, self._ended)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def warm(self) -> bool:
        """It could be put to work at once."""
        return self.status is None and self.called_at is None and WARM in self._heard

    @property
    def at_work(self) -> bool:
        """Its doors are open."""
        return self.status is None and AT_WORK in self._heard

    @property
    def done(self) -> bool:
        """It sends nothing any more."""
        return self.status is not None or DONE in self._heard

    def put_to_work(self) -> None:
        """Where it dies meanwhile, its end says so."""
        self.called_at = time.monotonic()
        with contextlib.suppress(OSError):
            self._line.sendall(GO)

    def tell(self, number: signal.Signals) -> None:
        if self.status is None:
            self._process.send_signal(number)

    def let_go(self) -> None:
        """It waits for a line, and ends when none will come."""
        self._close_line()

    def close(self) -> None:
        """End it at once, where it has not ended, and wait for that."""
        if self.status is None:
            self._process.kill()
            self._ended()

    def _hear(self) -> None:
        try:
            more = self._line.recv(MOST_HEARD)
        except OSError:
            more = b""
        if not more:
            self._close_line()
            return
        self._heard = (self._heard + more)[-MOST_HEARD:]
        self._changed()

    def _close_line(self) -> None:
        if self._line.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._line.fileno())
            self._line.close()

    def _ended(self) -> None:
        asyncio.get_running_loop().remove_reader(self._ending)
        os.close(self._ending)
        self.status = self._process.wait()
        self._close_line()
        self._changed()


def bury_others(own: int) -> None:
    """Of children that have ended, all but this one: the first process of a container inherits what a loop that was
    killed had started, and nobody else will ask how it ended."""
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and found.si_pid != own:
            os.waitpid(found.si_pid, 0)
