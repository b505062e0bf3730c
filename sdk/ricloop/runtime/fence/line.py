"""What a process that is held and whoever holds it say to each other, over the socket that is its standard input."""

from __future__ import annotations

import os
import sys

WARM = b"warm\n"
"""Everything is imported, compiled, loaded and measured: it waits to be put to work."""
GO = b"go\n"
AT_WORK = b"at work\n"
"""Its doors are open."""
DONE = b"done\n"
"""No association is left, and none comes: it sends nothing any more, though it has not ended yet."""
FENCED = 70
"""The exit status of one that may not send any more."""


def tell(word: bytes) -> bool:
    """Say it to whoever holds this process; False where nobody is there. Not through a buffer: what comes after a line
    is looked for on the descriptor itself."""
    try:
        os.write(sys.stdin.fileno(), word)
    except OSError:
        return False
    return True


def hear() -> bool:
    """Wait for a word of whoever holds this process; False where none will come."""
    try:
        return bool(os.read(sys.stdin.fileno(), 64))
    except OSError:
        return False
