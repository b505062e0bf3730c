"""Where the command begins: small, so that Ctrl-C is answered before anything large is imported."""

from __future__ import annotations

import os
import signal
from types import FrameType


def _leave(number: int, frame: FrameType | None) -> None:
    # In the middle of an import an exception would become a traceback, or be lost.
    os.write(2, b"ricloop: interrupted\n")
    os._exit(128 + number)


def main() -> None:
    """Entry point of `ricloop`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from ricloop.cli import main as run

    run()
