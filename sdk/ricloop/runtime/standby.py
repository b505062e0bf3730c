"""A loop that dies is replaced at once: this process does nothing but look after two others, one at work, one warm.

The warm one has everything imported, compiled, loaded and measured, and waits for a line on its standard input. When
the one at work dies it opens the same addresses; the nodes come back, are subscribed anew, and what they report is
decided on afresh. Nothing of the dead one's controls is sent again: nobody knows what became of them.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType

import structlog

from ricloop.core.errors import RicloopError

log = structlog.get_logger()

FINAL = frozenset((0, 2, 3, 4, 130, 143))
"""Ends that another try would not change: done, wrong usage, an address that cannot be had, told to end."""
QUICK_S = 5.0
MOST_QUICK = 3
"""So many deaths in a row, each sooner than that, and the next would die too."""
GO = b"go\n"


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
                active, warm = self._called(warm), self._spawn()
                self._active, begun = active, time.monotonic()
                status = active.wait()
                if self._told or status in FINAL:
                    return status if status >= 0 else 128 - status
                quick = quick + 1 if time.monotonic() - begun < QUICK_S else 0
                log.error("the loop's process died; the one that is warm takes over", status=status, in_a_row=quick)
                if quick >= MOST_QUICK:
                    raise RicloopError(
                        f"the loop's process died {quick} times in a row, within {QUICK_S:g} s each: what it said "
                        "before tells why; without --standby it runs alone"
                    )
        finally:
            self._end(warm)

    def _spawn(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C is for this process, which passes it on to the one at work.
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, bufsize=0, start_new_session=True)

    def _called(self, warm: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        """Put it to work; a fresh one where it died while it waited."""
        try:
            assert warm.stdin is not None
            warm.stdin.write(GO)
            return warm
        except BrokenPipeError:
            self._end(warm)
            again = self._spawn()
            assert again.stdin is not None
            again.stdin.write(GO)
            return again

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        self._told = number
        if self._active is not None and self._active.poll() is None:
            self._active.send_signal(number)

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        # It waits for a line, and ends when none will come.
        process.stdin.close()
        process.wait()
