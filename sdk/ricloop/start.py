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
    # numpy's products look at these once, when numpy is imported. A second thread costs more than it brings: on a busy
    # machine a product waits for it, tens of milliseconds where one takes one.
    for library in ("OPENBLAS", "MKL", "OMP"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    from ricloop.cli import main as run

    run()
