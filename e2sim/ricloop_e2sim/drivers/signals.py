"""Ctrl-C and SIGTERM end a run in order: a flag, never an exception in the middle of a tick."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Came:
    """Which signal came; 0: none."""

    number = 0

    def __bool__(self) -> bool:
        return bool(self.number)


@contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[Came]:
    """Set `stop` instead of ending; inside a running loop."""
    loop = asyncio.get_running_loop()
    came = Came()

    def note(number: int) -> None:
        came.number = number
        stop.set()

    for number in SIGNALS:
        loop.add_signal_handler(number, note, int(number))
    try:
        yield came
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


@contextmanager
def note_signals() -> Iterator[Came]:
    """What came, without ending anything."""
    came = Came()

    def note(number: int, frame: FrameType | None) -> None:
        came.number = number

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
