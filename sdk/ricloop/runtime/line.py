"""What a process that is held and whoever holds it say to each other, over the socket that is its standard input."""

from __future__ import annotations

WARM = b"warm\n"
"""Everything is imported, compiled, loaded and measured: it waits to be put to work."""
GO = b"go\n"
AT_WORK = b"at work\n"
"""Its doors are open."""
DONE = b"done\n"
"""No association is left, and none comes: it sends nothing any more, though it has not ended yet."""
FENCED = 70
"""The exit status of one that may not send any more."""
