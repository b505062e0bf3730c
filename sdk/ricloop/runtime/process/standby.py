"""A loop that dies is replaced at once: this process does nothing but look after two others, one at work, one warm.

The warm one has everything imported, compiled, loaded and measured, and waits for a line on its standard input, which
is a socket: it answers there once it is at work. When the one at work dies the warm one opens the same addresses; the
nodes come back, are subscribed anew, and what they report is decided on afresh. Nothing of the dead one's controls is
sent again: nobody knows what became of them.
"""

from __future__ import annotations

import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

import structlog

from ricloop.core.errors import RicloopError
from ricloop.runtime.fence.line import AT_WORK, GO

log = structlog.get_logger()

FINAL = frozenset((0, 2, 3, 4, 130, 143))
"""Ends that another try would not change: done, wrong usage, an address that cannot be had, told to end."""
QUICK_S = 5.0
MOST_QUICK = 3
"""So many deaths in a row, each sooner than that after it was at work, and the next would die too."""
LOOK_S = 0.1
"""How often a death is looked for where what the dead one started still holds the line."""


@dataclass(frozen=True)
class Held:
    """A process that waits to be put to work, and our end of its standard input."""

    process: subprocess.Popen[bytes]
    line: socket.socket

    def put_to_work(self) -> bool:
        """False where it died while it waited."""
        try:
            self.line.sendall(GO)
        except OSError:
            return False
        return True

    def got_to_work(self) -> bool:
        """Waits for its answer, however long it takes to get ready; False where it died before."""
        heard = b""
        while self.process.poll() is None:
            if select.select([self.line], [], [], LOOK_S)[0]:
                try:
                    more = self.line.recv(64)
                except ConnectionResetError:
                    # It died before it read what it was told.
                    return False
                heard += more
                if not more or AT_WORK in heard:
                    return bool(more)
        return False

    def end(self) -> None:
        # It waits for a line, and ends when none will come.
        self.line.close()
        self.process.wait()


class Standby:
    """Runs `ricloop ARGUMENTS` until it ends by itself or is told to."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._command = [sys.executable, "-m", "ricloop", *arguments, "--held"]
        self._told = 0
        self._active: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """The exit status of the last one. Raises RicloopError where each dies as soon as it is at work."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._pass_on)
        warm, quick = self._spawn(), 0
        try:
            while True:
                active = self._called(warm)
                self._active = active.process
                if self._told:
                    # It came before there was anyone to pass it on to.
                    self._active.send_signal(self._told)
                # Not from when it was called: a busy machine takes longer than that to get one ready.
                at_work = active.got_to_work()
                begun = time.monotonic()
                if at_work:
                    # Not before: the next would take this one's processor, and say its mistakes once more.
                    warm = self._spawn()
                status = active.process.wait()
                active.line.close()
                if self._told or status in FINAL:
                    return status if status >= 0 else 128 - status
                quick = quick + 1 if not at_work or time.monotonic() - begun < QUICK_S else 0
                log.error("the loop's process died; the one that is warm takes over", status=status, in_a_row=quick)
                if quick >= MOST_QUICK:
                    raise RicloopError(
                        f"the loop's process died {quick} times in a row, within {QUICK_S:g} s each: what it said "
                        "before tells why; without --standby it runs alone"
                    )
        finally:
            warm.end()

    def _spawn(self) -> Held:
        ours, its = socket.socketpair()
        # A session of its own: Ctrl-C is for this process, which passes it on to the one at work.
        with its:
            return Held(subprocess.Popen(self._command, stdin=its.fileno(), start_new_session=True), ours)

    def _called(self, warm: Held) -> Held:
        """Put it to work; a fresh one where it died while it waited."""
        if warm.put_to_work():
            return warm
        warm.end()
        again = self._spawn()
        again.put_to_work()
        return again

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        self._told = number
        if self._active is not None and self._active.poll() is None:
            self._active.send_signal(number)
